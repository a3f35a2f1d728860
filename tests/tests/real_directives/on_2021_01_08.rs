//! 8 January 2021: supplement 3 to ED 21-01 is two days old.
//!
//! Its reports are due on 19 and 25 January. From 12 December 2017 to 25 January 2021 are 1,140 days, 38 times 30; from 15
//! December to 28 January as many. BOD 20-01 prints 1 March and 1 June 2021 and 2 September 2022 itself.

use crate::answer::{answer, same};

#[test]
fn what_was_in_force() {
    let wanted = [
        "BOD-16-03 since 2016-10-17",
        "BOD-17-01 since 2017-09-13",
        "BOD-18-01 since 2017-10-16",
        "BOD-18-02 since 2018-05-07",
        "BOD-19-02 since 2019-04-29",
        "BOD-20-01 since 2020-09-02",
        "ED-19-01 since 2019-01-22",
        "ED-20-02 since 2020-01-14",
        "ED-20-04 since 2020-09-18",
        "ED-21-01 since 2020-12-13",
        "ED-21-01-S3 since 2021-01-06",
    ];
    same(&answer("2021-01-08").in_force, &wanted);
}

#[test]
fn what_had_ended() {
    let wanted = [
        "BOD-15-01 superseded 2019-04-29 by BOD-19-02 revision 1",
        "BOD-16-01 superseded 2018-05-07 by BOD-18-02 revision 1",
        "ED-21-01-S1 superseded 2021-01-06 by ED-21-01-S3 revision 1",
        "ED-21-01-S2 superseded 2021-01-06 by ED-21-01-S3 revision 1",
    ];
    same(&answer("2021-01-08").ended, &wanted);
}

#[test]
fn what_was_still_to_come() {
    let wanted = [
        "Tue 2021-01-19 ED-21-01-S3 first-report",
        "Mon 2021-01-25 BOD-17-01 report-progress, every 30 day",
        "Mon 2021-01-25 ED-21-01-S3 second-report",
        "Thu 2021-01-28 BOD-18-01 status-reports, every 30 day",
        "Mon 2021-03-01 BOD-20-01 procedures",
        "Mon 2021-03-01 BOD-20-01 publish-policy",
        "Fri 2021-05-14 BOD-18-02 contacts-again, every 1 year",
        "Tue 2021-06-01 BOD-20-01 widen-scope, every 90 day",
        "Fri 2022-09-02 BOD-20-01 whole-scope",
    ];
    same(&answer("2021-01-08").due, &wanted);
}

#[test]
fn which_clocks_had_not_started() {
    let wanted = [
        "BOD-18-01 dmarc-recipient runs from event:reporting-location-established",
        "BOD-18-01 mail-3des-after-notice runs from notified",
        "BOD-18-02 asset-list-again runs from action:asset-list",
        "BOD-18-02 asset-meeting runs from event:asset-meeting",
        "BOD-18-02 remediate runs from event:assessment-report",
        "BOD-18-02 remediation-plan runs from event:assessment-report",
        "BOD-18-02 status-reports runs from action:remediation-plan",
        "BOD-19-02 notify-addresses runs from event:address-change",
        "BOD-19-02 remediate-critical runs from detected",
        "BOD-19-02 remediate-high runs from detected",
        "BOD-19-02 remediation-plan runs from event:remediation-plan-received",
        "BOD-20-01 report-vulnerabilities runs from event:credible-report",
        "BOD-20-01 metrics runs from event:first-reporting-cycle",
        "BOD-20-01 metrics-again runs from event:first-reporting-cycle",
        "ED-19-01 watch-certificates runs from event:certificate-logs-delivered",
        "ED-21-01-S3 vendor-updates runs from event:vendor-release",
    ];
    same(&answer("2021-01-08").waiting, &wanted);
}
