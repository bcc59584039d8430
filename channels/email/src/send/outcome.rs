//! What an answer of the relay means (mail 8, RFC 5321, RFC 3463).

use std::error::Error as _;

use lettre::transport::smtp::Error;
use sapa_channel::{Outcome, Retry};

/// At what the relay said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// At the greeting, the encryption or the signing in: nothing that the message is to blame for.
    Connection,
    /// At the envelope or the mail.
    Mail,
}

/// The outcome of a refusal, or of a failure before the mail was out.
pub(super) fn refused(host: &str, error: &Error, stage: Stage, about: Option<&str>) -> Outcome {
    let Some(code) = error.status().map(u16::from) else {
        let reason = format!("the mail server {host} could not be reached: {}", words(error));
        return Outcome::NotSent { reason, retry: Retry::Later };
    };
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let (meaning, retry) = meaning(code, &said, stage);
    let about = about.map(|address| format!(" for {address}")).unwrap_or_default();
    let said: String = said.chars().take(300).collect();
    Outcome::NotSent { reason: format!("{meaning}{about} ({host} said: {code} {said})"), retry }
}

/// The words and the way on for a code, the enhanced one first.
fn meaning(code: u16, said: &str, stage: Stage) -> (&'static str, Retry) {
    let enhanced = enhanced(said);
    let permanent = code >= 500;
    if stage == Stage::Connection {
        return match code {
            530 | 534 | 535 | 538 => {
                ("the mail server does not accept our name and password", Retry::Later)
            }
            _ => ("the mail server does not want to talk to us now", Retry::Later),
        };
    }
    match (code, enhanced) {
        // A full mailbox is emptied some day, whatever the code.
        (_, Some((_, 2, 2))) | (552 | 452, None) => ("the mailbox is full", Retry::Later),
        (_, Some((4, _, _))) if !permanent => ("the mail server asks to try later", Retry::Later),
        (400..=499, _) => ("the mail server asks to try later", Retry::Later),
        (530 | 534 | 535 | 538, _) => {
            ("the mail server does not accept our name and password", Retry::Later)
        }
        (_, Some((_, 1, 1 | 2 | 3 | 10))) => ("the address does not exist", Retry::Never),
        (_, Some((_, 2, 1))) => ("the mailbox is closed", Retry::Never),
        (_, Some((_, 2 | 3, 3 | 4))) => ("the mail is too large", Retry::Never),
        (_, Some((_, 7, _))) => ("the mail server does not accept it by its rules", Retry::Never),
        (550 | 551 | 553, None) => ("the mail server does not accept the address", Retry::Never),
        _ => ("the mail server refused it for good", Retry::Never),
    }
}

/// `5.1.1` at the beginning of an answer (RFC 2034).
fn enhanced(said: &str) -> Option<(u16, u16, u16)> {
    let mut numbers = said.split(' ').next()?.split('.').map(str::parse::<u16>);
    let code = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    (numbers.next().is_none() && matches!(code.0, 2 | 4 | 5)).then_some(code)
}

/// An error with its causes, on one line.
pub(super) fn words(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source().and_then(std::error::Error::source);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(421, "4.7.0 busy", Retry::Later)]
    #[case(450, "greylisted, come back", Retry::Later)]
    #[case(451, "4.7.1 greylisted", Retry::Later)]
    #[case(452, "4.2.2 quota", Retry::Later)]
    #[case(552, "5.2.2 mailbox full", Retry::Later)]
    #[case(550, "5.2.2 mailbox full", Retry::Later)]
    #[case(552, "mailbox full", Retry::Later)]
    #[case(552, "5.3.4 too large", Retry::Never)]
    #[case(552, "5.2.3 too large", Retry::Never)]
    #[case(550, "5.1.1 nobody", Retry::Never)]
    #[case(550, "no such user", Retry::Never)]
    #[case(550, "5.7.1 spam", Retry::Never)]
    #[case(554, "5.7.26 not authenticated", Retry::Never)]
    #[case(554, "", Retry::Never)]
    #[case(553, "5.1.3 syntax", Retry::Never)]
    fn mail_8_codes_say_whether_to_try_again(
        #[case] code: u16,
        #[case] said: &str,
        #[case] retry: Retry,
    ) {
        assert_eq!(meaning(code, said, Stage::Mail).1, retry);
    }

    #[rstest]
    #[case(535, "5.7.8 wrong password")]
    #[case(554, "5.7.1 your address is listed")]
    #[case(421, "4.3.2 closing")]
    fn mail_8_a_relay_that_does_not_let_us_in_is_tried_again(
        #[case] code: u16,
        #[case] said: &str,
    ) {
        assert_eq!(meaning(code, said, Stage::Connection).1, Retry::Later);
    }

    #[rstest]
    #[case("5.1.1 nobody", Some((5, 1, 1)))]
    #[case("5.7.26 x", Some((5, 7, 26)))]
    #[case("1.2.3 x", None)]
    #[case("192.0.2.1 is listed", None)]
    #[case("5.1", None)]
    #[case("", None)]
    fn mail_8_enhanced_codes_are_read(#[case] said: &str, #[case] code: Option<(u16, u16, u16)>) {
        assert_eq!(enhanced(said), code);
    }
}
