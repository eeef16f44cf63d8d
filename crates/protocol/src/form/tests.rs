use proptest::prelude::*;

use super::*;

fn pairs(text: &str) -> Vec<(String, String)> {
    let form = Form::parse(text.as_bytes()).unwrap();
    form.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn example_of_rfc_6749_appendix_b_is_decoded() {
    // U+0020, U+0025, U+0026, U+002B, U+00A3, U+20AC
    let form = Form::parse(b"value=+%25%26%2B%C2%A3%E2%82%AC").unwrap();
    assert_eq!(form.get("value"), Some(" %&+£€"));
}

#[test]
fn walk_through_token_request_is_read() {
    let form = Form::parse(
        b"grant_type=authorization_code&client_id=client-mtls&redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&code=Rl1OCBIpNH5h1VCmKS0GA5wC2fIHGw9nh6i3vc8ijPE",
    )
    .unwrap();
    assert_eq!(form.get("redirect_uri"), Some("https://example.com/callback"));
    assert_eq!(form.require("client_id"), Ok("client-mtls"));
}

#[test]
fn parameter_without_value_counts_as_absent() {
    let form = Form::parse(b"state=&nonce&scope=openid&&").unwrap();
    assert_eq!(form.get("state"), None);
    assert_eq!(form.get("nonce"), None);
    assert_eq!(form.get("scope"), Some("openid"));
    assert_eq!(form.iter().count(), 3);
    let error = form.require("state").unwrap_err();
    assert_eq!((error.status(), error.description.as_ref()), (400, "The parameter state is missing."));
}

#[test]
fn value_may_hold_equals_signs_and_spaces_as_curl_sends_them() {
    assert_eq!(
        pairs("a=b=c==&scope=openid email"),
        [("a".to_owned(), "b=c==".to_owned()), ("scope".to_owned(), "openid email".to_owned())]
    );
}

#[test]
fn pairs_make_the_form_that_their_text_would() {
    let pairs = [("a", "1 2"), ("b", ""), ("resource", "x"), ("resource", "y")];
    assert_eq!(Form::from_pairs(pairs), Form::parse(b"a=1+2&b=&resource=x&resource=y"));
    assert_eq!(Form::from_pairs([("a", "1"), ("a", "2")]), Err(FormError::Repeated("a".to_owned())));
    assert_eq!(Form::from_pairs([("a", "\0")]), Err(FormError::Nul));
    let long = "x".repeat(MAX_BYTES);
    assert_eq!(Form::from_pairs([("a", long.as_str())]), Err(FormError::TooLarge));
    assert_eq!(Form::from_pairs(vec![("resource", "x"); MAX_PARAMETERS + 1]), Err(FormError::TooMany));
}

#[test]
fn repeated_parameter_is_refused_by_name() {
    for text in ["code=1&code=1", "code=1&x=2&code=", "%63ode=1&code=2", "code&code"] {
        let error = Form::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error, FormError::Repeated("code".to_owned()), "{text}");
        let error = OAuthError::from(error);
        assert_eq!(error.description, "The parameter code is repeated.");
        assert_eq!(error.reason.code, "form_repeated_parameter");
    }
}

#[test]
fn resource_and_audience_may_repeat() {
    let form = Form::parse(b"resource=a&audience=x&resource=b&resource=").unwrap();
    assert_eq!(form.all("resource").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(form.get("resource"), Some("a"));
    assert_eq!(form.all("audience").collect::<Vec<_>>(), ["x"]);
}

#[test]
fn own_pages_name_what_may_repeat() {
    let form = Form::parse_allowing(b"scope=a&scope=b", &["scope"]).unwrap();
    assert_eq!(form.all("scope").count(), 2);
    assert!(Form::parse_allowing(b"resource=a&resource=b", &["scope"]).is_err());
}

#[test]
fn broken_escapes_are_refused_where_they_stand() {
    for (text, position) in
        [("%", 0), ("a=%", 2), ("a=1&b=%4", 6), ("a=%zz", 2), ("a=%+1", 2), ("a=%-1", 2), ("a=12%%", 4)]
    {
        assert_eq!(Form::parse(text.as_bytes()), Err(FormError::Escape(position)), "{text}");
    }
}

#[test]
fn text_that_is_not_utf8_is_refused() {
    for bytes in [&b"a=\xff"[..], b"a=%ff", b"a=%C3", b"%C3=%A9", b"a=%C3&%A9=b", b"a=%ED%A0%80", b"a=%C0%80"]
    {
        assert_eq!(Form::parse(bytes), Err(FormError::NotUtf8), "{bytes:?}");
    }
}

#[test]
fn nul_is_refused() {
    assert_eq!(Form::parse(b"a=b%00"), Err(FormError::Nul));
    assert_eq!(Form::parse(b"a\0=b"), Err(FormError::Nul));
}

#[test]
fn size_and_count_have_limits() {
    let fits = [b"a=".as_slice(), &vec![b'x'; MAX_BYTES - 2]].concat();
    assert!(Form::parse(&fits).is_ok());
    assert_eq!(Form::parse(&[fits.as_slice(), b"x"].concat()), Err(FormError::TooLarge));

    let many: Vec<String> = (0..MAX_PARAMETERS).map(|number| format!("p{number}=1")).collect();
    assert!(Form::parse(many.join("&").as_bytes()).is_ok());
    assert_eq!(Form::parse(format!("{}&q", many.join("&")).as_bytes()), Err(FormError::TooMany));
}

#[test]
fn debug_shows_no_value() {
    let form = Form::parse(b"username=user&password=hunter2").unwrap();
    assert_eq!(format!("{form:?}"), r#"["username", "password"]"#);
}

fn render(pairs: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(form) = Form::parse(&bytes) {
            prop_assert!(form.iter().all(|(name, value)| !name.contains('\0') && !value.contains('\0')));
        }
    }

    #[test]
    fn near_forms_are_read_or_refused(text in "([%&=+a-f0-9é]|%[0-9a-fA-F]{2}){0,60}") {
        let _ = Form::parse(text.as_bytes());
    }

    #[test]
    fn what_was_rendered_is_read_again(
        map in prop::collection::btree_map("[^\0]{1,12}", "[^\0]{0,40}", 0..20)
    ) {
        let pairs: Vec<_> = map.into_iter().collect();
        let form = Form::parse(render(&pairs).as_bytes()).unwrap();
        let read: Vec<_> = form.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        prop_assert_eq!(read, pairs);
    }
}
