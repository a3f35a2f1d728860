//! Every way in which a repository is broken. A mutation is a value: it can be left out and made again, which is how the
//! smallest set of them is found over which two clients disagree.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::repository::{Document, Repository, Served, delegation, digest, hex, key, keyid, listing, secret};

/// When a change is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Before anything is signed.
    Whole,
    /// After what a role lists is linked, before it is signed.
    Role(String),
    /// Before the roots are signed.
    Root,
    /// To what is served.
    Served,
}

type Change = Rc<dyn Fn(&mut Repository, &str)>;

/// One change.
#[derive(Clone)]
pub struct Mutation {
    /// What is changed, and to what; the same words for the same change of another role.
    pub name: String,
    /// When.
    pub place: Place,
    /// How.
    pub change: Change,
    /// How, for what is served.
    pub served: Option<Rc<dyn Fn(&mut Served)>>,
}

const ROLES: [&str; 8] = ["root", "timestamp", "snapshot", "targets", "d", "deep", "e", "f"];
const LISTED: [&str; 5] = ["targets", "d", "deep", "e", "f"];

fn edit(name: String, role: &str, change: impl Fn(&mut Document) + 'static) -> Mutation {
    if role == "root" {
        let change: Change = Rc::new(move |repository: &mut Repository, _: &str| change(repository.rotate()));
        return Mutation { name: format!("root: {name}"), place: Place::Root, change, served: None };
    }
    let owned = role.to_owned();
    let change: Change = Rc::new(move |repository: &mut Repository, _: &str| {
        change(repository.roles.get_mut(&owned).unwrap());
    });
    let class = if matches!(role, "timestamp" | "snapshot" | "targets") { role } else { "delegated" };
    Mutation { name: format!("{class}: {name}"), place: Place::Role(role.into()), change, served: None }
}

fn whole(name: String, change: impl Fn(&mut Repository) + 'static) -> Mutation {
    let change: Change = Rc::new(move |repository: &mut Repository, _: &str| change(repository));
    Mutation { name, place: Place::Whole, change, served: None }
}

fn serve(name: String, change: impl Fn(&mut Served) + 'static) -> Mutation {
    Mutation { name, place: Place::Served, change: Rc::new(|_, _| {}), served: Some(Rc::new(change)) }
}

/// A place in a document, made where it is not there.
fn at<'v>(value: &'v mut Value, path: &[&str]) -> &'v mut Value {
    path.iter().fold(value, |value, step| match value {
        Value::Array(elements) => &mut elements[step.parse::<usize>().unwrap()],
        other => &mut other[*step],
    })
}

fn remove(value: &mut Value, member: &str) {
    if let Value::Object(members) = value {
        members.remove(member);
    }
}

/// Sets a member of a role to one of some values; the last choice removes it.
fn member(chance: &mut Chance, roles: &[&str], path: &'static [&'static str], values: &[Value]) -> Mutation {
    let role = *chance.choose(roles);
    let chosen = chance.below(values.len() + 1);
    let (last, above) = path.split_last().unwrap();
    let name = path.join("/");
    match values.get(chosen).cloned() {
        Some(value) => edit(format!("{name} is {value}"), role, move |document| {
            *at(&mut document.signed, path) = value.clone();
        }),
        None => edit(format!("{name} is absent"), role, move |document| {
            remove(at(&mut document.signed, above), last)
        }),
    }
}

fn version(chance: &mut Chance) -> Mutation {
    let values = [0, 1, 3, u64::MAX].map(Value::from).into_iter();
    let odd = [json!(-1), json!("2"), json!(2.0), json!(2.5), json!(null), json!(true)];
    member(chance, &ROLES, &["version"], &values.chain(odd).collect::<Vec<_>>())
}

fn expires(chance: &mut Chance) -> Mutation {
    let moments = [
        "2025-12-31T23:59:59Z",
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:01Z",
        "2026-06-01T00:00:00+00:00",
        "2026-06-01T02:00:00+02:00",
        "2026-06-01t00:00:00z",
        "2026-06-01 00:00:00Z",
        "2026-06-01T00:00:00.5Z",
        "2026-06-01T00:00:00",
        "2026-06-01",
        "9999-12-31T23:59:59Z",
        "10000-01-01T00:00:00Z",
        "2026-06-31T00:00:00Z",
        "2026-06-30T23:59:60Z",
        "",
        "2026-06-01T00:00Z",
        "20260601T000000Z",
        "+002026-06-01T00:00:00Z",
    ];
    let values: Vec<Value> =
        moments.into_iter().map(Value::from).chain([json!(1_900_000_000), json!(null)]).collect();
    member(chance, &ROLES, &["expires"], &values)
}

fn header(chance: &mut Chance) -> Mutation {
    if chance.below(3) == 0 {
        let types = ["root", "timestamp", "snapshot", "targets", "Targets", ""];
        let values: Vec<Value> = types.into_iter().map(Value::from).chain([json!(null), json!(1)]).collect();
        let wanted = *chance.choose(&ROLES);
        // The right type is no change.
        let values: Vec<Value> = values
            .into_iter()
            .filter(|value| value != wanted && !(LISTED.contains(&wanted) && value == "targets"))
            .collect();
        return member(chance, &[wanted], &["_type"], &values);
    }
    let words = [
        "1.0", "1", "1.0.99", "1.99.0", "2.0.0", "0.9", "1.x", "1.0.x", "", "01.0.0", "1.0.0.0", " 1.0.0",
        "1.",
    ];
    let values: Vec<Value> =
        words.into_iter().map(Value::from).chain([json!(1), json!(1.0), json!(null)]).collect();
    member(chance, &ROLES, &["spec_version"], &values)
}

fn unknown(chance: &mut Chance) -> Mutation {
    let role = *chance.choose(&ROLES);
    let values = [
        json!(1),
        json!(null),
        json!({"a": [1, {"b": "\u{1f600}\u{ff5e}\n\"\\"}]}),
        json!("é"),
        json!(1.5),
        json!(-0.0),
        json!(1e30),
    ];
    let value = chance.choose(&values).clone();
    edit(format!("an unknown member is {value}"), role, move |document| {
        document.signed["x-unknown"] = value.clone()
    })
}

fn text(chance: &mut Chance) -> Mutation {
    let role = *chance.choose(&ROLES);
    let changes: &[(&str, fn(String) -> String)] = &[
        ("a member occurs twice", |text| text.replacen("\"version\":", "\"version\":7,\"version\":", 1)),
        ("an unknown member occurs twice", |text| text.replacen('{', "{\"x\":1,\"x\":1,", 1)),
        ("an escaped key repeats a member", |text| text.replacen('{', "{\"versio\\u006e\":9,", 1)),
        ("blanks", |text| text.replace(':', " :\n\t ").replace("T00 :\n\t 00 :\n\t 00", "T00:00:00")),
        ("members in another order", |text| {
            let mut value: Value = serde_json::from_str(&text).unwrap();
            let version = value["version"].to_string();
            remove(&mut value, "version");
            format!("{{\"version\":{version},{}", value.to_string().trim_start_matches('{'))
        }),
        ("an exponent", |text| {
            text.replacen("\"version\":2", "\"version\":2e0", 1).replacen(
                "\"threshold\":2",
                "\"threshold\":2e0",
                1,
            )
        }),
        ("minus zero", |text| text.replacen('{', "{\"x\":-0,", 1)),
        ("a number beyond 64 bits", |text| text.replacen('{', "{\"x\":18446744073709551616,", 1)),
        ("the largest number of 64 bits", |text| text.replacen('{', "{\"x\":18446744073709551615,", 1)),
        ("a lone surrogate", |text| text.replacen('{', "{\"x\":\"\\ud800\",", 1)),
        ("a raw control character", |text| text.replacen('{', "{\"x\":\"\u{1}\",", 1)),
        ("an escaped control character", |text| text.replacen('{', "{\"x\":\"\\u0001\\u0000\\u007f\",", 1)),
        ("deep nesting", |text| {
            text.replacen('{', &format!("{{\"x\":{}{},", "[".repeat(40), "]".repeat(40)), 1)
        }),
        ("very deep nesting", |text| {
            text.replacen('{', &format!("{{\"x\":{}{},", "[".repeat(200), "]".repeat(200)), 1)
        }),
        ("a trailing comma", |text| text.replacen('{', "{\"x\":[1,],", 1)),
        ("a comment", |text| text.replacen('{', "{/* */", 1)),
    ];
    let (name, change) = *chance.choose(changes);
    edit(format!("text: {name}"), role, move |document| document.text.push(change))
}

fn threshold(chance: &mut Chance) -> Mutation {
    let role = *chance.choose(&["root", "targets", "snapshot", "timestamp"]);
    let values = [
        json!(0),
        json!(1),
        json!(2),
        json!(3),
        json!(-1),
        json!(5_000_000_000_u64),
        json!(1.5),
        json!("1"),
        json!(null),
    ];
    let value = chance.choose(&values).clone();
    if chance.below(3) == 0 {
        return edit(format!("threshold of a delegation is {value}"), "targets", move |document| {
            document.signed["delegations"]["roles"][0]["threshold"] = value.clone();
        });
    }
    edit(format!("threshold of {role} is {value}"), "root", move |document| {
        document.signed["roles"][role]["threshold"] = value.clone()
    })
}

fn keyids(chance: &mut Chance) -> Mutation {
    let role = *chance.choose(&["root", "targets", "snapshot", "timestamp"]);
    let by = |change: fn(&mut Vec<Value>)| {
        move |document: &mut Document| {
            change(document.signed["roles"][role]["keyids"].as_array_mut().unwrap())
        }
    };
    let below = |change: fn(&mut Vec<Value>)| {
        move |document: &mut Document| {
            change(document.signed["delegations"]["roles"][0]["keyids"].as_array_mut().unwrap())
        }
    };
    let changes: &[(&str, fn(&mut Vec<Value>))] = &[
        ("a keyid twice", |keyids| keyids.push(keyids[0].clone())),
        ("one keyid fewer", |keyids| drop(keyids.pop())),
        ("a keyid without key", |keyids| keyids.push("00".into())),
        ("a keyid of another role", |keyids| keyids.push(keyid(6).into())),
        ("no keyid", |keyids| keyids.clear()),
        ("a keyid that is a number", |keyids| keyids.push(1.into())),
    ];
    let (name, change) = *chance.choose(changes);
    if chance.below(3) == 0 {
        edit(format!("delegation: {name}"), "targets", below(change))
    } else {
        edit(format!("{role}: {name}"), "root", by(change))
    }
}

/// The key objects of the snapshot role, or of the first delegation.
fn key_object(chance: &mut Chance) -> Mutation {
    let weak = format!("01{}", "00".repeat(31));
    let public = hex(secret(5).verifying_key().as_bytes());
    let of = |keytype: &str, scheme: &str, public: &str| json!({"keytype": keytype, "scheme": scheme, "keyval": {"public": public}});
    let objects = [
        ("an unknown scheme", of("ed25519", "ed448", &public)),
        ("an unknown type", of("ml-dsa", "ed25519", &public)),
        ("a type of the wrong case", of("Ed25519", "ed25519", &public)),
        ("upper-case digits", of("ed25519", "ed25519", &public.to_uppercase())),
        ("blanks around the digits", of("ed25519", "ed25519", &format!(" {public}\n"))),
        ("no digits", of("ed25519", "ed25519", "zz")),
        ("digits of half a key", of("ed25519", "ed25519", &public[..32])),
        ("a weak key", of("ed25519", "ed25519", &weak)),
        ("no value", json!({"keytype": "ed25519", "scheme": "ed25519"})),
        ("a value that is null", json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": null})),
        ("a number", json!(1)),
        (
            "unknown members",
            json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public, "y": 2}, "x": 1, "keyid_hash_algorithms": ["sha256"]}),
        ),
        (
            "a PEM key",
            of(
                "ed25519",
                "ed25519",
                &format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", pem(5)),
            ),
        ),
    ];
    let (name, object) = chance.choose(&objects).clone();
    // In place of the key, or as one more that nobody uses.
    if chance.below(2) == 0 {
        edit(format!("the snapshot's key is {name}"), "root", move |document| {
            document.signed["keys"][keyid(5)] = object.clone()
        })
    } else {
        edit(format!("a key that nobody uses is {name}"), "root", move |document| {
            document.signed["keys"]["unused"] = object.clone()
        })
    }
}

fn pem(seed: u8) -> String {
    let mut der = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    der.extend_from_slice(secret(seed).verifying_key().as_bytes());
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in der.chunks(3) {
        let bits =
            part.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for place in 0..4 {
            out.push(if place <= part.len() {
                char::from(DIGITS[(bits >> (18 - 6 * place)) as usize & 63])
            } else {
                '='
            });
        }
    }
    out
}

/// One key under two keyids, and roles that want two keys.
fn two_keyids(chance: &mut Chance) -> Mutation {
    if chance.below(2) == 0 {
        return whole("one key under two keyids meets a threshold of two".into(), |repository| {
            let root = repository.rotate();
            root.signed["keys"]["second"] = key(5);
            root.signed["roles"]["snapshot"] = json!({"keyids": [keyid(5), "second"], "threshold": 2});
            repository.roles.get_mut("snapshot").unwrap().signers.push((5, "second".into()));
        });
    }
    if chance.below(2) == 0 {
        return whole(
            "one key under two keyids meets a delegation's threshold of two".into(),
            |repository| {
                let top = repository.roles.get_mut("targets").unwrap();
                top.signed["delegations"]["keys"]["second"] = key(7);
                let role = &mut top.signed["delegations"]["roles"][0];
                role["keyids"] = json!([keyid(7), "second"]);
                role["threshold"] = 2.into();
                repository.roles.get_mut("d").unwrap().signers.push((7, "second".into()));
            },
        );
    }
    whole("a keyid that is not the digest of its key".into(), |repository| {
        let root = repository.rotate();
        root.signed["keys"]["any-name"] = key(5);
        root.signed["roles"]["snapshot"]["keyids"] = json!(["any-name"]);
        repository.roles.get_mut("snapshot").unwrap().signers = vec![(5, "any-name".into())];
    })
}

fn signatures(chance: &mut Chance) -> Mutation {
    let role = *chance.choose(&ROLES);
    let changes: &[(&str, fn(&mut Vec<Value>))] = &[
        ("none", |list| list.clear()),
        ("one fewer", |list| drop(list.pop())),
        ("the first twice", |list| list.push(list[0].clone())),
        ("the first twice, the second time as forgery", |list| {
            let mut forged = list[0].clone();
            forged["sig"] = "00".repeat(64).into();
            list.push(forged);
        }),
        ("a stranger's beside", |list| list.push(json!({"keyid": "stranger", "sig": "00"}))),
        ("a stranger's twice", |list| {
            list.extend([
                json!({"keyid": "stranger", "sig": "00"}),
                json!({"keyid": "stranger", "sig": "01"}),
            ])
        }),
        ("a forgery by an unauthorised key beside", |list| {
            list.push(json!({"keyid": keyid(20), "sig": "11".repeat(64)}))
        }),
        ("an empty one by a stranger", |list| list.push(json!({"keyid": "later", "sig": ""}))),
        ("the first is empty", |list| list[0]["sig"] = "".into()),
        ("the first is not hexadecimal", |list| list[0]["sig"] = "zz".into()),
        ("the first has an odd number of digits", |list| {
            list[0]["sig"] = list[0]["sig"].as_str().unwrap()[1..].into()
        }),
        ("the first is in capitals", |list| {
            list[0]["sig"] = list[0]["sig"].as_str().unwrap().to_uppercase().into()
        }),
        ("the first is one byte longer", |list| {
            list[0]["sig"] = (list[0]["sig"].as_str().unwrap().to_owned() + "00").into()
        }),
        ("the first has one bit changed", |list| {
            let sig = list[0]["sig"].as_str().unwrap();
            let first = if sig.starts_with('0') { "1" } else { "0" };
            list[0]["sig"] = format!("{first}{}", &sig[1..]).into();
        }),
        ("the first under the keyid of another", |list| list[0]["keyid"] = keyid(20).into()),
        ("the first without keyid", |list| remove(&mut list[0], "keyid")),
        ("the first without sig", |list| remove(&mut list[0], "sig")),
        ("the first with an unknown member", |list| list[0]["x"] = json!({"a": 1.5})),
        ("an element that is a number", |list| list.push(1.into())),
        ("in the other order", |list| list.reverse()),
        ("the keyid in capitals", |list| {
            list[0]["keyid"] = list[0]["keyid"].as_str().unwrap().to_uppercase().into()
        }),
        ("a thousand strangers'", |list| {
            list.extend((0..1_000).map(|number| json!({"keyid": number.to_string(), "sig": "00"})))
        }),
    ];
    let (name, change) = *chance.choose(changes);
    edit(format!("signatures: {name}"), role, move |document| document.after.push(Rc::new(change)))
}

fn signer(chance: &mut Chance) -> Mutation {
    let role = *chance.choose(&ROLES);
    match chance.below(3) {
        0 => edit("signed by a stranger alone".into(), role, |document| {
            document.signers = vec![(20, keyid(20))]
        }),
        1 => edit("signed by a stranger in the name of the first".into(), role, |document| {
            document.signers[0].0 = 20
        }),
        _ => edit("signed by strangers too".into(), role, |document| {
            document.signers.extend([(20, keyid(20)), (21, keyid(21))])
        }),
    }
}

/// What timestamp or snapshot state of a file.
fn pin(chance: &mut Chance) -> Mutation {
    let (by, file) = if chance.below(3) == 0 {
        ("timestamp", "snapshot.json".to_owned())
    } else {
        ("snapshot", format!("{}.json", chance.choose(&LISTED)))
    };
    let of = if matches!(file.as_str(), "snapshot.json" | "targets.json") {
        file.trim_end_matches(".json").to_owned()
    } else {
        "a delegated role".into()
    };
    let changes: [(&str, fn(&mut Value)); 22] = [
        ("a version lower", |pin| pin["version"] = 1.into()),
        ("a version higher", |pin| pin["version"] = 3.into()),
        ("version zero", |pin| pin["version"] = 0.into()),
        ("a version that is text", |pin| pin["version"] = "2".into()),
        ("no version", |pin| remove(pin, "version")),
        ("a length of one more", |pin| pin["length"] = 1_000_000.into()),
        ("a length of zero", |pin| pin["length"] = 0.into()),
        ("a negative length", |pin| pin["length"] = (-1).into()),
        ("a length that is null", |pin| pin["length"] = Value::Null),
        ("no length", |pin| remove(pin, "length")),
        ("a wrong digest", |pin| pin["hashes"] = json!({"sha256": digest(b"else")})),
        ("a digest in capitals", |pin| {
            if let Some(hash) = pin["hashes"]["sha256"].as_str() {
                pin["hashes"] = json!({"sha256": hash.to_uppercase()})
            }
        }),
        ("half a digest", |pin| pin["hashes"] = json!({"sha256": "00"})),
        ("no digest in hashes", |pin| pin["hashes"] = json!({})),
        ("hashes that are null", |pin| pin["hashes"] = Value::Null),
        ("no hashes", |pin| remove(pin, "hashes")),
        ("an unknown algorithm alone", |pin| pin["hashes"] = json!({"blake3": "00"})),
        ("an unknown algorithm beside", |pin| pin["hashes"]["blake3"] = "00".into()),
        ("a wrong SHA-512 beside", |pin| pin["hashes"]["sha512"] = "00".repeat(64).into()),
        ("a digest that is a number", |pin| pin["hashes"]["sha256"] = 1.into()),
        ("an unknown member", |pin| pin["x"] = json!({"y": 1})),
        ("nothing but null", |pin| *pin = Value::Null),
    ];
    let (name, change) = *chance.choose(&changes);
    edit(format!("states of {of} {name}"), by, move |document| change(&mut document.signed["meta"][&file]))
}

fn meta(chance: &mut Chance) -> Mutation {
    let listed = *chance.choose(&LISTED);
    let class = if listed == "targets" { "targets" } else { "a delegated role" };
    match chance.below(8) {
        0 => edit(format!("no longer lists {class}"), "snapshot", move |document| {
            remove(&mut document.signed["meta"], &format!("{listed}.json"))
        }),
        1 => edit("lists a role more".into(), "snapshot", |document| {
            document.signed["meta"]["more.json"] = json!({"version": 1})
        }),
        2 => edit("lists a file that is no metadata".into(), "snapshot", |document| {
            document.signed["meta"]["more.txt"] = json!({"version": 1})
        }),
        3 => edit("lists root".into(), "snapshot", |document| {
            document.signed["meta"]["root.json"] = json!({"version": 1})
        }),
        4 => edit("lists a second file".into(), "timestamp", |document| {
            document.signed["meta"]["more.json"] = json!({"version": 1})
        }),
        5 => edit("lists nothing".into(), "timestamp", |document| document.signed["meta"] = json!({})),
        6 => edit("lists by an array".into(), "snapshot", |document| document.signed["meta"] = json!([])),
        _ => edit("lists an odd name".into(), "snapshot", |document| {
            document.signed["meta"]["../x.json"] = json!({"version": 1})
        }),
    }
}

fn delegations(chance: &mut Chance) -> Mutation {
    let changes: [(&str, fn(&mut Value)); 28] = [
        ("the first ends the search", |d| d["roles"][0]["terminating"] = true.into()),
        ("the second does not end the search", |d| d["roles"][1]["terminating"] = false.into()),
        ("terminating is absent", |d| remove(&mut d["roles"][0], "terminating")),
        ("terminating is null", |d| d["roles"][0]["terminating"] = Value::Null),
        ("terminating is a number", |d| d["roles"][0]["terminating"] = 1.into()),
        ("neither paths nor prefixes", |d| remove(&mut d["roles"][0], "paths")),
        ("both paths and prefixes", |d| d["roles"][0]["path_hash_prefixes"] = json!(["0"])),
        ("paths that are null beside prefixes", |d| {
            d["roles"][0]["paths"] = Value::Null;
            d["roles"][0]["path_hash_prefixes"] = json!([""]);
        }),
        ("no paths in paths", |d| d["roles"][0]["paths"] = json!([])),
        ("the pattern *", |d| d["roles"][0]["paths"] = json!(["*"])),
        ("the pattern **", |d| d["roles"][0]["paths"] = json!(["**"])),
        ("the pattern d/**", |d| d["roles"][0]["paths"] = json!(["d/**"])),
        ("the pattern ***", |d| d["roles"][0]["paths"] = json!(["***"])),
        ("the pattern d/[a-z]*", |d| d["roles"][0]["paths"] = json!(["d/[a-z]*"])),
        ("the pattern d/[!x]ne.txt", |d| d["roles"][0]["paths"] = json!(["d/[!x]ne.txt"])),
        ("the pattern d/[", |d| d["roles"][0]["paths"] = json!(["d/["])),
        ("the pattern d/???.txt", |d| d["roles"][0]["paths"] = json!(["d/???.txt"])),
        ("the pattern /d/*", |d| d["roles"][0]["paths"] = json!(["/d/*"])),
        ("the pattern D/*", |d| d["roles"][0]["paths"] = json!(["D/*"])),
        ("the empty pattern", |d| d["roles"][0]["paths"] = json!([""])),
        ("prefixes of everything", |d| {
            remove(&mut d["roles"][0], "paths");
            d["roles"][0]["path_hash_prefixes"] = (0..16).map(|n| format!("{n:x}")).collect();
        }),
        ("prefixes in capitals", |d| {
            remove(&mut d["roles"][0], "paths");
            d["roles"][0]["path_hash_prefixes"] = (0..16).map(|n| format!("{n:X}")).collect();
        }),
        ("the empty prefix", |d| {
            remove(&mut d["roles"][0], "paths");
            d["roles"][0]["path_hash_prefixes"] = json!([""]);
        }),
        ("a role named targets", |d| {
            d["roles"].as_array_mut().unwrap().insert(0, delegation("targets", &[7], &["*"], false))
        }),
        ("a role named root", |d| {
            d["roles"].as_array_mut().unwrap().insert(0, delegation("root", &[7], &["none"], false))
        }),
        ("a role without a name", |d| {
            d["roles"].as_array_mut().unwrap().insert(0, delegation("", &[7], &["none"], false))
        }),
        ("the same role twice", |d| {
            let first = d["roles"][0].clone();
            d["roles"].as_array_mut().unwrap().push(first);
        }),
        ("a role that the snapshot does not list", |d| {
            d["roles"].as_array_mut().unwrap().insert(0, delegation("unlisted", &[7], &["*"], false))
        }),
    ];
    match chance.below(8) {
        0 => edit("a cycle through the top".into(), "d", |document| {
            document.signed["delegations"]["roles"].as_array_mut().unwrap().push(delegation(
                "d",
                &[8],
                &["*", "*/*", "*/*/*"],
                false,
            ));
        }),
        1 => whole("a role under two delegators, with other keys under the second".into(), |repository| {
            // First asked for through f, whose key for it is a stranger's.
            let f = repository.roles.get_mut("f").unwrap();
            f.signed["delegations"] =
                json!({"keys": {keyid(20): key(20)}, "roles": [delegation("deep", &[20], &["*"], false)]});
        }),
        2 => whole("a role with an odd name".into(), |repository| {
            let top = repository.roles.get_mut("targets").unwrap();
            top.signed["delegations"]["roles"][2]["name"] = "../f ?#%".into();
            let f = repository.roles.remove("f").unwrap();
            repository.roles.insert("../f ?#%".into(), f);
        }),
        3 => edit("delegations that are null".into(), "targets", |document| {
            document.signed["delegations"] = Value::Null
        }),
        4 => edit("delegations without keys".into(), "targets", |document| {
            remove(&mut document.signed["delegations"], "keys")
        }),
        5 => edit("delegations without roles".into(), "targets", |document| {
            remove(&mut document.signed["delegations"], "roles")
        }),
        _ => {
            let (name, change) = *chance.choose(&changes);
            edit(format!("delegations: {name}"), "targets", move |document| {
                change(&mut document.signed["delegations"])
            })
        }
    }
}

/// What targets metadata state of a file, and which paths they list.
fn targets(chance: &mut Chance) -> Mutation {
    let (role, path) = *chance.choose(&[("targets", "a.txt"), ("d", "d/one.txt"), ("e", "e/three.txt")]);
    let changes: [(&str, fn(&mut Value)); 20] = [
        ("a length of one more", |file| file["length"] = (file["length"].as_u64().unwrap_or(0) + 1).into()),
        ("a length of one less", |file| file["length"] = (file["length"].as_u64().unwrap_or(1) - 1).into()),
        ("a negative length", |file| file["length"] = (-1).into()),
        ("a length that is text", |file| file["length"] = "5".into()),
        ("no length", |file| remove(file, "length")),
        ("a wrong digest", |file| file["hashes"]["sha256"] = digest(b"else").into()),
        ("a digest in capitals", |file| {
            file["hashes"]["sha256"] = file["hashes"]["sha256"].as_str().unwrap_or("").to_uppercase().into()
        }),
        ("half a digest", |file| file["hashes"]["sha256"] = "00".into()),
        ("no digest in hashes", |file| file["hashes"] = json!({})),
        ("no hashes", |file| remove(file, "hashes")),
        ("an unknown algorithm alone", |file| file["hashes"] = json!({"blake3": "00"})),
        ("an unknown algorithm beside", |file| file["hashes"]["blake3"] = "00".into()),
        ("a wrong SHA-512 beside", |file| file["hashes"]["sha512"] = "00".repeat(64).into()),
        ("half a SHA-512 beside", |file| file["hashes"]["sha512"] = "00".into()),
        ("custom that is null", |file| file["custom"] = Value::Null),
        ("custom that is text", |file| file["custom"] = "text".into()),
        ("custom with a fraction", |file| file["custom"] = json!({"x": 1.5})),
        ("custom with anything", |file| {
            file["custom"] = json!({"x": [{"\u{e9}\u{1f600}": "\n\""}, null, true]})
        }),
        ("an unknown member", |file| file["x"] = 1.into()),
        ("nothing but null", |file| *file = Value::Null),
    ];
    match chance.below(7) {
        0 => {
            let odd = *chance.choose(&["../x", "/x", "a//b", "", ".", "a\\b", "a\nb", "é", "a b"]);
            edit(format!("lists the path {odd:?} beside"), role, move |document| {
                document.signed["targets"][odd] = listing(b"x")
            })
        }
        1 => edit("lists a file that is another role's".into(), "targets", |document| {
            document.signed["targets"]["d/one.txt"] = listing(b"else")
        }),
        2 => edit("lists nothing".into(), role, |document| document.signed["targets"] = json!({})),
        3 => edit("lists by an array".into(), role, |document| document.signed["targets"] = json!([])),
        _ => {
            let (name, change) = *chance.choose(&changes);
            edit(format!("states of a file {name}"), role, move |document| {
                change(&mut document.signed["targets"][path])
            })
        }
    }
}

fn roots(chance: &mut Chance) -> Mutation {
    match chance.below(14) {
        0 => whole("a root without news".into(), |repository| {
            let _ = repository.rotate();
        }),
        1 => whole("three roots".into(), |repository| {
            for _ in 0..3 {
                let _ = repository.rotate();
            }
        }),
        2 => {
            edit("the root skips a version".into(), "root", |document| document.signed["version"] = 3.into())
        }
        3 => edit("the root repeats a version".into(), "root", |document| {
            document.signed["version"] = 1.into()
        }),
        4 => whole("root keys rotated, signed by old and new".into(), |repository| {
            rotate_root(repository, &[1, 2, 11, 12])
        }),
        5 => whole("root keys rotated, signed by the new alone".into(), |repository| {
            rotate_root(repository, &[11, 12])
        }),
        6 => whole("root keys rotated, signed by the old alone".into(), |repository| {
            rotate_root(repository, &[1, 2])
        }),
        7 => whole("root keys rotated, signed by one old and both new".into(), |repository| {
            rotate_root(repository, &[1, 11, 12])
        }),
        8 => whole("timestamp and snapshot keys rotated, versions begin again".into(), |repository| {
            rotate_online(repository);
            for role in ["timestamp", "snapshot"] {
                repository.roles.get_mut(role).unwrap().signed["version"] = 1.into();
            }
        }),
        9 => whole("timestamp and snapshot keys rotated, signed by the old".into(), |repository| {
            rotate_online(repository);
            repository.roles.get_mut("snapshot").unwrap().signers = vec![(5, keyid(5))];
        }),
        10 => whole("versions begin again under the same keys".into(), |repository| {
            let _ = repository.rotate();
            repository.roles.get_mut("timestamp").unwrap().signed["version"] = 1.into();
        }),
        11 => {
            let values = [json!(false), json!(null), json!("true"), json!(1)];
            member(chance, &["root"], &["consistent_snapshot"], &values)
        }
        12 => edit("the root lacks a role".into(), "root", |document| {
            remove(&mut document.signed["roles"], "timestamp")
        }),
        _ => edit("the root has a role more".into(), "root", |document| {
            document.signed["roles"]["mirrors"] = json!({"keyids": [keyid(6)], "threshold": 1});
        }),
    }
}

fn rotate_root(repository: &mut Repository, signers: &[u8]) {
    let root = repository.rotate();
    for seed in [11, 12] {
        root.signed["keys"][keyid(seed)] = key(seed);
    }
    root.signed["roles"]["root"]["keyids"] = json!([keyid(11), keyid(12)]);
    root.signers = signers.iter().map(|seed| (*seed, keyid(*seed))).collect();
}

fn rotate_online(repository: &mut Repository) {
    let root = repository.rotate();
    for (seed, role) in [(15, "snapshot"), (16, "timestamp")] {
        root.signed["keys"][keyid(seed)] = key(seed);
        root.signed["roles"][role]["keyids"] = json!([keyid(seed)]);
    }
    for (seed, role) in [(15, "snapshot"), (16, "timestamp")] {
        repository.roles.get_mut(role).unwrap().signers = vec![(seed, keyid(seed))];
    }
}

fn served(chance: &mut Chance) -> Mutation {
    let path = *chance.choose(&[
        "metadata/timestamp.json",
        "metadata/2.snapshot.json",
        "metadata/2.targets.json",
        "metadata/2.d.json",
        "metadata/2.deep.json",
    ]);
    let bytes = chance.next();
    let change = move |name: &str, change: fn(&mut Vec<u8>, u64)| {
        serve(name.into(), move |served| {
            if let Some(file) = served.get_mut(path) {
                change(file, bytes)
            }
        })
    };
    match chance.below(10) {
        0 => serve("a file is missing".into(), move |served| drop(served.remove(path))),
        1 => change("a byte is changed", |file, bytes| {
            let place = (bytes >> 8) as usize % file.len();
            file[place] ^= (bytes as u8).max(1);
        }),
        2 => change("a file is cut off", |file, bytes| file.truncate(bytes as usize % file.len())),
        3 => change("a blank follows", |file, _| file.push(b'\n')),
        4 => change("garbage follows", |file, _| file.extend_from_slice(b"{}")),
        5 => change("a byte order mark leads", |file, _| {
            file.splice(0..0, *b"\xef\xbb\xbf");
        }),
        6 => change("a blank leads", |file, _| file.insert(0, b' ')),
        7 => change("an empty file", |file, _| file.clear()),
        8 => serve("two files are swapped".into(), |served| {
            let (one, other) =
                (served.get("metadata/2.d.json").cloned(), served.get("metadata/2.e.json").cloned());
            if let (Some(one), Some(other)) = (one, other) {
                served.insert("metadata/2.d.json".into(), other);
                served.insert("metadata/2.e.json".into(), one);
            }
        }),
        _ => serve("target files are swapped".into(), |served| {
            for (path, bytes) in served.iter_mut() {
                if path.starts_with("targets/") {
                    bytes.reverse();
                }
            }
        }),
    }
}

/// Whole files of the day before.
fn replay(chance: &mut Chance) -> Mutation {
    let names: &[&str] = *chance.choose(&[
        &["timestamp"] as &[&str],
        &["snapshot"],
        &["targets"],
        &["timestamp", "snapshot"],
        &["snapshot", "targets"],
        &["timestamp", "snapshot", "targets"],
        &["d"],
    ]);
    whole(format!("{} of the day before", names.join(" and ")), move |repository| {
        let old = Repository::new(1);
        for name in names {
            let mut role = old.roles[*name].clone();
            role.signed["meta"] = repository.roles[*name].signed["meta"].clone();
            repository.roles.insert((*name).into(), role);
        }
    })
}

/// The same versions with other content.
fn equivocation(chance: &mut Chance) -> Mutation {
    let role = *chance.choose(&["timestamp", "snapshot", "targets", "d"]);
    whole(
        format!("a second {} of the version before", if role == "d" { "delegated role" } else { role }),
        move |repository| {
            let role = repository.roles.get_mut(role).unwrap();
            role.signed["version"] = 1.into();
            role.signed["expires"] = "2026-01-01T12:00:00Z".into();
        },
    )
}

fn unpinned(_: &mut Chance) -> Mutation {
    whole("lengths and digests are not stated".into(), |repository| repository.pinned = false)
}

const DRAWS: [fn(&mut Chance) -> Mutation; 19] = [
    version,
    expires,
    header,
    unknown,
    text,
    threshold,
    keyids,
    key_object,
    two_keyids,
    signatures,
    signatures,
    signer,
    pin,
    meta,
    delegations,
    targets,
    roots,
    served,
    replay,
];

/// The changes of one case: mostly one, sometimes up to three.
pub fn draw(chance: &mut Chance) -> Vec<Mutation> {
    let mut out = Vec::new();
    let number = [1, 1, 1, 1, 2, 3][chance.below(6)];
    for _ in 0..number {
        let draw = match chance.below(DRAWS.len() + 1) {
            place if place < DRAWS.len() => DRAWS[place],
            _ => equivocation,
        };
        out.push(draw(chance));
    }
    // Without digests above it, what stands in a file itself decides.
    if chance.below(3) == 0 {
        out.push(unpinned(chance));
    }
    out
}
