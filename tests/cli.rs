//! The program as its operator meets it: commands, their words and their exit codes.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

#[path = "cli/caller.rs"]
mod caller;
#[path = "cli/clock.rs"]
mod clock;
#[path = "cli/cluster.rs"]
mod cluster;
#[path = "cli/commands.rs"]
mod commands;
#[path = "cli/crowd.rs"]
mod crowd;
#[path = "cli/durable.rs"]
mod durable;
#[path = "cli/full.rs"]
mod full;
#[path = "cli/nodes.rs"]
mod nodes;
#[path = "cli/nodes_dying.rs"]
mod nodes_dying;
#[path = "cli/running.rs"]
mod running;
#[path = "cli/sapa.rs"]
mod sapa;
#[path = "cli/trace.rs"]
mod trace;
