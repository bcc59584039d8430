//! A short run of the crash rig on each database, with a seed that is new each time and printed.

use std::process::{Command, Output};

fn run(backend: &str) -> Output {
    let line = ["--backend", backend, "--random", "4", "--places", "8"];
    Command::new(env!("CARGO_BIN_EXE_crash")).args(line).output().expect("the rig starts")
}

fn assert_good(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(output.status.success(), "{said}");
}

#[test]
fn d1_to_d8_hold_when_the_hub_is_killed_on_sqlite() {
    assert_good(&run("sqlite"));
}

#[test]
fn d1_to_d8_hold_when_the_hub_is_killed_on_postgres() {
    assert_good(&run("postgres"));
}
