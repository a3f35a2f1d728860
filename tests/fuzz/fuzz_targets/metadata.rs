//! Metadata of each role: read, written, and read again as the same.
#![no_main]

use interdict_schema::tuf::{
    Metadata, Role, RoleName, RoleType, Root, Snapshot, Targets, Timestamp, Unsigned, portable,
};
use libfuzzer_sys::fuzz_target;

fn try_role<T: Role + PartialEq + std::fmt::Debug>(bytes: &[u8], role: RoleType) -> Option<T>
where
    T: Clone,
{
    let name = RoleName::from(role);
    let metadata = Metadata::<T>::parse(bytes, &name, 1 << 20).ok()?;
    if let Ok(unsigned) = Unsigned::of(&metadata) {
        assert_eq!(unsigned.message(), metadata.canonical());
        let file = unsigned.with_signatures(metadata.signatures().iter().cloned());
        let again = Metadata::<T>::parse(&file, &name, 1 << 24).expect("what was written can be read");
        assert_eq!(again.signed(), metadata.signed());
        assert_eq!(again.fingerprint(), metadata.fingerprint());
    }
    if let Ok(ours) = Unsigned::new(metadata.signed()) {
        let again =
            Metadata::<T>::parse(&ours.with_signatures([]), &name, 1 << 24).expect("ours can be read");
        assert_eq!(again.signed(), metadata.signed());
    }
    Some(metadata.signed().clone())
}

fuzz_target!(|bytes: &[u8]| {
    if let Some(root) = try_role::<Root>(bytes, RoleType::Root) {
        let _ = portable::root(&root);
    }
    if let Some(targets) = try_role::<Targets>(bytes, RoleType::Targets) {
        let _ = portable::targets(&targets);
    }
    try_role::<Snapshot>(bytes, RoleType::Snapshot);
    try_role::<Timestamp>(bytes, RoleType::Timestamp);
});
