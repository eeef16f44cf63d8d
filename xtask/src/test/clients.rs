//! docs/clients.md says which flows each client goes through, and by which ways to authenticate. A script prints
//! `flow <flow> | <way>` for each; what it prints must be just what its section of the page says.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};

use crate::project;

type Pairs = BTreeSet<(String, String)>;

/// Compares what a part printed with the section of this heading.
///
/// # Errors
/// When something was done that the page does not say, or the page says what was not done.
pub(crate) fn check(heading: &str, lines: &[String]) -> anyhow::Result<()> {
    let page = std::fs::read_to_string(project::root().join("docs/clients.md")).context("docs/clients.md")?;
    let (said, done) = (said(&page, heading), done(lines));
    let list = |these: &Pairs, those: &Pairs| -> Vec<String> {
        these.difference(those).map(|(flow, way)| format!("{flow} by {way}")).collect()
    };
    let (unsaid, undone) = (list(&done, &said), list(&said, &done));
    ensure!(
        unsaid.is_empty() && undone.is_empty(),
        "docs/clients.md, {heading}: done but not said: {unsaid:?}; said but not done: {undone:?}"
    );
    Ok(())
}

fn done(lines: &[String]) -> Pairs {
    let pairs = lines.iter().filter_map(|line| line.strip_prefix("flow ")?.split_once(" | "));
    pairs.map(|(flow, way)| (flow.to_owned(), way.to_owned())).collect()
}

/// The marked cells of the section's table: its rows are flows, its columns are ways.
fn said(page: &str, heading: &str) -> Pairs {
    let heading = format!("## {heading}");
    let section = page.lines().skip_while(|line| *line != heading).skip(1);
    let rows = section.take_while(|line| !line.starts_with("## ")).filter_map(cells);
    let mut pairs = Pairs::new();
    let mut ways: Option<Vec<String>> = None;
    for row in rows {
        let Some(ways) = &ways else {
            ways = Some(row);
            continue;
        };
        let Some(flow) = row.first() else { continue };
        for (way, cell) in ways.iter().zip(&row).skip(1) {
            if cell == "✓" {
                pairs.insert((flow.clone(), way.clone()));
            }
        }
    }
    pairs
}

/// The cells of a row of a table, without the marks of code.
fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Clients\n\n## one\n\n| flow | `none` | `private_key_jwt` |\n| --- | :-: | :-: |\n\
                        | code | ✓ | ✓ |\n| device | | ✓ |\n\n## two\n\n| flow | `none` |\n| --- | :-: |\n| code | ✓ |\n";

    #[test]
    fn marked_cells_of_the_section_are_what_the_page_says() {
        let pair = |flow: &str, way: &str| (flow.to_owned(), way.to_owned());
        let one = [pair("code", "none"), pair("code", "private_key_jwt"), pair("device", "private_key_jwt")];
        assert_eq!(said(PAGE, "one"), Pairs::from(one));
        assert_eq!(said(PAGE, "two"), Pairs::from([pair("code", "none")]));
        assert_eq!(said(PAGE, "three"), Pairs::new());
    }

    #[test]
    fn only_lines_of_flows_count_as_done() {
        let lines =
            ["ok client_secret_jwt: done", "flow CIBA, poll | none", "flow of words"].map(String::from);
        assert_eq!(done(&lines), Pairs::from([("CIBA, poll".to_owned(), "none".to_owned())]));
    }
}
