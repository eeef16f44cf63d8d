//! The texts that were given, read by the kinds of the table.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use url::Url;

use super::{
    fault::Fault,
    kind::Value,
    network::Network,
    secret::SecretText,
    settings::{SETTINGS, Setting},
    sources::{Given, Merged},
};

/// One value for each setting of the table.
///
/// A setting whose text was at fault reads as absent; the fault is already noted, so the configuration that
/// is built from it is never used.
#[derive(Debug)]
pub(super) struct Values {
    values: BTreeMap<&'static str, Value>,
    /// Keys that were asked for, so that a test can compare them with the table.
    pub(super) asked: Vec<&'static str>,
}

/// Reads every setting: what was given, or else the default.
pub(super) fn read(merged: &Merged, faults: &mut Vec<Fault>) -> Values {
    let data_dir = merged.get("data_dir").map_or("data", |given| given.text.as_str());
    let mut values = BTreeMap::new();
    for setting in SETTINGS {
        let value = match merged.get(setting.key) {
            Some(given) => read_given(setting, given, data_dir, faults),
            None => read_text(setting, setting.default, data_dir).unwrap_or(Value::Absent),
        };
        values.insert(setting.key, value);
    }
    Values { values, asked: Vec::new() }
}

fn read_given(setting: &Setting, given: &Given, data_dir: &str, faults: &mut Vec<Fault>) -> Value {
    read_text(setting, &given.text, data_dir).unwrap_or_else(|| {
        let got = if setting.secret { String::new() } else { format!(", got \"{}\"", given.text) };
        faults.push(Fault {
            origin: Some(given.origin.clone()),
            key: setting.key.to_owned(),
            message: format!("expected {}{got}", setting.kind.expected()),
        });
        Value::Absent
    })
}

fn read_text(setting: &Setting, text: &str, data_dir: &str) -> Option<Value> {
    if text.is_empty() {
        return Some(Value::Absent);
    }
    setting.kind.read(&text.replace("{data_dir}", data_dir))
}

impl Values {
    fn take(&mut self, key: &'static str) -> Value {
        self.asked.push(key);
        self.values.remove(key).unwrap_or(Value::Absent)
    }

    pub(super) fn address(&mut self, key: &'static str) -> SocketAddr {
        if let Value::Address(value) = self.take(key) { value } else { (Ipv4Addr::LOCALHOST, 0).into() }
    }

    pub(super) fn addresses(&mut self, key: &'static str) -> Vec<IpAddr> {
        if let Value::Addresses(value) = self.take(key) { value } else { Vec::new() }
    }

    pub(super) fn bool(&mut self, key: &'static str) -> bool {
        matches!(self.take(key), Value::Bool(true))
    }

    pub(super) fn duration(&mut self, key: &'static str) -> Duration {
        if let Value::Duration(value) = self.take(key) { value } else { Duration::ZERO }
    }

    pub(super) fn networks(&mut self, key: &'static str) -> Vec<Network> {
        if let Value::Networks(value) = self.take(key) { value } else { Vec::new() }
    }

    pub(super) fn number(&mut self, key: &'static str) -> usize {
        if let Value::Number(value) = self.take(key) {
            usize::try_from(value).unwrap_or(usize::MAX)
        } else {
            0
        }
    }

    pub(super) fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        if let Value::Path(value) = self.take(key) { Some(value) } else { None }
    }

    pub(super) fn port(&mut self, key: &'static str) -> Option<u16> {
        if let Value::Number(value) = self.take(key) { u16::try_from(value).ok() } else { None }
    }

    pub(super) fn secret(&mut self, key: &'static str) -> Option<SecretText> {
        if let Value::Secret(value) = self.take(key) { Some(value) } else { None }
    }

    pub(super) fn secrets(&mut self, key: &'static str) -> Vec<SecretText> {
        if let Value::Secrets(value) = self.take(key) { value } else { Vec::new() }
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        if let Value::Text(value) = self.take(key) { Some(value) } else { None }
    }

    pub(super) fn url(&mut self, key: &'static str) -> Option<Url> {
        if let Value::Url(value) = self.take(key) { Some(value) } else { None }
    }
}
