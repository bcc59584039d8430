//! What two contacts said, when they turn out to be one; and when they turn out to be two after all.

use sapa_channel::Timestamp;
use uuid::Uuid;

use super::{
    model::{Consent, State},
    queries::{of_contact, replace},
};
use crate::db::{DbResult, Tx};

/// The word that counts of two on the same kind of channel: a withdrawal, else the later one.
fn stricter(a: Consent, b: Consent) -> Consent {
    let (new, old) = if a.at >= b.at { (a, b) } else { (b, a) };
    if old.state == State::Withdrawn && new.state != State::Withdrawn { old } else { new }
}

fn of_kind<'a>(all: &'a [Consent], one: &Consent) -> Option<&'a Consent> {
    all.iter().find(|other| other.channel_kind == one.channel_kind && other.purpose == one.purpose)
}

/// What counts of all that two said.
fn joined(kept: &[Consent], gone: &[Consent]) -> Vec<Consent> {
    let both = kept.iter().map(|one| match of_kind(gone, one) {
        Some(other) => stricter(one.clone(), other.clone()),
        None => one.clone(),
    });
    both.chain(gone.iter().filter(|one| of_kind(kept, one).is_none()).cloned()).collect()
}

/// The kept contact has said what counts of both; the other one's words stay where they are, for undoing. Tells
/// what the kept one had said before.
pub async fn join(tx: &mut Tx, kept_id: Uuid, gone_id: Uuid) -> DbResult<Vec<Consent>> {
    let kept = of_contact(tx, kept_id).await?;
    let gone = of_contact(tx, gone_id).await?;
    if !gone.is_empty() {
        replace(tx, kept_id, &joined(&kept, &gone)).await?;
    }
    Ok(kept)
}

/// Gives the kept contact back what he had said before the merge, but for what was said since. What was withdrawn
/// since counts for both: nobody knows which of them it was.
pub async fn part(
    tx: &mut Tx,
    kept_id: Uuid,
    gone_id: Uuid,
    before: &[Consent],
    merged_at: Timestamp,
) -> DbResult<()> {
    let now = of_contact(tx, kept_id).await?;
    let gone = of_contact(tx, gone_id).await?;
    let of_merge = joined(before, &gone);
    // What is as the merge left it was not said since. A word of the same instant as the merge was.
    let since: Vec<Consent> = now
        .into_iter()
        .filter(|one| one.at >= merged_at && of_kind(&of_merge, one) != Some(one))
        .collect();
    let older = before.iter().filter(|one| of_kind(&since, one).is_none()).cloned();
    let kept: Vec<Consent> = older.chain(since.iter().cloned()).collect();
    replace(tx, kept_id, &kept).await?;
    let withdrawn: Vec<Consent> =
        since.into_iter().filter(|one| one.state == State::Withdrawn).collect();
    if !withdrawn.is_empty() {
        replace(tx, gone_id, &joined(&gone, &withdrawn)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: &str, state: State, at: i64) -> Consent {
        Consent {
            channel_kind: kind.to_owned(),
            purpose: "offers".to_owned(),
            state,
            at: Timestamp(at),
            source: "desk".to_owned(),
            proof: None,
        }
    }

    #[test]
    fn a_withdrawal_wins_and_what_only_one_said_is_kept() {
        let kept = [said("email", State::Granted, 9), said("phone", State::Granted, 1)];
        let gone = [said("email", State::Withdrawn, 1), said("telegram", State::Granted, 2)];
        let states: Vec<_> = joined(&kept, &gone)
            .into_iter()
            .map(|one| (one.channel_kind, one.state, one.at.0))
            .collect();
        assert_eq!(
            states,
            [
                ("email".to_owned(), State::Withdrawn, 1),
                ("phone".to_owned(), State::Granted, 1),
                ("telegram".to_owned(), State::Granted, 2),
            ]
        );
    }
}
