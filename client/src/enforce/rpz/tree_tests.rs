#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

use proptest::prelude::*;

use super::*;

fn point(part: usize, says: Says, name: &str) -> Point {
    Point { name: Domain::parse(name).unwrap(), part, says }
}

/// The lines of both zones.
fn written(mut points: Vec<Point>) -> [Vec<String>; 2] {
    sort(&mut points);
    let (mut blocked, mut logged) = (Zone::new("rpz.example"), Zone::new("rpz-audit.example"));
    write(&points, 9, &mut blocked, &mut logged);
    [blocked, logged].map(|zone| {
        let text = String::from_utf8(zone.finish(None, 1).1).unwrap();
        text.lines().skip(3).map(str::to_owned).collect()
    })
}

#[test]
fn a_domain_is_blocked_with_what_is_below_it_and_no_narrower_one_is_written() {
    let [blocked, logged] = written(vec![
        point(0, Says::Blocked, "www.a.example"),
        point(1, Says::Blocked, "a.example"),
        point(1, Says::Logged, "b.a.example"),
        point(0, Says::Logged, "xa.example"),
        point(0, Says::Logged, "b.xa.example"),
    ]);
    assert_eq!(blocked, ["a.example CNAME .", "*.a.example CNAME ."]);
    assert_eq!(logged, ["xa.example CNAME rpz-passthru.", "*.xa.example CNAME rpz-passthru."]);
}

#[test]
fn what_a_part_leaves_out_passes_unless_another_part_bans_it() {
    let left_out = || {
        vec![
            point(0, Says::Blocked, "a.example"),
            point(0, Says::LeftOut, "x.a.example"),
            point(0, Says::LeftOut, "x.b.example"),
        ]
    };
    assert_eq!(
        written(left_out())[0],
        [
            "a.example CNAME .",
            "*.a.example CNAME .",
            "x.a.example CNAME rpz-passthru.",
            "*.x.a.example CNAME rpz-passthru.",
        ]
    );
    let mut both = left_out();
    both.push(point(1, Says::Blocked, "a.example"));
    assert_eq!(written(both)[0], ["a.example CNAME .", "*.a.example CNAME ."]);
}

#[test]
fn names_between_two_written_ones_are_written_because_a_wildcard_does_not_reach_past_them() {
    let points = vec![
        point(0, Says::Blocked, "a.example"),
        point(0, Says::LeftOut, "x.y.z.a.example"),
        point(0, Says::LeftOut, "w.y.z.a.example"),
        point(1, Says::Blocked, "u.v.x.y.z.a.example"),
    ];
    let names: Vec<String> =
        written(points)[0].iter().filter(|line| !line.starts_with('*')).cloned().collect();
    assert_eq!(
        names,
        [
            "a.example CNAME .",
            "z.a.example CNAME .",
            "y.z.a.example CNAME .",
            "w.y.z.a.example CNAME rpz-passthru.",
            "x.y.z.a.example CNAME rpz-passthru.",
            "v.x.y.z.a.example CNAME rpz-passthru.",
            "u.v.x.y.z.a.example CNAME .",
        ]
    );
}

#[test]
fn what_is_logged_and_left_out_of_a_block_is_logged() {
    let [blocked, logged] = written(vec![
        point(0, Says::Blocked, "a.example"),
        point(0, Says::LeftOut, "x.a.example"),
        point(1, Says::Logged, "a.example"),
    ]);
    assert_eq!(blocked.len(), 4);
    assert_eq!(logged, ["x.a.example CNAME rpz-passthru.", "*.x.a.example CNAME rpz-passthru."]);
}

/// What a resolver does by a zone: the closest name that exists decides whether a wildcard counts (RFC 4592, 3.3.1).
fn answer(lines: &[String], asked: &str) -> Option<String> {
    let action = |owner: &str| {
        lines
            .iter()
            .find_map(|line| line.split_once(' ').filter(|(name, _)| *name == owner))
            .map(|(_, to)| to)
    };
    let exists = |name: &str| lines.iter().any(|line| is_at_or_below(line.split(' ').next().unwrap(), name));
    if exists(asked) {
        return action(asked).map(str::to_owned);
    }
    let mut up = std::iter::successors(Some(asked), |name| name.split_once('.').map(|(_, up)| up));
    let closest = up.find(|name| exists(name))?;
    action(&format!("*.{closest}")).map(str::to_owned)
}

/// Names of few letters, so that many are below one another.
fn names() -> impl Strategy<Value = String> {
    prop::collection::vec("[ab]", 1..5).prop_map(|labels| format!("{}.example", labels.join(".")))
}

proptest! {
    #[test]
    fn a_resolver_does_with_every_name_what_the_bans_say(
        said in prop::collection::vec((0_usize..3, 0_u8..3, names()), 0..12),
        asked in prop::collection::vec(names(), 1..40),
    ) {
        let says = [Says::Blocked, Says::Logged, Says::LeftOut];
        let points: Vec<Point> =
            said.iter().map(|(part, says_of, name)| point(*part, says[usize::from(*says_of)], name)).collect();
        let means = |asked: &str, says: Says, part: usize| points.iter().any(|point| {
            point.part == part && point.says == says && is_at_or_below(asked, point.name.as_str())
        });
        let any = |asked: &str, says| (0..3).any(|part| means(asked, says, part) && !means(asked, Says::LeftOut, part));
        let [blocked, logged] = written(points.clone());
        for asked in &asked {
            let is_blocked = answer(&blocked, asked).as_deref() == Some("CNAME .");
            prop_assert_eq!(is_blocked, any(asked, Says::Blocked), "{} {:?}", asked, blocked);
            let is_logged = answer(&logged, asked).is_some();
            if any(asked, Says::Logged) {
                prop_assert!(is_logged || is_blocked, "{} {:?}", asked, logged);
            }
            if is_logged {
                // What is left out may be logged all the same.
                prop_assert!((0..3).any(|part| means(asked, Says::Logged, part)), "{} {:?}", asked, logged);
            }
        }
    }
}
