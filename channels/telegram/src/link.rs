//! Links that open a chat with the bot and bring a token back.

/// Makes the link that opens a chat with the bot `username` and, when the customer presses "Start",
/// brings `token` back as [`sapa_channel::Thread::token`].
///
/// A token has 1 to 64 characters of `A-Z a-z 0-9 _ -` (<https://core.telegram.org/bots/features#deep-linking>).
pub fn deep_link(username: &str, token: &str) -> Result<String, InvalidLink> {
    let username = username.strip_prefix('@').unwrap_or(username);
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| is_plain(byte, b"_"));
    if !plain(username) {
        return Err(InvalidLink::Username);
    }
    if !is_start_token(token) {
        return Err(InvalidLink::Token);
    }
    Ok(format!("https://t.me/{username}?start={token}"))
}

/// Whether `token` can be the payload of a deep link.
pub(crate) fn is_start_token(token: &str) -> bool {
    (1..=64).contains(&token.len()) && token.bytes().all(|byte| is_plain(byte, b"_-"))
}

fn is_plain(byte: u8, also: &[u8]) -> bool {
    byte.is_ascii_alphanumeric() || also.contains(&byte)
}

/// Why a link cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLink {
    /// The bot's name has other characters than letters, digits and `_`.
    #[error("this is no name of a Telegram bot")]
    Username,
    /// The token is empty, too long or has other characters than `A-Z a-z 0-9 _ -`.
    #[error("a start token has 1 to 64 letters, digits, underscores and hyphens")]
    Token,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_deep_link_names_the_bot_and_the_token() {
        let link = deep_link("@KopiSeruniBot", "Ab_9-z").unwrap();
        assert_eq!(link, "https://t.me/KopiSeruniBot?start=Ab_9-z");
    }

    #[rstest]
    #[case("KopiSeruniBot", "", InvalidLink::Token)]
    #[case("KopiSeruniBot", "a b", InvalidLink::Token)]
    #[case("KopiSeruniBot", "a&admin=1", InvalidLink::Token)]
    #[case("KopiSeruniBot", &"x".repeat(65), InvalidLink::Token)]
    #[case("evil/../x", "ok", InvalidLink::Username)]
    #[case("@", "ok", InvalidLink::Username)]
    fn what_does_not_fit_into_a_link_is_refused(
        #[case] username: &str,
        #[case] token: &str,
        #[case] why: InvalidLink,
    ) {
        assert_eq!(deep_link(username, token), Err(why));
    }
}
