//! How a value is read from the file and from the environment.

use std::{net::IpAddr, net::SocketAddr, path::PathBuf};

use toml::Value;

/// A type that a setting can have.
pub(super) trait Setting: Sized {
    /// What is wanted, after "is not".
    const WANTED: &'static str;

    /// From the environment, where everything is text.
    fn from_text(text: &str) -> Option<Self>;

    /// From the file.
    fn from_value(value: &Value) -> Option<Self> {
        Self::from_text(value.as_str()?)
    }
}

impl Setting for String {
    const WANTED: &'static str = "text in quotes";

    fn from_text(text: &str) -> Option<Self> {
        (!text.contains('\0')).then(|| text.to_owned())
    }
}

impl Setting for PathBuf {
    const WANTED: &'static str = "a path in quotes";

    fn from_text(text: &str) -> Option<Self> {
        (!text.is_empty() && !text.contains('\0')).then(|| text.into())
    }
}

impl Setting for SocketAddr {
    const WANTED: &'static str =
        "an IP address with a port, as \"127.0.0.1:3000\" or \"[::1]:3000\"";

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for IpAddr {
    const WANTED: &'static str = "an IP address, as \"10.0.0.1\"";

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Setting for bool {
    const WANTED: &'static str = "true or false";

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Setting for i64 {
    const WANTED: &'static str = "a whole number without quotes";

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_integer()
    }
}

/// In the environment, a list has commas between its values.
impl Setting for Vec<IpAddr> {
    const WANTED: &'static str = "a list of IP addresses, as [\"10.0.0.1\", \"10.0.0.2\"]";

    fn from_text(text: &str) -> Option<Self> {
        text.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(IpAddr::from_text)
            .collect()
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(IpAddr::from_value).collect()
    }
}

/// A value for people: short, and without control characters.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Table(_) => "a section".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// Text for people: in quotes, short, and without control characters (R34).
pub(super) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(80).flat_map(char::escape_debug).collect();
    if text.chars().nth(80).is_some() {
        short.push('…');
    }
    format!("\"{short}\"")
}
