//! Files, environment and flags, merged: the later source wins, setting by setting.

use std::{collections::BTreeMap, fs, path::PathBuf};

use super::{
    fault::{Fault, Origin},
    settings::{self, SETTINGS, Setting},
    yaml::{self, Node},
};

/// Everything an operator said, weakest first. Plain data: nothing was read yet.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Starting values of the command in place of the table's defaults.
    pub presets: Vec<(&'static str, String)>,
    /// YAML files, merged left to right.
    pub files: Vec<PathBuf>,
    /// The environment. Only the names of settings are looked at; an empty value counts as not given.
    pub environment: Vec<(String, String)>,
    /// Flags without their dashes.
    pub flags: Vec<(String, String)>,
}

/// The text given for one setting.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) origin: Origin,
    pub(super) text: String,
}

/// What was given, by the setting's key.
pub(super) type Merged = BTreeMap<&'static str, Given>;

/// Reads and merges all sources, and collects every fault on the way.
pub(super) fn merge(sources: &Sources, faults: &mut Vec<Fault>) -> Merged {
    let mut merged = Merged::new();
    let mut apply = |layer: Layer, faults: &mut Vec<Fault>| merged.extend(layer.finish(faults));

    let mut presets = Layer::default();
    for (key, text) in &sources.presets {
        presets.give(key, Origin::Command, text.clone(), faults);
    }
    apply(presets, faults);
    for path in &sources.files {
        apply(file(path, faults), faults);
    }
    apply(environment(&sources.environment, faults), faults);
    let mut flags = Layer::default();
    for (key, text) in &sources.flags {
        flags.give(key, Origin::Flag(key.clone()), text.clone(), faults);
    }
    apply(flags, faults);
    merged
}

/// One source: within it a setting may be given once, by itself or as a file.
#[derive(Default)]
struct Layer {
    values: BTreeMap<&'static str, Given>,
    paths: BTreeMap<&'static str, Given>,
}

impl Layer {
    fn give(&mut self, key: &str, origin: Origin, text: String, faults: &mut Vec<Fault>) {
        if let Some(setting) = settings::find(key) {
            self.values.insert(setting.key, Given { origin, text });
        } else if let Some(setting) = kept_in_file(key) {
            self.paths.insert(setting.key, Given { origin, text });
        } else {
            faults.push(unknown(key, origin));
        }
    }

    fn finish(mut self, faults: &mut Vec<Fault>) -> BTreeMap<&'static str, Given> {
        for (key, Given { origin, text: path }) in self.paths {
            let fault = |message| Fault { origin: Some(origin.clone()), key: format!("{key}_file"), message };
            if self.values.contains_key(key) {
                faults.push(fault(format!("{key} is given too: keep one of the two")));
                continue;
            }
            match fs::read_to_string(&path) {
                Ok(text) => {
                    let text = text.trim_end_matches(['\r', '\n']).to_owned();
                    self.values.insert(key, Given { origin, text });
                }
                Err(error) => faults.push(fault(format!("cannot read {path}: {error}"))),
            }
        }
        self.values
    }
}

/// The secret whose `_file` form this key is.
fn kept_in_file(key: &str) -> Option<&'static Setting> {
    settings::find(key.strip_suffix("_file")?).filter(|setting| setting.secret)
}

fn environment(variables: &[(String, String)], faults: &mut Vec<Fault>) -> Layer {
    let mut layer = Layer::default();
    for (name, text) in variables.iter().filter(|(_, text)| !text.is_empty()) {
        let named = |setting: &&Setting| {
            let variable = setting.variable();
            *name == variable || (setting.secret && *name == format!("{variable}_FILE"))
        };
        if let Some(setting) = SETTINGS.iter().find(named) {
            let suffix = if *name == setting.variable() { "" } else { "_file" };
            let origin = Origin::Environment(name.clone());
            layer.give(&format!("{}{suffix}", setting.key), origin, text.clone(), faults);
        }
    }
    layer
}

fn file(path: &PathBuf, faults: &mut Vec<Fault>) -> Layer {
    let mut layer = Layer::default();
    let at = |line| Origin::File { path: path.clone(), line };
    let mut whole =
        |line, message| faults.push(Fault { origin: Some(at(line)), key: String::new(), message });
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            whole(0, format!("cannot read this file: {error}"));
            return layer;
        }
    };
    match yaml::parse(&text) {
        Err(error) => whole(error.line, format!("this is no YAML: {}", error.message)),
        Ok(Node::Empty) => {}
        Ok(Node::Section(entries)) => {
            for (key, node) in entries {
                walk(
                    &key.value,
                    node.value,
                    key.referenced.line(),
                    &mut Walk { path, layer: &mut layer, faults },
                );
            }
        }
        Ok(_) => whole(1, "expected sections such as `server:`, got a single value or a list".to_owned()),
    }
    layer
}

struct Walk<'a> {
    path: &'a PathBuf,
    layer: &'a mut Layer,
    faults: &'a mut Vec<Fault>,
}

/// Takes one node of a file apart: `key` is its dotted path.
fn walk(key: &str, node: Node, line: u64, at: &mut Walk<'_>) {
    let origin = Origin::File { path: at.path.clone(), line };
    let section = SETTINGS.iter().any(|setting| is_below(setting.key, key));
    let setting = settings::find(key).or_else(|| kept_in_file(key));
    let mut fault = |message: &str| {
        at.faults.push(Fault {
            origin: Some(origin.clone()),
            key: key.to_owned(),
            message: message.to_owned(),
        });
    };
    match (node, setting) {
        // A section or value that was commented out below its name.
        (Node::Empty, _) if section || setting.is_some() => {}
        (Node::Section(entries), None) if section => {
            for (name, node) in entries {
                walk(&format!("{key}.{}", name.value), node.value, name.referenced.line(), at);
            }
        }
        (_, None) if section => fault("expected a section with settings, got a value"),
        (_, None) => at.faults.push(unknown(key, origin)),
        (Node::Scalar(text), Some(_)) => at.layer.give(key, origin, text, at.faults),
        (Node::List(items), Some(setting)) if setting.kind.is_list() => {
            let texts: Option<Vec<String>> = items
                .into_iter()
                .map(|item| if let Node::Scalar(text) = item.value { Some(text) } else { None })
                .collect();
            match texts {
                Some(texts) => at.layer.give(key, origin, texts.join(","), at.faults),
                None => fault("expected a list of plain values"),
            }
        }
        (Node::Float, Some(_)) => fault("this number would lose digits: put it in quotes"),
        (_, Some(setting)) => {
            fault(&format!("expected {}, got a section or a list", setting.kind.expected()));
        }
    }
}

fn is_below(key: &str, section: &str) -> bool {
    key.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'))
}

fn unknown(key: &str, origin: Origin) -> Fault {
    let nearest = SETTINGS
        .iter()
        .map(|setting| (distance(setting.key, key), setting.key))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    let message = match nearest {
        Some((_, nearest)) => format!("there is no such setting; did you mean {nearest}?"),
        None => "there is no such setting; `symbolon settings` lists them all".to_owned(),
    };
    Fault { origin: Some(origin), key: key.to_owned(), message }
}

/// Levenshtein distance, in characters.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("server.port", "server.port"), 0);
        assert_eq!(distance("server.port", "server.prot"), 2);
        assert_eq!(distance("", "abc"), 3);
    }
}
