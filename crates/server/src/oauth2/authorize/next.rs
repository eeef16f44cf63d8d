//! What an authorization request needs next: one pure function, asked after every step.

use symbolon_protocol::{ErrorCode, Prompt, ScopeSet};

use super::request::AuthorizationRequest;
use crate::clock::Timestamp;

/// The reason of a refusal: somebody has logged in, but not who was asked for.
const ANOTHER_SUBJECT: &str = "another_subject_logged_in";

/// A person has this long between login and consent, whatever `max_age` says.
const ANSWER_SECONDS: i64 = 5 * 60;

/// The person at the browser, as the session knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoggedIn<'a> {
    /// The subject as this client sees it.
    pub subject: &'a str,
    /// When they logged in, in unix seconds.
    pub auth_time: i64,
    /// Whether they logged in while answering this very request.
    pub in_this_request: bool,
    /// Whether they have chosen to go on with this account.
    pub is_chosen: bool,
    /// Whether they authenticated as well as the client asks for.
    pub meets_acr: bool,
}

/// What the person has said about the scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent<'a> {
    /// The scopes that nobody has consented to yet.
    pub missing: &'a ScopeSet,
    /// The person is asked even if nothing is missing.
    pub is_asked_always: bool,
    /// The answer given while this request waits.
    pub answer: Option<Answer>,
}

impl Consent<'_> {
    fn is_needed(&self) -> bool {
        self.is_asked_always || !self.missing.is_empty()
    }
}

/// A person's answer on the consent page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The client gets what it asked for.
    Accepted,
    /// The client gets nothing.
    Denied,
}

/// The next step of an authorization request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The person logs in, and is told why.
    Login(LoginReason),
    /// The person says whether the client may have what it asks for.
    Consent,
    /// The client gets its code.
    Issue,
    /// The client is told that it cannot be done (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6).
    Refuse(ErrorCode, &'static str),
}

/// Why somebody has to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginReason {
    /// Nobody is logged in.
    NotLoggedIn,
    /// The client asks for a fresh login (`prompt=login`).
    Asked,
    /// The client asks for an account to be made (`prompt=create`).
    Create,
    /// The client lets the person choose another account (`prompt=select_account`).
    SelectAccount,
    /// The login is older than the client accepts (`max_age`).
    TooOld,
    /// The client expects somebody else (`id_token_hint`, or `sub` in `claims`).
    SomebodyElse,
    /// The client needs a better authentication (`acr`).
    TooWeak,
}

/// Decides the next step from what is known. Pure: the same facts give the same step.
pub fn next(
    request: &AuthorizationRequest,
    person: Option<LoggedIn<'_>>,
    consent: Consent<'_>,
    now: Timestamp,
) -> Next {
    let silent = request.asks_for(Prompt::None);
    if let Some(reason) = login_needed(request, person, now) {
        return match reason {
            _ if silent => Next::Refuse(ErrorCode::LoginRequired, "login_required"),
            // Whoever logs in here as somebody else will not become the one that the client expects.
            LoginReason::SomebodyElse if person.is_some_and(|person| person.in_this_request) => {
                Next::Refuse(ErrorCode::LoginRequired, ANOTHER_SUBJECT)
            }
            // Whoever has just logged in will not do it better the next time.
            LoginReason::TooWeak if person.is_some_and(|person| person.in_this_request) => {
                Next::Refuse(ErrorCode::UnmetAuthenticationRequirements, "acr_not_reached")
            }
            reason => Next::Login(reason),
        };
    }
    match consent.answer {
        Some(Answer::Denied) => Next::Refuse(ErrorCode::AccessDenied, "consent_denied"),
        Some(Answer::Accepted) => Next::Issue,
        None if !consent.is_needed() && !request.asks_for(Prompt::Consent) => Next::Issue,
        None if silent => Next::Refuse(ErrorCode::ConsentRequired, "consent_required"),
        None => Next::Consent,
    }
}

/// What the client is told of a refusal.
pub fn sentence(code: ErrorCode, reason: &str) -> &'static str {
    match reason {
        ANOTHER_SUBJECT => "Another user has logged in than the one that the request asks for.",
        _ => code.sentence(),
    }
}

fn login_needed(
    request: &AuthorizationRequest,
    person: Option<LoggedIn<'_>>,
    now: Timestamp,
) -> Option<LoginReason> {
    // Initiating User Registration §4.1. Whoever has an account after all logs in, or goes on with it.
    let is_here = person.is_some_and(|person| person.in_this_request || person.is_chosen);
    if request.asks_for(Prompt::Create) && !is_here {
        return Some(LoginReason::Create);
    }
    let Some(person) = person else { return Some(LoginReason::NotLoggedIn) };
    if !person.in_this_request {
        if request.asks_for(Prompt::Login) {
            return Some(LoginReason::Asked);
        }
        if request.asks_for(Prompt::SelectAccount) && !person.is_chosen {
            return Some(LoginReason::SelectAccount);
        }
    }
    if let Some(max_age) = request.max_age {
        // OIDC Core §3.1.2.1: when more than max_age seconds have passed. Zero means a login in this request, which
        // grows old in its turn while nobody answers the consent page.
        let limit = if person.in_this_request { max_age.max(ANSWER_SECONDS) } else { max_age };
        let is_fresh = person.in_this_request || max_age > 0;
        if !is_fresh || now.seconds() - person.auth_time > limit {
            return Some(LoginReason::TooOld);
        }
    }
    if !person.meets_acr {
        return Some(LoginReason::TooWeak);
    }
    let expected = request.expected_subject.as_deref();
    expected.is_some_and(|expected| expected != person.subject).then_some(LoginReason::SomebodyElse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use symbolon_protocol::{AuthorizationDetails, ClaimsRequest, PromptSet, ResponseMode, ResponseType};

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn request() -> AuthorizationRequest {
        AuthorizationRequest {
            client_id: "client".into(),
            redirect_uri: "https://example.com/callback".into(),
            redirect_uri_sent: true,
            response_type: "code".parse::<ResponseType>().unwrap(),
            response_mode: ResponseMode::Query,
            scope: "openid".parse().unwrap(),
            state: None,
            nonce: None,
            code_challenge: None,
            dpop_jkt: None,
            resources: Vec::new(),
            authorization_details: AuthorizationDetails::default(),
            prompt: PromptSet::default(),
            max_age: None,
            expected_subject: None,
            login_hint: None,
            ui_locales: None,
            claims: ClaimsRequest::default(),
            acr_values: Vec::new(),
            is_acr_essential: false,
            pushed: None,
        }
    }

    fn person(age: i64) -> Option<LoggedIn<'static>> {
        Some(LoggedIn {
            subject: "alice",
            auth_time: NOW.seconds() - age,
            in_this_request: false,
            is_chosen: false,
            meets_acr: true,
        })
    }

    fn step(request: &AuthorizationRequest, person: Option<LoggedIn<'_>>, missing: &str) -> Next {
        let missing: ScopeSet = missing.parse().unwrap_or_default();
        next(request, person, Consent { missing: &missing, is_asked_always: false, answer: None }, NOW)
    }

    #[test]
    fn a_stranger_logs_in_and_then_consents() {
        assert_eq!(step(&request(), None, "openid"), Next::Login(LoginReason::NotLoggedIn));
        assert_eq!(step(&request(), person(0), "openid"), Next::Consent);
        assert_eq!(step(&request(), person(0), ""), Next::Issue);
    }

    #[test]
    fn the_answer_on_the_consent_page_decides() {
        let missing: ScopeSet = "openid".parse().unwrap();
        let answered = |answer| {
            let consent = Consent { missing: &missing, is_asked_always: false, answer: Some(answer) };
            next(&request(), person(0), consent, NOW)
        };
        assert_eq!(answered(Answer::Accepted), Next::Issue);
        assert_eq!(answered(Answer::Denied), Next::Refuse(ErrorCode::AccessDenied, "consent_denied"));
    }

    #[test]
    fn prompt_none_shows_nothing() {
        let request = AuthorizationRequest { prompt: "none".parse().unwrap(), ..request() };
        assert_eq!(step(&request, None, ""), Next::Refuse(ErrorCode::LoginRequired, "login_required"));
        assert_eq!(
            step(&request, person(0), "x"),
            Next::Refuse(ErrorCode::ConsentRequired, "consent_required")
        );
        assert_eq!(step(&request, person(0), ""), Next::Issue);
    }

    #[test]
    fn prompt_login_is_met_by_a_login_in_this_request_only() {
        let request = AuthorizationRequest { prompt: "login".parse().unwrap(), ..request() };
        assert_eq!(step(&request, person(0), ""), Next::Login(LoginReason::Asked));
        let fresh = LoggedIn { in_this_request: true, ..person(0).unwrap() };
        assert_eq!(step(&request, Some(fresh), ""), Next::Issue);
    }

    #[test]
    fn max_age_counts_from_the_login() {
        let request = |max_age| AuthorizationRequest { max_age: Some(max_age), ..request() };
        assert_eq!(step(&request(60), person(60), ""), Next::Issue);
        assert_eq!(step(&request(60), person(61), ""), Next::Login(LoginReason::TooOld));
        assert_eq!(step(&request(0), person(0), ""), Next::Login(LoginReason::TooOld));
        let fresh = |age| Some(LoggedIn { in_this_request: true, ..person(age).unwrap() });
        assert_eq!(step(&request(0), fresh(ANSWER_SECONDS), ""), Next::Issue);
        assert_eq!(step(&request(60), fresh(ANSWER_SECONDS + 1), ""), Next::Login(LoginReason::TooOld));
        assert_eq!(step(&request(3600), fresh(ANSWER_SECONDS + 1), ""), Next::Issue);
    }

    #[test]
    fn who_is_authenticated_too_weakly_may_log_in_again_once() {
        let weak = LoggedIn { meets_acr: false, ..person(0).unwrap() };
        assert_eq!(step(&request(), Some(weak), ""), Next::Login(LoginReason::TooWeak));
        let fresh = LoggedIn { in_this_request: true, ..weak };
        assert_eq!(
            step(&request(), Some(fresh), ""),
            Next::Refuse(ErrorCode::UnmetAuthenticationRequirements, "acr_not_reached")
        );
    }

    #[test]
    fn prompt_select_account_is_met_by_a_choice_but_prompt_login_is_not() {
        let request = |prompt: &str| AuthorizationRequest { prompt: prompt.parse().unwrap(), ..request() };
        let chosen = Some(LoggedIn { is_chosen: true, ..person(0).unwrap() });
        assert_eq!(step(&request("select_account"), person(0), ""), Next::Login(LoginReason::SelectAccount));
        assert_eq!(step(&request("select_account"), chosen, ""), Next::Issue);
        assert_eq!(step(&request("select_account login"), chosen, ""), Next::Login(LoginReason::Asked));
    }

    #[test]
    fn prompt_create_comes_first_and_is_met_once() {
        let request = |prompt: &str| AuthorizationRequest { prompt: prompt.parse().unwrap(), ..request() };
        let chosen = Some(LoggedIn { is_chosen: true, ..person(0).unwrap() });
        let fresh = Some(LoggedIn { in_this_request: true, ..person(0).unwrap() });
        for prompt in ["create", "create login", "create select_account", "create consent"] {
            for person in [None, person(0)] {
                assert_eq!(step(&request(prompt), person, ""), Next::Login(LoginReason::Create), "{prompt}");
            }
        }
        assert_eq!(step(&request("create"), chosen, ""), Next::Issue);
        assert_eq!(step(&request("create"), fresh, ""), Next::Issue);
        assert_eq!(step(&request("create login"), chosen, ""), Next::Login(LoginReason::Asked));
        assert_eq!(step(&request("create login"), fresh, ""), Next::Issue);
        assert_eq!(step(&request("create consent"), fresh, ""), Next::Consent);
    }

    #[test]
    fn an_unexpected_subject_may_log_in_again_once() {
        let request = AuthorizationRequest { expected_subject: Some("bob".into()), ..request() };
        assert_eq!(step(&request, person(0), ""), Next::Login(LoginReason::SomebodyElse));
        let fresh = LoggedIn { in_this_request: true, ..person(0).unwrap() };
        assert_eq!(
            step(&request, Some(fresh), ""),
            Next::Refuse(ErrorCode::LoginRequired, "another_subject_logged_in")
        );
    }

    #[test]
    fn who_is_always_asked_is_asked_though_nothing_is_missing() {
        let missing = ScopeSet::default();
        let asked = |request: &AuthorizationRequest, answer| {
            let consent = Consent { missing: &missing, is_asked_always: true, answer };
            next(request, person(0), consent, NOW)
        };
        assert_eq!(asked(&request(), None), Next::Consent);
        assert_eq!(asked(&request(), Some(Answer::Accepted)), Next::Issue);
        let silent = AuthorizationRequest { prompt: "none".parse().unwrap(), ..request() };
        assert_eq!(asked(&silent, None), Next::Refuse(ErrorCode::ConsentRequired, "consent_required"));
    }

    #[test]
    fn prompt_consent_asks_again() {
        let request = AuthorizationRequest { prompt: "consent".parse().unwrap(), ..request() };
        assert_eq!(step(&request, person(0), ""), Next::Consent);
    }
}
