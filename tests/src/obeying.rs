//! What the tests of enforcement by the real tools share: skipping where a tool is absent, and the rendered files on disk.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use interdict_client::enforce::{Argument, Command as Compiled, Marker, Rendered};

const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Whether a test has to be left out: one of these programs is not on this machine. Says so.
pub fn absent(programs: &[&str]) -> bool {
    let there = |name: &str| std::env::split_paths(PATH).any(|folder| folder.join(name).is_file());
    let missing: Vec<&&str> = programs.iter().filter(|name| !there(name)).collect();
    if !missing.is_empty() {
        println!("skipped: not on this machine: {missing:?}");
    }
    !missing.is_empty()
}

/// Whether a test has to be left out: it makes namespaces, which only root may. Says so.
pub fn without_root() -> bool {
    let made = Command::new("unshare").args(["--net", "--mount", "true"]).output();
    let may = made.is_ok_and(|output| output.status.success());
    if !may {
        println!("skipped: namespaces cannot be made here: run it as root");
    }
    !may
}

/// Writes the rendered files beneath a folder, each with its marker, and returns where they lie, in their order.
pub fn write(rendered: &Rendered, root: &Path) -> Vec<PathBuf> {
    let beneath = |path: &Path| root.join(path.strip_prefix("/").unwrap());
    let mut written = Vec::new();
    for file in &rendered.files {
        let path = beneath(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let line = "interdict: generation 12 sha256 0000";
        let mut bytes = file.bytes.clone();
        match file.marker {
            Marker::First(comment) => {
                bytes.splice(0..0, format!("{comment} {line}\n").into_bytes());
            }
            Marker::Last(open, close) => bytes.extend(format!("{open} {line} {close}\n").bytes()),
            Marker::None => {}
        }
        std::fs::write(&path, bytes).unwrap();
        written.push(path);
    }
    written
}

/// A command of a target as it would be run over files that lie there.
pub fn compiled(command: &Compiled, files: &[PathBuf]) -> Command {
    let mut made = Command::new(command.program);
    made.env("PATH", PATH);
    for argument in &command.arguments {
        match argument {
            Argument::Text(text) => made.arg(text),
            Argument::File(number) => made.arg(&files[*number]),
            Argument::TextAndFile(text, number) => made.arg(format!("{text}{}", files[*number].display())),
            Argument::Setting(text) | Argument::Value(text) => made.arg(text),
        };
    }
    made
}

/// Runs a program of the system's own path that must end with 0.
pub fn run<S: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = S>) -> Output {
    let output = Command::new(program).args(arguments).env("PATH", PATH).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{program}: {}{}", text(&output.stdout), text(&output.stderr));
    output
}
