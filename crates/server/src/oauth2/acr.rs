//! `acr`: how well a person was authenticated (OIDC Core §2, §3.1.2.1).
//!
//! Two levels are told apart by how the person authenticated (`amr`, RFC 8176): one factor, and several. A workspace
//! names them by `advanced.acr_values`, the lowest first; without, they are `1` and `2`.

use symbolon_protocol::amr;

use crate::snapshot::Workspace;

/// The names of the levels where a workspace has none.
const NAMES: &[&str] = &["1", "2"];

/// The factors there are: what one knows, has, and is.
const FACTORS: &[&[&str]] = &[
    &[amr::PASSWORD, amr::PIN, "kba"],
    &[
        amr::ONE_TIME_PASSWORD,
        amr::SMS,
        amr::TELEPHONE,
        amr::SOFTWARE_KEY,
        amr::HARDWARE_KEY,
        amr::SMART_CARD,
    ],
    &[amr::FINGERPRINT, amr::FACE, "iris", "retina", "vbm"],
];

/// The class of an authentication: the first of `asked` that it reaches, else the highest that it reaches.
pub fn of(workspace: &Workspace, amr: &[String], asked: &[String]) -> Option<String> {
    let reached = reached(workspace, amr);
    let preferred = asked.iter().map(String::as_str).find(|asked| reached.contains(asked));
    preferred.or_else(|| reached.last().copied()).map(str::to_owned)
}

/// Whether an authentication reaches one of the classes asked for.
pub fn meets(workspace: &Workspace, amr: &[String], asked: &[String]) -> bool {
    let reached = reached(workspace, amr);
    asked.iter().any(|asked| reached.contains(&asked.as_str()))
}

/// The classes that people can reach in this workspace. Discovery prints them.
pub fn supported(workspace: &Workspace) -> Vec<&str> {
    let idps = workspace.idps.iter().filter(|idp| !idp.disabled && !idp.static_amr.is_empty());
    let best = idps.map(|idp| level(&idp.static_amr)).max().unwrap_or(0);
    names(workspace).into_iter().take(best.max(1)).collect()
}

fn reached<'a>(workspace: &'a Workspace, amr: &[String]) -> Vec<&'a str> {
    names(workspace).into_iter().take(level(amr)).collect()
}

fn names(workspace: &Workspace) -> Vec<&str> {
    let configured = workspace.server.advanced.as_ref().map_or(&[][..], |advanced| &advanced.acr_values);
    match configured {
        [] => NAMES.to_vec(),
        configured => configured.iter().map(String::as_str).collect(),
    }
}

/// How many classes are reached: none when nothing is known.
fn level(amr: &[String]) -> usize {
    let has = |word: &str| amr.iter().any(|own| own == word);
    let factors = FACTORS.iter().filter(|words| words.iter().any(|word| has(word))).count();
    match amr {
        [] => 0,
        _ if has(amr::MULTIPLE_FACTORS) || factors > 1 => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn several_factors_are_more_than_one() {
        for (amr, expected) in [
            (&[][..], 0),
            (&["pwd"], 1),
            (&["pwd", "pin"], 1),
            (&["hwk"], 1),
            (&["pwd", "otp"], 2),
            (&["hwk", "fpt"], 2),
            (&["mfa"], 2),
            (&["something"], 1),
        ] {
            let amr: Vec<_> = amr.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(level(&amr), expected, "{amr:?}");
        }
    }
}
