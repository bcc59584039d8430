//! Sees to it that the web bundles which the program carries are there, and says how to make them if not.

use std::{env, path::Path, process::exit};

fn main() {
    for file in ["web/desk/dist/index.html", "web/widget/dist/widget.js"] {
        if !Path::new(file).exists() {
            eprintln!("{file} is missing. Make the web bundles first: script/web");
            exit(1);
        }
    }
    println!("cargo:rerun-if-changed=build.rs");
    // A new migration is a new file, which the macro that embeds the folder does not notice by itself.
    watch("migrations");
    // A debug build reads these at run time; a release build carries them.
    if env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        ["web/desk/dist", "web/widget/dist", "web/shop", "templates"].into_iter().for_each(watch);
    }
}

/// Cargo would build anew every time for a path that does not exist.
fn watch(path: &str) {
    if Path::new(path).exists() {
        println!("cargo:rerun-if-changed={path}");
    }
}
