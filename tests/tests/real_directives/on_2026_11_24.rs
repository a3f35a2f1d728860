//! 24 November 2026: BOD 26-04 has taken the place of BOD 19-02 and BOD 22-01.
//!
//! From 10 June 180 days are 7 December (20 + 31 + 31 + 30 + 31 + 30 + 7). From 5 February 2026 12, 18 and 24 months are 5
//! February and 5 August 2027 and 5 February 2028. From 12 December 2017 to 25 November 2026 are 3,270 days, 109 times 30.
//! From 1 March 2021 to 29 January 2027 are 2,160 days, 24 times 90.

use crate::answer::{answer, same};

#[test]
fn what_was_in_force() {
    let wanted = [
        "BOD-16-03 since 2016-10-17",
        "BOD-17-01 since 2017-09-13",
        "BOD-18-01 since 2017-10-16",
        "BOD-18-02 since 2018-05-07",
        "BOD-20-01 since 2020-09-02",
        "BOD-26-02 since 2026-02-05",
        "BOD-26-04 since 2026-06-10",
    ];
    same(&answer("2026-11-24").in_force, &wanted);
}

#[test]
fn what_had_ended() {
    let wanted = [
        "BOD-15-01 superseded 2019-04-29 by BOD-19-02 revision 1, now BOD-26-04",
        "BOD-16-01 superseded 2018-05-07 by BOD-18-02 revision 1",
        "BOD-19-02 superseded 2026-06-10 by BOD-26-04 revision 1",
        "BOD-22-01 superseded 2026-06-10 by BOD-26-04 revision 1",
        "ED-19-01 closed 2026-01-08 by ED-19-01 revision 2",
        "ED-20-02 superseded 2026-01-08 by BOD-22-01 revision 2, now BOD-26-04",
        "ED-20-04 superseded 2026-01-08 by BOD-22-01 revision 2, now BOD-26-04",
        "ED-21-01 closed 2026-01-08 by ED-21-01 revision 2",
        "ED-21-01-S1 superseded 2021-01-06 by ED-21-01-S3 revision 2",
        "ED-21-01-S2 superseded 2021-01-06 by ED-21-01-S3 revision 2",
        "ED-21-01-S3 closed 2026-01-08 by ED-21-01-S3 revision 2",
        "ED-21-01-S4 closed 2026-01-08 by ED-21-01-S4 revision 2",
        "ED-21-02 superseded 2026-01-08 by BOD-22-01 revision 2, now BOD-26-04",
        "ED-21-02-S1 superseded 2026-01-08 by BOD-22-01 revision 2, now BOD-26-04",
        "ED-21-02-S2 superseded 2026-01-08 by BOD-22-01 revision 2, now BOD-26-04",
        "ED-21-03 superseded 2026-01-08 by BOD-22-01 revision 2, now BOD-26-04",
    ];
    same(&answer("2026-11-24").ended, &wanted);
}

#[test]
fn what_was_still_to_come() {
    let wanted = [
        "Wed 2026-11-25 BOD-17-01 report-progress, every 30 day",
        "Sat 2026-11-28 BOD-18-01 status-reports, every 30 day",
        "Mon 2026-12-07 BOD-26-04 meet-timelines",
        "Fri 2027-01-29 BOD-20-01 widen-scope, every 90 day",
        "Fri 2027-02-05 BOD-26-02 decommission",
        "Fri 2027-05-14 BOD-18-02 contacts-again, every 1 year",
        "Thu 2027-08-05 BOD-26-02 replace",
        "Sat 2028-02-05 BOD-26-02 discover",
    ];
    same(&answer("2026-11-24").due, &wanted);
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
        "BOD-20-01 report-vulnerabilities runs from event:credible-report",
        "BOD-20-01 metrics runs from event:first-reporting-cycle",
        "BOD-20-01 metrics-again runs from event:first-reporting-cycle",
        "BOD-26-04 remediate runs from detected",
    ];
    same(&answer("2026-11-24").waiting, &wanted);
}
