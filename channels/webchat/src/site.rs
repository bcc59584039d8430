//! A web site that has the widget in its pages.

use sapa_channel::ChannelId;
use serde::Serialize;

use crate::Key;

/// A web site's chat, as it is configured.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its channel.
    pub channel: ChannelId,
    /// What its pages name it by. It is public.
    pub key: String,
    /// What the shop signs its tokens with.
    pub signing_key: Key,
    /// What the hub signs the secrets of browsers with.
    pub visitor_key: Key,
    /// The origins of its pages, as `https://kopiseruni.example`; nothing else may use it (`R7`).
    pub allowed_origins: Vec<String>,
    /// Set when the sites of one hub count their customers apart: `1001` here and `1001` there are two
    /// people. It becomes part of the customer's address.
    pub customers: Option<String>,
    /// How the widget shows itself.
    pub looks: Looks,
}

/// How the widget shows itself on a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Looks {
    /// The shop's name.
    pub title: String,
    /// What is said before the first message; empty for the widget's own words in the visitor's language.
    pub greeting: String,
    /// `id` or `en`, for visitors whose page does not say another.
    pub language: String,
    /// `#4a50d2`; empty for the widget's own.
    pub accent: String,
    /// What a visitor may begin with by a press.
    pub quick_replies: Vec<String>,
    /// How many minutes an answer usually takes, if that shall be said.
    pub reply_time: Option<u32>,
}

/// Whether a page of this origin may use the site's chat. No `Origin` is no origin of the site's (`R7`).
#[must_use]
pub fn origin_allowed(site: &Site, header: Option<&str>) -> bool {
    let Some(origin) = header else { return false };
    // Browsers write origins in lower case and without the usual port; administrators may not.
    let normal = |origin: &str| {
        let origin = origin.trim_end_matches('/').to_ascii_lowercase();
        let usual = if origin.starts_with("https://") { ":443" } else { ":80" };
        origin.strip_suffix(usual).map_or(origin.clone(), str::to_owned)
    };
    let web = origin.starts_with("https://") || origin.starts_with("http://");
    web && site.allowed_origins.iter().any(|allowed| normal(allowed) == origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visitor::tests_site as site;

    #[test]
    fn r7_only_the_origins_of_the_site_are_let_in() {
        let site = Site {
            allowed_origins: vec![
                "https://kopiseruni.example".into(),
                "HTTP://Localhost:8080/".into(),
                "https://toko.example:443".into(),
            ],
            ..site()
        };
        for good in ["https://kopiseruni.example", "http://localhost:8080", "https://toko.example"]
        {
            assert!(origin_allowed(&site, Some(good)), "{good}");
        }
        for bad in [
            "http://kopiseruni.example",
            "https://kopiseruni.example:8443",
            "https://kopiseruni.example.evil.example",
            "https://evil.example",
            "https://www.kopiseruni.example",
            "null",
            "",
            "http://localhost",
            "file://",
        ] {
            assert!(!origin_allowed(&site, Some(bad)), "{bad}");
        }
        assert!(!origin_allowed(&site, None));
    }

    #[test]
    fn r7_a_site_without_origins_lets_nobody_in() {
        let site = Site { allowed_origins: vec![String::new(), "null".into()], ..site() };
        for origin in ["", "null", "https://a.example"] {
            assert!(!origin_allowed(&site, Some(origin)));
        }
    }

    #[test]
    fn r28_keys_are_not_shown() {
        let shown = format!("{:?}", site());
        assert!(shown.contains("Key(..)") && !shown.contains("115, 104, 111, 112"), "{shown}");
    }
}
