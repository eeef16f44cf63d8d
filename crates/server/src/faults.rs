//! What is wrong with a document that somebody sent, by member.

/// The members of a body that cannot be accepted: all of them, so that a caller mends them at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<(String, String)>);

impl Faults {
    /// Notes that the member at `path` cannot be accepted. The first fault of a member stands.
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        let path = path.into();
        if !self.0.iter().any(|(known, _)| *known == path) {
            self.0.push((path, message.into()));
        }
    }

    /// Notes a fault unless `holds`.
    pub fn check(&mut self, holds: bool, path: &str, message: &str) {
        if !holds {
            self.add(path, message);
        }
    }

    /// Whether anything is at fault.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Paths and sentences, in the order in which they were found.
    pub fn as_slice(&self) -> &[(String, String)] {
        &self.0
    }
}

impl IntoIterator for Faults {
    type Item = (String, String);
    type IntoIter = std::vec::IntoIter<(String, String)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
