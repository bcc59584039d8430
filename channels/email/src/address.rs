//! The one reading of a mail address, for identity and for routing alike (`R20`).

/// What stands before the reply token in the tag of an address: `halo+r-<token>@toko.example`.
pub const REPLY_TAG: &str = "r-";

/// What stands before the token in the address that ends mailings: `halo+u-<token>@toko.example`.
pub const UNSUBSCRIBE_TAG: &str = "u-";

const MAX_ADDRESS: usize = 254;
const MAX_LOCAL: usize = 64;

/// The one spelling in which addresses are compared and stored: all in lower case, the domain as A-labels.
///
/// RFC 5321 lets the local part be case-sensitive; no provider of any size uses that, and customers write
/// their own addresses in any case. Dots and tags are kept: they are different mailboxes at many providers.
///
/// `None` for whatever is not plainly one address: no `@` or two of them, a quoted local part, an encoded
/// word, a comment, a domain literal, white space or control characters. Such an address is refused rather
/// than guessed at, for two programs would guess differently.
///
/// # Examples
/// ```
/// assert_eq!(sapa_email::normalise(" Rina@Surat.Example "), Some("rina@surat.example".to_owned()));
/// assert_eq!(sapa_email::normalise("a@bücher.example").as_deref(), Some("a@xn--bcher-kva.example"));
/// assert_eq!(sapa_email::normalise("\"a@b\"@c.example"), None);
/// ```
#[must_use]
pub fn normalise(address: &str) -> Option<String> {
    let address = address.trim_matches([' ', '\t']);
    let (local, domain) = address.split_once('@')?;
    if local.len() > MAX_LOCAL || address.len() > MAX_ADDRESS || !is_local_part(local) {
        return None;
    }
    let domain = normalise_domain(domain)?;
    let address = format!("{}@{domain}", local.to_lowercase());
    (address.len() <= MAX_ADDRESS).then_some(address)
}

/// A domain in lower case and as A-labels (RFC 5891).
pub(crate) fn normalise_domain(domain: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.') || !c.is_ascii();
    if domain.is_empty() || !domain.chars().all(plain) {
        return None;
    }
    let domain = idna::domain_to_ascii_strict(domain).ok()?;
    let labels_hold = domain.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    (labels_hold && domain.len() <= 253).then_some(domain)
}

/// A dot-atom (RFC 5322, 3.2.3; RFC 6532 for what is not ASCII) that is no encoded word.
fn is_local_part(local: &str) -> bool {
    let atext = |c: char| {
        c.is_ascii_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~".contains(c)
            || (!c.is_ascii() && c.is_alphanumeric())
    };
    !local.is_empty()
        && !local.contains("=?")
        && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(atext))
}

/// Splits the tag off an address: `halo+r-x@toko.example` is `halo@toko.example` and `r-x`.
#[must_use]
pub fn split_tag(address: &str) -> (String, Option<&str>) {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return (address.to_owned(), None);
    };
    match local.split_once('+') {
        Some((name, tag)) if !name.is_empty() => (format!("{name}@{domain}"), Some(tag)),
        _ => (address.to_owned(), None),
    }
}

/// The reply token in an address, if it bears one.
pub(crate) fn reply_token(address: &str) -> Option<String> {
    token(address, REPLY_TAG)
}

/// The token in an address that ends mailings, if it is one (mail 18).
pub(crate) fn unsubscribe_token(address: &str) -> Option<String> {
    token(address, UNSUBSCRIBE_TAG)
}

fn token(address: &str, tag: &str) -> Option<String> {
    let token = split_tag(address).1?.strip_prefix(tag)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!token.is_empty() && token.chars().all(plain)).then(|| token.to_ascii_lowercase())
}

/// Whether a text shows something that a person would take for a mail address, and which.
pub(crate) fn shown_in(text: &str) -> Option<String> {
    let edge = |c: char| !(c.is_alphanumeric() || "._%+-@".contains(c));
    text.split(edge)
        .map(|word| word.trim_matches(['.', '-', '_']))
        .find(|word| {
            word.split_once('@')
                .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("rina@surat.example", Some("rina@surat.example"))]
    #[case("Rina.W+Toko@SURAT.Example", Some("rina.w+toko@surat.example"))]
    #[case("o'neil@x.example", Some("o'neil@x.example"))]
    #[case("用户@例子.example", Some("用户@xn--fsqu00a.example"))]
    #[case("a@localhost", Some("a@localhost"))]
    #[case("", None)]
    #[case("rina", None)]
    #[case("@x.example", None)]
    #[case("rina@", None)]
    #[case("a@b@c.example", None)]
    #[case("\"a@b\"@c.example", None)]
    #[case("\"rina w\"@c.example", None)]
    #[case("=?utf-8?q?rina?=@x.example", None)]
    #[case("=?utf-8?q?rina=40x.example=00?=@y.example", None)]
    #[case("rina(comment)@x.example", None)]
    #[case("rina@[192.0.2.1]", None)]
    #[case("rina@x..example", None)]
    #[case(".rina@x.example", None)]
    #[case("ri na@x.example", None)]
    #[case("rina@x.example\r\nBcc: all@x.example", None)]
    #[case("rina\0@x.example", None)]
    #[case("<rina@x.example>", None)]
    fn r20_mail_37_one_spelling_or_none(#[case] address: &str, #[case] expected: Option<&str>) {
        assert_eq!(normalise(address).as_deref(), expected);
    }

    #[test]
    fn r20_a_normalised_address_stays_as_it_is() {
        let once = normalise("Rina@BÜCHER.example").unwrap();
        assert_eq!(normalise(&once), Some(once));
    }

    #[test]
    fn r20_an_address_that_is_too_long_is_refused() {
        assert_eq!(normalise(&format!("{}@x.example", "a".repeat(65))), None);
        assert_eq!(normalise(&format!("a@{}.example", "b.".repeat(150))), None);
    }

    #[rstest]
    #[case("halo+r-AB12-cd@toko.example", Some("ab12-cd"))]
    #[case("halo+r-@toko.example", None)]
    #[case("halo+sale@toko.example", None)]
    #[case("halo@toko.example", None)]
    #[case("halo+r-a_b@toko.example", None)]
    #[case("+r-abc@toko.example", None)]
    fn mail_30_a_reply_token_is_read_from_the_tag(
        #[case] address: &str,
        #[case] token: Option<&str>,
    ) {
        assert_eq!(reply_token(address).as_deref(), token);
    }

    #[test]
    fn mail_30_the_tag_is_split_off() {
        assert_eq!(split_tag("halo+r-x@toko.example"), ("halo@toko.example".into(), Some("r-x")));
        assert_eq!(split_tag("halo@toko.example"), ("halo@toko.example".into(), None));
    }

    #[rstest]
    #[case("ceo@bank.example", Some("ceo@bank.example"))]
    #[case("Bank <ceo@bank.example>", Some("ceo@bank.example"))]
    #[case("Rina @ Toko", None)]
    #[case("Rina", None)]
    fn mail_37_an_address_in_a_name_is_seen(#[case] name: &str, #[case] shown: Option<&str>) {
        assert_eq!(shown_in(name).as_deref(), shown);
    }

    #[test]
    fn mail_18_a_token_to_end_mailings_is_read_from_the_tag() {
        let token = |address| unsubscribe_token(address);
        assert_eq!(token("halo+u-AbC1@toko.example").as_deref(), Some("abc1"));
        for other in [
            "halo+r-abc1@toko.example",
            "halo+u-@toko.example",
            "halo@toko.example",
            "halo+u-a_b@toko.example",
        ] {
            assert_eq!(token(other), None, "{other}");
        }
    }
}
