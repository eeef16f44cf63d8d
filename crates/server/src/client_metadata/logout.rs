//! Where a client is told of a logout: `backchannel_logout_uri` (Back-Channel Logout §2.2) and
//! `frontchannel_logout_uri` (Front-Channel Logout §2).

use symbolon_store::entity::Client;
use url::Url;

use crate::faults::Faults;

const FRONT: &str = "frontchannel_logout_uri";
const BACK: &str = "backchannel_logout_uri";

/// Notes addresses that nobody could be told at, or that a stranger's page would be framed from.
pub(super) fn check(client: &Client, faults: &mut Faults) {
    let parse = |uri: &Option<String>| {
        uri.as_deref().filter(|uri| !uri.is_empty()).and_then(|uri| Url::parse(uri).ok())
    };
    if let Some(url) = parse(&client.backchannel_logout_uri) {
        faults.check(url.fragment().is_none(), BACK, "must not have a fragment");
    }
    let Some(given) = client.frontchannel_logout_uri.as_deref().filter(|uri| !uri.is_empty()) else { return };
    let Some(url) = parse(&client.frontchannel_logout_uri).filter(Url::has_host) else {
        faults.add(FRONT, "must be an absolute http or https URL");
        return;
    };
    faults.check(matches!(url.scheme(), "https" | "http"), FRONT, "must be an absolute http or https URL");
    faults.check(!given.contains('#'), FRONT, "must not have a fragment");
    // Front-Channel Logout §2: scheme, host and port are those of a registered redirect URI.
    let mut redirects = client.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok());
    faults.check(
        redirects.any(|redirect| redirect.origin() == url.origin()),
        FRONT,
        "must have scheme, host and port of one of the redirect_uris",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(front: &str, back: &str) -> String {
        let client = Client {
            redirect_uris: vec!["https://app.example/callback".into(), "app:/callback".into()],
            frontchannel_logout_uri: Some(front.into()),
            backchannel_logout_uri: Some(back.into()),
            ..Client::default()
        };
        let mut faults = Faults::default();
        check(&client, &mut faults);
        match faults.into_result() {
            Ok(()) => String::new(),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn a_frame_shows_pages_of_the_client_alone() {
        assert_eq!(faults("", ""), "");
        assert_eq!(faults("https://app.example/logout?x=1", "https://any.example/logout?x=1"), "");
        for stranger in [
            "https://evil.example/logout",
            "http://app.example/logout",
            "https://app.example:8443/logout",
            "https://app.example@evil.example/logout",
            "https://app.example.evil.example/",
            "app:/logout",
            "javascript:alert(1)",
            "data:text/html,x",
            "/logout",
            "https://app.example/logout#x",
        ] {
            assert!(faults(stranger, "").contains(FRONT), "{stranger}");
        }
        assert!(faults("", "https://any.example/logout#x").contains(BACK));
    }
}
