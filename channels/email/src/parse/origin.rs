//! Who says it: one sender, or the mail is refused (`R9`, `R20`, mail 37).

use sapa_channel::{Address, Sender, Unreadable};

use super::{
    Envelope,
    headers::{Addr, Headers},
};
use crate::{
    KIND,
    address::{normalise, shown_in},
};

/// The sender by the `From` header, with whatever an officer should be warned of.
pub(super) fn sender(
    headers: &Headers<'_>,
    envelope: &Envelope<'_>,
    warnings: &mut Vec<String>,
) -> Result<Sender, Unreadable> {
    if headers.count("From") > 1 {
        return Err(Unreadable(
            "it has several From headers, so it is not clear who wrote it".into(),
        ));
    }
    let from = headers.addresses("From");
    if from.len() > 1 {
        let others: Vec<_> = from[1..].iter().take(5).map(|addr| addr.address.as_str()).collect();
        warnings.push(format!("it names more senders: {}", others.join(", ")));
    }
    let (name, written, value) = if let Some(Addr { name, address }) = from.into_iter().next() {
        let value = normalise(&address).ok_or_else(|| {
            Unreadable(format!("its sender is not a plain mail address: {address}"))
        })?;
        (name, address, value)
    } else {
        let envelope = envelope.sender.unwrap_or_default();
        let value =
            normalise(envelope).ok_or_else(|| Unreadable("it does not say who wrote it".into()))?;
        warnings.push("it has no From header; the sender is the one of the delivery".into());
        (None, envelope.to_owned(), value)
    };
    warn(headers, name.as_deref(), &value, warnings);
    let shown = (!written.eq_ignore_ascii_case(&value)).then_some(written);
    Ok(Sender {
        address: Address { kind: KIND, value },
        name,
        shown,
        language: language(headers),
        proof: None,
        claims: Vec::new(),
    })
}

fn warn(headers: &Headers<'_>, name: Option<&str>, value: &str, warnings: &mut Vec<String>) {
    let in_name = name.and_then(shown_in);
    if let Some(shown) = in_name
        && normalise(&shown).as_deref() != Some(value)
    {
        warnings
            .push(format!("the name shows another address ({shown}) than the sender's ({value})"));
    }
    let elsewhere = headers
        .addresses("Reply-To")
        .into_iter()
        .filter_map(|addr| normalise(&addr.address))
        .find(|address| address != value);
    if let Some(address) = elsewhere {
        warnings.push(format!("it asks for answers to another address: {address}"));
    }
}

/// The languages the hub speaks, of those the mail says it is in.
fn language(headers: &Headers<'_>) -> Option<String> {
    let said = headers.text("Content-Language")?.to_ascii_lowercase();
    let first = said.split([',', '-', ' ']).next()?;
    match first {
        "id" | "in" => Some("id".into()),
        "en" => Some("en".into()),
        _ => None,
    }
}
