//! The program as its operator meets it: commands, their words and their exit codes.

#[path = "cli/commands.rs"]
mod commands;
#[path = "cli/running.rs"]
mod running;
#[path = "cli/sapa.rs"]
mod sapa;
