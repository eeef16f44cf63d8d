//! `sector_identifier_uri`: a JSON list, at the sector's host, of the redirect URIs that belong to the sector (OpenID
//! Connect Registration §5). Whoever is not in it must not see the subjects that the sector's clients see.

use symbolon_store::entity::Client;

use crate::faults::Faults;
use crate::fetch::Fetcher;

/// Largest list that is read, in bytes.
const MAX_BYTES: usize = 256 * 1024;
const MEMBER: &str = "sector_identifier_uri";

/// Notes a fault unless every redirect URI of the client is in the list that its sector publishes.
pub async fn check(fetcher: &Fetcher, client: &Client, faults: &mut Faults) {
    let Some(uri) = &client.sector_identifier_uri else { return };
    let Ok(body) = fetcher.get(uri, MAX_BYTES).await else {
        // What was seen is not told: it would let a stranger look around in this server's network.
        faults.add(
            MEMBER,
            "cannot be read: it must be an https URL that answers with a JSON list of redirect URIs",
        );
        return;
    };
    let Ok(listed) = serde_json::from_slice::<Vec<String>>(&body) else {
        faults.add(MEMBER, "does not answer with a JSON list of redirect URIs");
        return;
    };
    if let Some(missing) = client.redirect_uris.iter().find(|uri| !listed.contains(uri)) {
        faults.add(MEMBER, format!("does not list the redirect URI {missing}"));
    }
}
