//! The program `sapa`.

use std::process::ExitCode;

fn main() -> ExitCode {
    sapa::cli::main()
}
