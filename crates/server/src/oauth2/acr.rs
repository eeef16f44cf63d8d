//! `acr`: how well a person was authenticated (OIDC Core §2, §3.1.2.1).
//!
//! Two levels are told apart by how the person authenticated (`amr`, RFC 8176): one factor, and several. A workspace
//! names them by its registry of classes, each with the level that reaches it; else by `advanced.acr_values`, the lowest
//! first; without, they are `1` and `2`.

use serde_json::Value;
use symbolon_protocol::amr;
use symbolon_store::entity::Acr;

use crate::oauth2::records::Authentication;
use crate::snapshot::Workspace;

/// The member of a class's metadata that says what reaches it: 1, any authentication; 2, several factors.
pub const LEVEL: &str = "level";

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

/// The class of an authentication: the one that whoever did it vouches for, else as [`of`].
pub fn of_authentication(
    workspace: &Workspace,
    authentication: &Authentication,
    asked: &[String],
) -> Option<String> {
    authentication.acr.clone().or_else(|| of(workspace, &authentication.amr, asked))
}

/// Whether an authentication reaches one of the classes asked for: by how it was done, or by what is vouched for.
pub fn is_met(workspace: &Workspace, authentication: &Authentication, asked: &[String]) -> bool {
    let vouched = authentication.acr.as_deref().map(|class| covered(workspace, class)).unwrap_or_default();
    asked.iter().any(|asked| vouched.contains(&asked.as_str()))
        || meets(workspace, &authentication.amr, asked)
}

/// The classes that the workspace knows, the lowest first: also those that no login here reaches.
pub fn known(workspace: &Workspace) -> Vec<&str> {
    all(workspace).into_iter().map(|(_, value)| value).collect()
}

/// Whether who asks for these classes must get one: the workspace enforces them all, or its resources want one of them.
pub fn is_essential(workspace: &Workspace, asked: &[String]) -> bool {
    // RFC 9470 §5: a client that says what our own resources have told it would come back with no better token for ever
    // if it were a wish.
    let is_needed = workspace.server.advanced.as_ref().is_some_and(|advanced| {
        let wanted = |value: &String| advanced.resource_acr_values.contains(value);
        advanced.enforce_acr_values || asked.iter().any(wanted)
    });
    is_needed && !asked.is_empty()
}

/// Whether how somebody was authenticated reaches one of the classes asked for.
pub fn meets(workspace: &Workspace, amr: &[String], asked: &[String]) -> bool {
    let reached = reached(workspace, amr);
    asked.iter().any(|asked| reached.contains(&asked.as_str()))
}

/// The classes that people can reach in this workspace. Discovery prints them.
pub fn supported(workspace: &Workspace) -> Vec<&str> {
    let idps = workspace.idps.iter().filter(|idp| !idp.disabled && !idp.static_amr.is_empty());
    let best = idps.map(|idp| level(&idp.static_amr)).max().unwrap_or(0);
    up_to(workspace, best.max(1))
}

fn reached<'a>(workspace: &'a Workspace, amr: &[String]) -> Vec<&'a str> {
    up_to(workspace, level(amr))
}

/// The classes that are reached by who reaches this one, itself among them; none when the workspace does not know it.
fn covered<'a>(workspace: &'a Workspace, class: &str) -> Vec<&'a str> {
    let level = all(workspace).iter().find(|(_, known)| *known == class).map(|(level, _)| *level);
    level.map(|level| up_to(workspace, level)).unwrap_or_default()
}

/// The classes that a level reaches, the lowest first.
fn up_to(workspace: &Workspace, level: usize) -> Vec<&str> {
    let classes = all(workspace).into_iter().filter(|(needed, _)| *needed <= level);
    classes.map(|(_, value)| value).collect()
}

/// The classes that the workspace knows, each with the level that reaches it, the lowest first.
fn all(workspace: &Workspace) -> Vec<(usize, &str)> {
    if !workspace.acrs.is_empty() {
        let mut classes: Vec<_> =
            workspace.acrs.iter().map(|acr| (needed(acr), acr.value.as_str())).collect();
        classes.sort_unstable();
        return classes;
    }
    let configured = workspace.server.advanced.as_ref().map_or(&[][..], |advanced| &advanced.acr_values);
    match configured {
        [] => (1..).zip(NAMES.iter().copied()).collect(),
        configured => (1..).zip(configured.iter().map(String::as_str)).collect(),
    }
}

/// The level that reaches a class. One that does not say is not given lightly.
fn needed(acr: &Acr) -> usize {
    let said = acr.metadata.0.get(LEVEL).and_then(Value::as_u64);
    said.and_then(|level| usize::try_from(level).ok()).unwrap_or(NAMES.len())
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
