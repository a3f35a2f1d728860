//! A state folder whose files the input has written over: reading it is a refusal or the whole truth, never a panic.
#![no_main]

use interdict_client::config::Config;
use interdict_client::places::Places;
use interdict_client::store::{generation, memory::Memory};
use interdict_schema::key::Ed25519Only;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = serde_json::from_slice::<generation::Index>(bytes);
    let _ = serde_json::from_slice::<Memory>(bytes);
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let places = Places { config: folder.path().join("config.toml"), state: folder.path().to_owned() };
    let name = "r".parse().unwrap();
    let generation = places.generation(1).join("repositories").join("r");
    std::fs::create_dir_all(&generation).unwrap();
    std::os::unix::fs::symlink("generations/000001", places.current()).unwrap();
    let repository = places.repository(&name);
    std::fs::create_dir_all(repository.trust()).unwrap();
    std::fs::create_dir_all(repository.memory().parent().unwrap()).unwrap();
    std::fs::write(&places.config, bytes).unwrap();
    std::fs::write(generation.join("index.json"), bytes).unwrap();
    std::fs::write(places.generation(1).join("SHA256SUMS"), bytes).unwrap();
    std::fs::write(repository.pin(), bytes).unwrap();
    let mut memory = format!("{}\n", interdict_schema::Sha256::of(bytes)).into_bytes();
    memory.extend_from_slice(bytes);
    std::fs::write(repository.memory(), memory).unwrap();
    let _ = Config::read(&places.config);
    let _ = Memory::read(&repository);
    let _ = generation::is_whole(&places, 1);
    let _ = generation::read_active(&places, &Ed25519Only);
});
