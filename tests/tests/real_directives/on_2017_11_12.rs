//! 12 November 2017, a Sunday: day 60 of BOD 17-01.
//!
//! From 13 September 60 days are 12 November and 90 are 12 December (17 + 31 + 30 + 12), the first report 30 days after that
//! 11 January. From 16 October 30 days are 15 November, 60 are 15 December, 90 are Sunday 14 January, 120 are 13 February;
//! the checklist of BOD 18-01 prints 15 December, 15 January, 13 February and 16 October 2018 too.

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
    same(&answer("2017-11-12").in_force, &wanted);
}

#[test]
fn what_had_ended() {
    let wanted = [];
    same(&answer("2017-11-12").ended, &wanted);
}

#[test]
fn what_was_still_to_come() {
    let wanted = [
        "Sun 2017-11-12 BOD-17-01 plan",
        "Wed 2017-11-15 BOD-18-01 begin",
        "Wed 2017-11-15 BOD-18-01 plan",
        "Tue 2017-12-12 BOD-17-01 begin-removal",
        "Fri 2017-12-15 BOD-18-01 status-report",
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
    same(&answer("2017-11-12").due, &wanted);
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
    same(&answer("2017-11-12").waiting, &wanted);
}
