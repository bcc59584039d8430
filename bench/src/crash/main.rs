//! `crash`: kills the hub at random moments and at each named place, under the load of every way in and out, and
//! compares what it holds afterwards with what was said to it and what came out.

mod age;
mod audit;
mod clock;
mod faults;
mod hub;
mod ledger;
mod look;
mod mailings;
mod office;
mod peers;
mod plan;
mod postgres;
mod proxy;
mod report;
mod rig;
mod rows;
mod senders;
mod sink;
mod slow;
mod talks;
mod world;

use bench::hub::{Backend, folder};
use plan::Orders;
use slow::SlowDisk;

const USAGE: &str = "crash [--backend sqlite|postgres] [--random N] [--points N] [--places N] [--seed N] [--full]

--random: so many kills at random moments (20). --points: so many at each named place (1). --places: at so many of
them, chosen by chance (all). --full is 500 and 10.
The seed is printed; with it the same kills come in the same order.";

fn orders() -> anyhow::Result<(Backend, Orders)> {
    let mut backend = Backend::Sqlite;
    let mut orders = Orders {
        random: 20,
        points: 1,
        places: usize::MAX,
        backend,
        slow: false,
        seed: sapa_channel::new_id().as_u64_pair().1 % 1_000_000,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value =
            || words.next().ok_or_else(|| anyhow::anyhow!("{word} wants a value\n{USAGE}"));
        match word.as_str() {
            "--backend" => {
                backend = match value()?.as_str() {
                    "sqlite" => Backend::Sqlite,
                    "postgres" => Backend::Postgres,
                    other => anyhow::bail!("{other} is no database\n{USAGE}"),
                }
            }
            "--random" => orders.random = value()?.parse()?,
            "--points" => orders.points = value()?.parse()?,
            "--places" => orders.places = value()?.parse()?,
            "--seed" => orders.seed = value()?.parse()?,
            "--full" => (orders.random, orders.points) = (500, 10),
            _ => anyhow::bail!("what is {word}?\n{USAGE}"),
        }
    }
    orders.backend = backend;
    orders.slow = SlowDisk::of(folder()?.path()).is_some();
    if !orders.slow {
        eprintln!("this kernel does not let us make the disk slow: that fault is left out");
    }
    anyhow::ensure!(cfg!(debug_assertions), "the named places are in debug builds only");
    Ok((backend, orders))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (backend, orders) = orders()?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let report = rig::run(backend, orders).await?;
    report.show();
    std::process::exit(i32::from(!report.is_good()))
}
