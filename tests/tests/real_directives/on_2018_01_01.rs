//! 1 January 2018: BOD 17-01 has begun, and the first report of its progress is due in ten days.

use crate::answer::{answer, same};

#[test]
fn what_was_in_force() {
    let wanted = [
        "BOD-15-01 since 2015-05-21",
        "BOD-16-01 since 2016-06-09",
        "BOD-16-03 since 2016-10-17",
        "BOD-17-01 since 2017-09-13",
        "BOD-18-01 since 2017-10-16",
    ];
    same(&answer("2018-01-01").in_force, &wanted);
}

#[test]
fn what_had_ended() {
    let wanted = [];
    same(&answer("2018-01-01").ended, &wanted);
}

#[test]
fn what_was_still_to_come() {
    let wanted = [
        "Thu 2018-01-11 BOD-17-01 report-progress, every 30 day",
        "Sun 2018-01-14 BOD-18-01 status-reports, every 30 day",
        "Mon 2018-01-15 BOD-18-01 spf-dmarc",
        "Mon 2018-01-15 BOD-18-01 starttls",
        "Tue 2018-02-13 BOD-18-01 hsts-list",
        "Tue 2018-02-13 BOD-18-01 https",
        "Tue 2018-02-13 BOD-18-01 mail-3des",
        "Tue 2018-02-13 BOD-18-01 mail-rc4",
        "Tue 2018-02-13 BOD-18-01 mail-ssl",
        "Tue 2018-02-13 BOD-18-01 web-ciphers",
        "Tue 2018-02-13 BOD-18-01 web-ssl",
        "Tue 2018-10-16 BOD-18-01 dmarc-reject",
    ];
    same(&answer("2018-01-01").due, &wanted);
}

#[test]
fn which_clocks_had_not_started() {
    let wanted = [
        "BOD-15-01 mitigate runs from notified",
        "BOD-16-01 measures runs from event:assessment",
        "BOD-16-01 mitigate runs from event:assessment-report",
        "BOD-16-01 find-infeasible runs from event:assessment-report",
        "BOD-16-01 status-report runs from event:assessment-report",
        "BOD-16-01 status-updates runs from event:assessment-report",
        "BOD-18-01 dmarc-recipient runs from event:reporting-location-established",
    ];
    same(&answer("2018-01-01").waiting, &wanted);
}
