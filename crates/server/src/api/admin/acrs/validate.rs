//! What a class of authentication must be.

use symbolon_store::entity::Acr;

use crate::api::error::Faults;
use crate::oauth2::acr;

/// Notes what cannot be accepted.
pub(super) fn check(class: &Acr, workspace_id: &str, faults: &mut Faults) {
    let owner = &class.authorization_server_id;
    faults.check(
        owner.is_empty() || owner == workspace_id,
        "authorization_server_id",
        "is not the workspace in the path",
    );
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"/:=._-".contains(&byte);
    let value = &class.value;
    faults.check(
        (1..=200).contains(&value.len()) && value.bytes().all(word),
        "value",
        "must be 1 to 200 letters, digits or characters of /:=._-",
    );
    let level = class.metadata.0.get(acr::LEVEL);
    faults.check(
        level.is_none_or(|level| matches!(level.as_u64(), Some(1 | 2))),
        "metadata.level",
        "must be 1 (one factor) or 2 (several)",
    );
}
