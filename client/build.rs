//! Links the unwinder of GCC into the programs instead of loading it, where that is known to work.
//!
//! The shared one asks the processor for its features before `main`, which a virtual machine answers slowly: with finding and
//! mapping it, that is a tenth of the time in which a poll with nothing new is done. What is linked is the same code; where the
//! archive is not found, or for another target than this machine's, nothing is changed.

#![expect(clippy::disallowed_methods, reason = "a build script is asked in its environment")]

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let native = variable("HOST") == variable("TARGET");
    let gnu = variable("CARGO_CFG_TARGET_OS") == "linux" && variable("CARGO_CFG_TARGET_ENV") == "gnu";
    if !native
        || !gnu
        || variable("CARGO_CFG_TARGET_FEATURE").split(',').any(|feature| feature == "crt-static")
    {
        return;
    }
    let found = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output();
    let path = found.ok().and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    // Only a path is an answer: what the compiler does not find it gives back as it was asked.
    if Path::new(path.trim()).is_absolute() {
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}
