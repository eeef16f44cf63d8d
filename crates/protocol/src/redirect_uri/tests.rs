//! What attackers try with redirect URIs.

use super::*;

const REGISTERED: &str = "https://client.example.org/callback";

#[test]
fn ordinary_uris_may_be_registered() {
    for uri in [
        "https://example.com/callback",
        "https://example.com",
        "https://EXAMPLE.com:8443/cb?a=b&c=%2F",
        "https://192.0.2.1/cb",
        "https://[2001:db8::1]:8443/cb",
        "https://xn--bcher-kva.example/cb",
        "http://localhost:18888/callback",
        "http://127.0.0.1/cb",
        "http://[::1]:49152/cb",
        "https://example.com/a.b/..c/%2F/x;y=1,2",
    ] {
        assert_eq!(validate(uri, ApplicationType::Web), Ok(()), "{uri}");
    }
}

#[test]
fn private_use_scheme_is_for_native_applications() {
    let uri = "com.example.app:/oauth2redirect/example-provider";
    assert_eq!(validate(uri, ApplicationType::Native), Ok(()));
    assert_eq!(validate(uri, ApplicationType::Web), Err(RedirectUriError::CustomSchemeOfWebClient));
    assert_eq!(
        validate("myapp://callback", ApplicationType::Native),
        Err(RedirectUriError::SchemeWithoutPeriod)
    );
}

#[test]
fn dangerous_uris_cannot_be_registered() {
    use RedirectUriError as E;
    for (uri, error) in [
        ("", E::NotAbsolute),
        ("/callback", E::NotAbsolute),
        ("//example.com/cb", E::NotAbsolute),
        ("https:", E::NotAbsolute),
        ("https:example.com", E::NotAbsolute),
        ("https:/example.com/cb", E::NotAbsolute),
        ("https:///example.com/cb", E::BadHost),
        ("https://", E::BadHost),
        ("https://?x", E::BadHost),
        ("https://:8443/cb", E::BadHost),
        ("https://example.com:/cb", E::BadHost),
        ("https://example.com:99999/cb", E::BadHost),
        ("https://example.com:08443/cb", E::BadHost),
        ("https://exa%6dple.com/cb", E::BadHost),
        ("https://127.1/cb", E::BadHost),
        ("https://0x7f000001/cb", E::BadHost),
        ("https://[::1%25eth0]/cb", E::BadHost),
        ("https://example.com;sandbox/cb", E::BadHost),
        ("https://example.com'/cb", E::BadHost),
        ("https://*.example.com/cb", E::Wildcard),
        ("https://example.com@evil.example/cb", E::UserInfo),
        ("https://user:pass@example.com/cb", E::UserInfo),
        ("https://@example.com/cb", E::UserInfo),
        ("https://example.com/cb#fragment", E::Fragment),
        ("https://example.com/cb#", E::Fragment),
        ("https://example.com\\@evil.example/cb", E::BadCharacter),
        ("https:\\\\example.com/cb", E::BadCharacter),
        ("https://example.com/a b", E::BadCharacter),
        (" https://example.com/cb", E::BadCharacter),
        ("https://example.com/cb\n", E::BadCharacter),
        ("https://example.com/\tcb", E::BadCharacter),
        ("https://bücher.example/cb", E::BadCharacter),
        ("https://example.com/%zz", E::BadCharacter),
        ("https://example.com/%4", E::BadCharacter),
        ("https://example.com/\"><script>", E::BadCharacter),
        ("https://example.com/a/../cb", E::DotSegment),
        ("https://example.com/./cb", E::DotSegment),
        ("https://example.com/a/%2e%2E/cb", E::DotSegment),
        ("https://example.com/..", E::DotSegment),
        ("http://example.com/cb", E::InsecureHttp),
        ("http://localhost.evil.example/cb", E::InsecureHttp),
        ("http://127.0.0.1.evil.example/cb", E::InsecureHttp),
        ("javascript:alert(1)", E::ForbiddenScheme),
        ("JavaScript://example.com/%0aalert(1)", E::ForbiddenScheme),
        ("data:text/html,x", E::ForbiddenScheme),
        ("vbscript:x", E::ForbiddenScheme),
        ("file:///etc/passwd", E::ForbiddenScheme),
        ("blob:https://example.com/x", E::ForbiddenScheme),
        ("urn:ietf:wg:oauth:2.0:oob", E::ForbiddenScheme),
        ("1https://example.com", E::NotAbsolute),
    ] {
        assert_eq!(validate(uri, ApplicationType::Native), Err(error), "{uri}");
    }
    let long = format!("https://example.com/{}", "a".repeat(MAX_LENGTH));
    assert_eq!(validate(&long, ApplicationType::Web), Err(E::TooLong));
}

#[test]
fn only_the_identical_uri_matches() {
    assert!(matches(REGISTERED, REGISTERED, true));
    for requested in [
        "https://client.example.org/callback/",
        "https://client.example.org/callback/evil",
        "https://client.example.org/callbackevil",
        "https://client.example.org/callbac",
        "https://client.example.org/Callback",
        "https://CLIENT.example.org/callback",
        "HTTPS://client.example.org/callback",
        "http://client.example.org/callback",
        "https://client.example.org:443/callback",
        "https://client.example.org./callback",
        "https://client.example.org/callback?x=1",
        "https://client.example.org/callback#",
        "https://client.example.org/./callback",
        "https://client.example.org/a/../callback",
        "https://client.example.org/%63allback",
        "https://client.example.org%2fcallback",
        "https://client.example.org//callback",
        "https://client.example.org\\callback",
        "https://client.example.org/callback ",
        "https://client.example.org.evil.example/callback",
        "https://evil.example/client.example.org/callback",
        "https://client.example.org@evil.example/callback",
        "https://evil.example\\@client.example.org/callback",
        "//client.example.org/callback",
        "",
    ] {
        assert!(!matches(REGISTERED, requested, true), "{requested}");
        assert!(!matches(REGISTERED, requested, false), "{requested}");
    }
}

#[test]
fn loopback_port_may_vary_where_it_is_allowed() {
    for (registered, requested) in [
        ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"),
        ("http://127.0.0.1:8080/cb", "http://127.0.0.1:49152/cb"),
        ("http://127.0.0.1:8080/cb", "http://127.0.0.1/cb"),
        ("http://[::1]/cb?x=1", "http://[::1]:1/cb?x=1"),
        ("http://localhost:18888/callback", "http://localhost:65535/callback"),
        ("http://127.0.0.1", "http://127.0.0.1:8080"),
    ] {
        assert!(matches(registered, requested, true), "{registered} {requested}");
        assert!(!matches(registered, requested, false), "{registered} {requested}");
    }
}

#[test]
fn loopback_exception_is_for_the_port_alone() {
    for (registered, requested) in [
        ("http://127.0.0.1/cb", "http://127.0.0.1:8080/other"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:8080/cb/"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:8080/cb?x"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:8080/cb#x"),
        ("http://127.0.0.1/cb", "http://localhost:8080/cb"),
        ("http://127.0.0.1/cb", "http://[::1]:8080/cb"),
        ("http://127.0.0.1/cb", "https://127.0.0.1:8080/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:0/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:65536/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:+80/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80@evil.example/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80.evil.example/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1\\.evil.example/cb"),
        ("http://127.0.0.1/cb", "http://x@127.0.0.1:80/cb"),
        ("http://localhost/cb", "http://localhost.evil.example:80/cb"),
        ("http://[::1]/cb", "http://[::1]:80]/cb"),
        ("https://127.0.0.1/cb", "https://127.0.0.1:8080/cb"),
        ("http://192.0.2.1/cb", "http://192.0.2.1:8080/cb"),
    ] {
        assert!(!matches(registered, requested, true), "{registered} {requested}");
    }
}
