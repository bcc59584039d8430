//! Reading: the pages that officers open, at sizes that grow.

use std::time::{Duration, Instant};

use crate::{
    fill::Filled,
    hub::{Backend, Hub},
    report::{Better, Report, millis, percentile, rate},
    words::{Dice, Words},
};

/// How often each page is read.
const TIMES: usize = 200;

/// A kind of page, and the addresses of some of them.
type Page = (&'static str, Vec<String>);

/// Takes the figures: each size beside the next smaller one.
pub async fn run(report: &mut Report, full: bool) -> anyhow::Result<()> {
    let mut sizes = vec![10_000, 100_000];
    if full {
        sizes.push(1_000_000);
    }
    let mut smaller: Option<Vec<[Duration; 2]>> = None;
    for messages in sizes {
        let filled = Filled {
            persons: messages / 10,
            talks: messages / 5,
            each: 5,
            open: 10,
            bytes: 350,
            span: Duration::from_secs(365 * 24 * 3600),
        };
        let hub = Hub::new(Backend::Sqlite, |_, _| {}).await?;
        let channel = hub.client.add_mailbox().await?;
        let begun = Instant::now();
        filled.store(&hub.app, channel).await?;
        let stored = begun.elapsed();
        hub.indexed().await?;
        eprintln!(
            "{messages} messages: stored at {:.0}/s, search had read them at {:.0}/s",
            rate(messages, stored),
            rate(messages, begun.elapsed())
        );
        let mut taken = Vec::new();
        for (at, (page, paths)) in pages(&filled).iter().enumerate() {
            let mut times = measure(&hub, paths).await?;
            let now = [percentile(&mut times, 50), percentile(&mut times, 99)];
            let before = smaller.as_ref().map_or(now, |smaller| smaller[at]);
            for (place, percent) in [50, 99].into_iter().enumerate() {
                report.add(
                    format!("read.{page}.p{percent}@{messages}"),
                    (millis(now[place]), "ms"),
                    Better::Lower,
                    (millis(before[place]), "the size before"),
                );
            }
            taken.push(now);
        }
        smaller = Some(taken);
        hub.stop().await?;
    }
    Ok(())
}

fn pages(filled: &Filled) -> Vec<Page> {
    let words = Words::new();
    let mut dice = Dice(5);
    let history = |person: usize| format!("/contacts/{}/timeline?limit=50", Filled::person(person));
    let search = |word: &str| format!("/search?q={word}");
    let some = |path: &dyn Fn(&mut Dice) -> String, dice: &mut Dice| -> Vec<String> {
        (0..50).map(|_| path(dice)).collect()
    };
    vec![
        ("inbox", vec!["/conversations?folder=open&limit=50".to_owned()]),
        ("inbox_waiting", vec!["/conversations?folder=waiting&sort=waiting&limit=50".to_owned()]),
        ("counts", vec!["/inbox/counts".to_owned()]),
        ("history", some(&|dice| history(1 + dice.below(filled.persons - 1)), &mut dice)),
        ("history_long", vec![history(0)]),
        ("search_rare", some(&|dice| search(words.at(5_000 + dice.below(10_000))), &mut dice)),
        ("search_usual", some(&|dice| search(words.at(dice.below(50))), &mut dice)),
        (
            "search_two",
            some(
                &|dice| {
                    let (one, other) = (words.at(dice.below(50)), words.at(50 + dice.below(500)));
                    search(&format!("{one}%20{other}"))
                },
                &mut dice,
            ),
        ),
    ]
}

async fn measure(hub: &Hub, paths: &[String]) -> anyhow::Result<Vec<Duration>> {
    // What the hub keeps at hand after the first calls is there in its everyday life too.
    for path in paths.iter().take(5) {
        hub.client.fetch(path).await?;
    }
    let mut times = Vec::with_capacity(TIMES);
    for path in paths.iter().cycle().take(TIMES) {
        let begun = Instant::now();
        hub.client.fetch(path).await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}
