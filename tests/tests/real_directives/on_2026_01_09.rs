//! 9 January 2026: the day after ten emergency directives were closed, six of which are examples here.
//!
//! From 12 December 2017 to 29 January 2026 are 2,970 days, 99 times 30. From 1 October 2022 to 17 January 2026 are 1,204
//! days, 86 fortnights. From 1 March 2021 to 3 February 2026 are 1,800 days, 20 times 90.

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
        "BOD-22-01 since 2021-11-03",
    ];
    same(&answer("2026-01-09").in_force, &wanted);
}

#[test]
fn what_had_ended() {
    let wanted = [
        "BOD-15-01 superseded 2019-04-29 by BOD-19-02 revision 1",
        "BOD-16-01 superseded 2018-05-07 by BOD-18-02 revision 1",
        "ED-19-01 closed 2026-01-08 by ED-19-01 revision 2",
        "ED-20-02 superseded 2026-01-08 by BOD-22-01 revision 2",
        "ED-20-04 superseded 2026-01-08 by BOD-22-01 revision 2",
        "ED-21-01 closed 2026-01-08 by ED-21-01 revision 2",
        "ED-21-01-S1 superseded 2021-01-06 by ED-21-01-S3 revision 2",
        "ED-21-01-S2 superseded 2021-01-06 by ED-21-01-S3 revision 2",
        "ED-21-01-S3 closed 2026-01-08 by ED-21-01-S3 revision 2",
        "ED-21-01-S4 closed 2026-01-08 by ED-21-01-S4 revision 2",
        "ED-21-02 superseded 2026-01-08 by BOD-22-01 revision 2",
        "ED-21-02-S1 superseded 2026-01-08 by BOD-22-01 revision 2",
        "ED-21-02-S2 superseded 2026-01-08 by BOD-22-01 revision 2",
        "ED-21-03 superseded 2026-01-08 by BOD-22-01 revision 2",
    ];
    same(&answer("2026-01-09").ended, &wanted);
}

#[test]
fn what_was_still_to_come() {
    let wanted = [
        "Sat 2026-01-17 BOD-22-01 report-fortnightly, every 2 week",
        "Thu 2026-01-29 BOD-17-01 report-progress, every 30 day",
        "Sun 2026-02-01 BOD-18-01 status-reports, every 30 day",
        "Tue 2026-02-03 BOD-20-01 widen-scope, every 90 day",
        "Thu 2026-05-14 BOD-18-02 contacts-again, every 1 year",
    ];
    same(&answer("2026-01-09").due, &wanted);
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
    ];
    same(&answer("2026-01-09").waiting, &wanted);
}
