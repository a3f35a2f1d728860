//! Lists of identifiers: whatever can be read can be linted and asked for what this version cannot judge; and a file of
//! entries says the same in whatever pieces it comes.
#![no_main]

use interdict_schema::directive::IdentifierKind;
use interdict_schema::directive::lint::list::lint;
use interdict_schema::entity::unsupported::unsupported;
use interdict_schema::entity::{EntityList, EntryReader, entries};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for problem in &lint(bytes, None).problems {
        let _ = problem.to_string();
    }
    read(bytes);
    let Ok(decoded) = EntityList::parse(bytes) else { return };
    let list = &decoded.value;
    for found in unsupported(&decoded) {
        let _ = found.what.to_string();
    }
    assert_eq!(interdict_schema::entity::named_by(&list.target_path()), Some((list.id.clone(), list.revision)));
    let written = serde_json::to_vec(list).unwrap();
    let again = EntityList::parse(&written).expect("what was written can be read");
    assert_eq!(again.value, *list);
});

fn read(bytes: &[u8]) {
    let file = entries::describe(IdentifierKind::Domain, "f".into(), bytes);
    let mut whole = Vec::new();
    let at_once = EntryReader::of_draft(&file).read_whole(bytes, &mut |entry| whole.push(entry.to_owned()));
    let mut pieces = Vec::new();
    let mut reader = EntryReader::of_draft(&file);
    let pushed = bytes.chunks(7).try_for_each(|piece| reader.push(piece, &mut |entry| pieces.push(entry.to_owned())));
    let piecewise = pushed.and_then(|()| reader.finish());
    assert_eq!(at_once, piecewise);
    if at_once.is_ok() {
        assert_eq!(whole, pieces);
        assert!(whole.is_sorted_by(|one, next| one.as_bytes() < next.as_bytes()));
    }
}
