//! What the value of a setting may look like, and how its text is read.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use url::Url;

use super::{network::Network, secret::SecretText};

/// The type of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An address and port: `127.0.0.1:9000`.
    Address,
    /// Addresses to listen on, separated by commas.
    Addresses,
    /// `true` or `false`.
    Bool,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// `sqlite:PATH` or `postgres://…`.
    Database,
    /// A time such as `30s`, `1h30m` or `500ms`.
    Duration,
    /// Key material: at least 32 characters.
    Key,
    /// Several keys, separated by commas.
    Keys,
    /// A log filter as `tracing` reads it.
    LogFilter,
    /// Address ranges, separated by commas.
    Networks,
    /// A whole number between two bounds, both allowed.
    Number {
        /// Smallest value.
        min: u64,
        /// Largest value.
        max: u64,
    },
    /// A file or folder.
    Path,
    /// A TCP port; 0 lets the system choose.
    Port,
    /// A number of bytes: `65536`, `64KiB`, `4MiB`.
    Size,
    /// Any text.
    Text,
    /// An http(s) address without path, query or fragment.
    Url,
}

/// A setting's value after its text was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Absent,
    Address(SocketAddr),
    Addresses(Vec<IpAddr>),
    Bool(bool),
    Duration(Duration),
    Networks(Vec<Network>),
    Number(u64),
    Path(PathBuf),
    Secret(SecretText),
    Secrets(Vec<SecretText>),
    Text(String),
    Url(Url),
}

impl Kind {
    /// What to call it in the manual.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address:port",
            Self::Addresses => "addresses",
            Self::Bool => "true or false",
            Self::Choice(_) => "choice",
            Self::Database => "database address",
            Self::Duration => "duration",
            Self::Key => "key",
            Self::Keys => "keys",
            Self::LogFilter => "log filter",
            Self::Networks => "networks",
            Self::Number { .. } => "number",
            Self::Path => "path",
            Self::Port => "port",
            Self::Size => "size",
            Self::Text => "text",
            Self::Url => "URL",
        }
    }

    /// Whether several values, or a YAML list, may be given.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::Addresses | Self::Keys | Self::Networks)
    }

    /// What a correct value is, to end the sentence "expected …".
    pub(super) fn expected(self) -> String {
        match self {
            Self::Address => "an address and a port such as 127.0.0.1:9000".to_owned(),
            Self::Addresses => "IP addresses separated by commas, or localhost".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Choice(words) => format!("one of: {}", words.join(", ")),
            Self::Database => "sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE".to_owned(),
            Self::Duration => "a duration with a unit such as 500ms, 30s or 1h30m".to_owned(),
            Self::Key => "a key of 32 characters or more".to_owned(),
            Self::Keys => "keys of 32 characters or more, separated by commas".to_owned(),
            Self::LogFilter => {
                "a level (error, warn, info, debug, trace) or a filter such as info,hyper=warn".to_owned()
            }
            Self::Networks => "address ranges such as 10.0.0.0/8, separated by commas".to_owned(),
            Self::Number { min, max } => format!("a whole number from {min} to {max}"),
            Self::Path => "a path".to_owned(),
            Self::Port => "a port number from 0 to 65535".to_owned(),
            Self::Size => "a number of bytes such as 65536, 64KiB or 4MiB".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Url => {
                "an address such as https://login.example.com, without path, query or fragment".to_owned()
            }
        }
    }

    /// Reads a text that is not empty. `None`: it is not what [`Kind::expected`] says.
    pub(super) fn read(self, text: &str) -> Option<Value> {
        match self {
            Self::Address => text.parse().ok().map(Value::Address),
            Self::Addresses => addresses(text).map(Value::Addresses),
            Self::Bool => match text {
                "true" | "1" => Some(Value::Bool(true)),
                "false" | "0" => Some(Value::Bool(false)),
                _ => None,
            },
            Self::Choice(words) => words.contains(&text).then(|| Value::Text(text.to_owned())),
            Self::Database => database(text),
            Self::Duration => duration(text).map(Value::Duration),
            Self::Key => key(text).map(Value::Secret),
            Self::Keys => items(text).map(key).collect::<Option<_>>().map(Value::Secrets),
            Self::LogFilter => {
                tracing_subscriber::EnvFilter::try_new(text).ok().map(|_| Value::Text(text.to_owned()))
            }
            Self::Networks => {
                items(text).map(|item| item.parse().ok()).collect::<Option<_>>().map(Value::Networks)
            }
            Self::Number { min, max } => {
                whole(text).filter(|number| (min..=max).contains(number)).map(Value::Number)
            }
            Self::Path => Some(Value::Path(PathBuf::from(text))),
            Self::Port => whole(text).filter(|port| *port <= 65_535).map(Value::Number),
            Self::Size => size(text).map(Value::Number),
            Self::Text => Some(Value::Text(text.to_owned())),
            Self::Url => base_url(text).map(Value::Url),
        }
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn addresses(text: &str) -> Option<Vec<IpAddr>> {
    let mut all = Vec::new();
    for item in items(text) {
        if item == "localhost" {
            all.extend([IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]);
        } else {
            all.push(item.parse().ok()?);
        }
    }
    (!all.is_empty()).then_some(all)
}

fn whole(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn database(text: &str) -> Option<Value> {
    let known = match text.split_once(':')? {
        ("sqlite", path) => !path.is_empty(),
        ("postgres" | "postgresql", rest) => rest.starts_with("//"),
        _ => false,
    };
    known.then(|| Value::Secret(SecretText::new(text)))
}

fn key(text: &str) -> Option<SecretText> {
    (text.chars().count() >= 32).then(|| SecretText::new(text))
}

/// Numbers with units, largest first or not, without space: the form of Go's `time.ParseDuration`.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let part = match &rest[..unit] {
            "ms" => Duration::from_millis(number),
            "s" => Duration::from_secs(number),
            "m" => Duration::from_secs(number.checked_mul(60)?),
            "h" => Duration::from_secs(number.checked_mul(3600)?),
            "d" => Duration::from_secs(number.checked_mul(86_400)?),
            _ => return None,
        };
        total = total.checked_add(part)?;
        rest = &rest[unit..];
    }
    Some(total)
}

fn size(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit: u64 = match text[digits..].trim_start() {
        "" | "B" => 1,
        "KiB" | "K" => 1 << 10,
        "MiB" | "M" => 1 << 20,
        "GiB" | "G" => 1 << 30,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(unit)
}

fn base_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "https" | "http")
        && url.has_host()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    plain.then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_units() {
        let read = |text| Kind::Duration.read(text);
        assert_eq!(read("1h0m0s"), Some(Value::Duration(Duration::from_secs(3600))));
        assert_eq!(read("1m30s"), Some(Value::Duration(Duration::from_secs(90))));
        assert_eq!(read("250ms"), Some(Value::Duration(Duration::from_millis(250))));
        for wrong in ["30", "s", "1y", "-1s", "1.5s", "1 s", "99999999999999999999s"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_take_binary_units() {
        let read = |text| Kind::Size.read(text);
        assert_eq!(read("65536"), Some(Value::Number(65_536)));
        assert_eq!(read("64KiB"), Some(Value::Number(65_536)));
        assert_eq!(read("4 MiB"), Some(Value::Number(4 << 20)));
        for wrong in ["KiB", "1kb", "-1", "18446744073709551615KiB"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn public_addresses_have_no_path() {
        let read = |text| Kind::Url.read(text);
        assert!(read("https://login.example.com").is_some());
        assert!(read("https://login.example.com:8443/").is_some());
        for wrong in [
            "login.example.com",
            "https://h/path",
            "https://h/?q",
            "https://u:p@h",
            "ftp://h",
            "https://h/#f",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn localhost_means_both_loopbacks() {
        let Some(Value::Addresses(all)) = Kind::Addresses.read("localhost, 192.0.2.1") else {
            panic!("not read")
        };
        assert_eq!(
            all.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["127.0.0.1", "::1", "192.0.2.1"]
        );
        assert_eq!(Kind::Addresses.read("example.com"), None);
        assert_eq!(Kind::Addresses.read(","), None);
    }

    #[test]
    fn databases_are_sqlite_or_postgres() {
        for right in ["sqlite:/var/lib/x.db", "sqlite:x.db", "postgres://u:p@h/d", "postgresql://h/d"] {
            assert!(Kind::Database.read(right).is_some(), "{right}");
        }
        for wrong in ["sqlite:", "mysql://h/d", "x.db", "postgres:h"] {
            assert_eq!(Kind::Database.read(wrong), None, "{wrong}");
        }
    }
}
