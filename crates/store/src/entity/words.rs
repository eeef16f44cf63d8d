//! Small things the entities share.

/// Owned copies of fixed words, for the defaults of lists.
pub(super) fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
