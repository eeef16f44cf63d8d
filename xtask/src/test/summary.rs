//! What came out, as a table and as the closing line that CI reads.

use std::fmt;

/// Numbers of single tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) skipped: usize,
}

impl Counts {
    /// One check that passed.
    pub(crate) const ONE: Self = Self { passed: 1, skipped: 0 };
}

/// How a part ended.
pub(crate) enum Outcome {
    Passed(Counts),
    Failed(String),
    Skipped(String),
}

/// One part.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) seconds: f64,
}

/// All parts that ran.
#[derive(Default)]
pub(crate) struct Summary {
    rows: Vec<Row>,
}

impl Summary {
    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Whether CI must refuse this.
    pub(crate) fn has_failures(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.outcome, Outcome::Failed(_)))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<17} {:<8} {:>6} {:>8}  why", "part", "result", "tests", "seconds")?;
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        for row in &self.rows {
            let (result, tests, why) = match &row.outcome {
                Outcome::Passed(counts) => {
                    passed += counts.passed;
                    skipped += counts.skipped;
                    ("passed", counts.passed.to_string(), "")
                }
                Outcome::Failed(why) => {
                    failed += 1;
                    ("FAILED", String::new(), why.lines().next().unwrap_or_default())
                }
                Outcome::Skipped(why) => {
                    skipped += 1;
                    ("skipped", String::new(), why.as_str())
                }
            };
            let line = format!("{:<17} {result:<8} {tests:>6} {:>8.1}  {why}", row.name, row.seconds);
            writeln!(f, "{}", line.trim_end())?;
        }
        writeln!(f, "\n{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_stands_alone_and_counts_a_failed_part_once() {
        let mut summary = Summary::default();
        let row = |name, outcome| Row { name, outcome, seconds: 0.0 };
        summary.push(row("rust", Outcome::Passed(Counts { passed: 41, skipped: 1 })));
        summary.push(row("node", Outcome::Failed("no answer\nthe log".into())));
        summary.push(row("apache", Outcome::Skipped("needs Apache".into())));
        let text = summary.to_string();
        assert_eq!(text.lines().last(), Some("41 passed, 1 failed, 2 skipped"));
        assert!(!text.contains("the log"), "one line a part: {text}");
        assert!(summary.has_failures());
    }
}
