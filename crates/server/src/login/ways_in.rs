//! The pages where somebody comes in: the login page, and the one where they make an account.

use axum::response::Response;
use symbolon_protocol::{Form, Prompt};

use super::accounts::fields::{USERNAME_MAX, USERNAME_MIN};
use super::accounts::open_at;
use super::accounts::password::{MIN_CHARACTERS, Weakness};
use super::accounts::register::{Failure, Faults, Typed, UsernameFault};
use super::idps::LoginFailure;
use super::views::{View, has_passwords};
use crate::login::Session;
use crate::oauth2::authorize::next;
use crate::oauth2::response_modes::with_query;
use crate::pages::{
    Account, InputFault, InputField, LoginFault, LoginPage, LoginReason, PasswordFault, RegisterFault,
    RegisterPage,
};
/// The parameter of an interaction's address that says what is wanted to be seen.
const SHOW: &str = "show";

/// What a page says besides what it always says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Nothing.
    None,
    /// The last try to log in failed.
    LoginFailed {
        /// Why.
        failure: LoginFailure,
        /// The user name that was typed, to be filled in again.
        username: String,
    },
    /// The last try to make an account failed.
    NotRegistered {
        /// Why.
        failure: Failure,
        /// What was typed, to be filled in again.
        typed: Typed,
    },
}

/// What somebody who is asked to log in wants to see, as the address of the page says it: `show=…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The login page.
    Login,
    /// The registration page.
    Register,
}

impl Way {
    /// The way that the query of an interaction names.
    pub fn of_query(query: Option<&str>) -> Option<Self> {
        let form = Form::from_query(query?).ok()?;
        let asked = form.get(SHOW)?;
        [Self::Login, Self::Register].into_iter().find(|way| way.as_str() == asked)
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Register => "register",
        }
    }
}

/// What is known where somebody has to log in.
pub struct LoginView<'a> {
    /// Why.
    pub reason: next::LoginReason,
    /// Who is logged in.
    pub session: Option<&'a Session>,
    /// What they want to see.
    pub way: Option<Way>,
    /// What is said besides.
    pub note: Note,
    /// Protects the forms.
    pub csrf: String,
}

impl View<'_> {
    /// The login page, or the one where somebody makes an account.
    pub fn log_in_or_register(&self, shown: LoginView<'_>) -> Response {
        // Whoever has just made an account is nobody whom the client has seen before.
        let may_register = open_at(&self.cx.workspace).is_some() && self.request.expected_subject.is_none();
        let asked = match (&shown.note, shown.way) {
            (Note::LoginFailed { .. }, _) => false,
            (Note::NotRegistered { .. }, _) | (Note::None, Some(Way::Register)) => true,
            (Note::None, Some(Way::Login)) => false,
            (Note::None, None) => shown.reason == next::LoginReason::Create,
        };
        if asked && may_register { self.register(shown) } else { self.login(shown, may_register) }
    }

    fn login(&self, shown: LoginView<'_>, may_register: bool) -> Response {
        let LoginView { reason, session, note, csrf, .. } = shown;
        let (fault, typed) = match note {
            Note::None => (None, None),
            Note::LoginFailed { failure, username } => (Some(fault(&failure)), Some(username)),
            Note::NotRegistered { typed, .. } => (Some(LoginFault::RegistrationClosed), Some(typed.username)),
        };
        // A login that was asked for is not met by one of before.
        let may_go_on = match reason {
            next::LoginReason::SelectAccount => true,
            next::LoginReason::Create => !self.request.asks_for(Prompt::Login),
            _ => false,
        };
        let account = session.filter(|_| may_go_on);
        let reason = match reason {
            next::LoginReason::Create if account.is_some() => Some(LoginReason::SelectAccount),
            reason => reason_of(reason),
        };
        self.render(&LoginPage {
            client: self.card(),
            csrf,
            reason,
            account: account.map(|session| Account {
                id: session.public_id(),
                username: session.person.username.clone(),
            }),
            fault,
            username: typed.or_else(|| self.request.login_hint.clone()).unwrap_or_default(),
            password_form: has_passwords(self.cx),
            device_qr: None,
            register_at: may_register.then(|| self.address_of(Way::Register)),
            idps: Vec::new(),
        })
    }

    fn register(&self, shown: LoginView<'_>) -> Response {
        let (failure, typed) = match shown.note {
            Note::NotRegistered { failure, typed } => (Some(failure), typed),
            _ => (None, Typed::of_hint(self.request.login_hint.as_deref())),
        };
        let faults = match failure {
            Some(Failure::Faults(faults)) => faults,
            _ => Faults::default(),
        };
        self.render(&RegisterPage {
            client: self.card(),
            csrf: shown.csrf,
            login_at: self.address_of(Way::Login),
            fault: failure.as_ref().and_then(register_fault),
            username: InputField {
                value: typed.username,
                fault: faults.username.map(|fault| match fault {
                    UsernameFault::Form => InputFault::Form,
                    UsernameFault::Taken => InputFault::Taken,
                }),
            },
            name: InputField { value: typed.name, fault: faults.name.then_some(InputFault::Form) },
            email: InputField { value: typed.email, fault: faults.email.then_some(InputFault::Form) },
            password: faults.password.map(|weakness| match weakness {
                Weakness::Short => PasswordFault::Short,
                Weakness::Long => PasswordFault::Long,
                Weakness::Personal => PasswordFault::Personal,
                Weakness::Common => PasswordFault::Common,
                Weakness::Pattern => PasswordFault::Pattern,
                Weakness::Easy => PasswordFault::Easy,
            }),
            username_min: USERNAME_MIN,
            username_max: USERNAME_MAX,
            password_min: MIN_CHARACTERS,
        })
    }

    /// The same interaction, shown in another way.
    fn address_of(&self, way: Way) -> String {
        with_query("", &[("client_id", self.client.id()), (SHOW, way.as_str())])
    }
}

fn reason_of(reason: next::LoginReason) -> Option<LoginReason> {
    match reason {
        next::LoginReason::NotLoggedIn | next::LoginReason::Create => None,
        next::LoginReason::Asked | next::LoginReason::TooWeak => Some(LoginReason::Asked),
        next::LoginReason::SelectAccount => Some(LoginReason::SelectAccount),
        next::LoginReason::TooOld => Some(LoginReason::TooOld),
        next::LoginReason::SomebodyElse => Some(LoginReason::SomebodyElse),
    }
}

/// The person is not told whether there is such a user.
pub fn fault(failure: &LoginFailure) -> LoginFault {
    match failure {
        LoginFailure::UserUnknown | LoginFailure::PasswordWrong => LoginFault::WrongPassword,
        LoginFailure::TooManyTries { seconds } => LoginFault::too_many_tries(seconds.unsigned_abs()),
        LoginFailure::Busy | LoginFailure::Unavailable => LoginFault::Busy,
    }
}

/// What is wrong, but with a field.
fn register_fault(failure: &Failure) -> Option<RegisterFault> {
    match failure {
        Failure::Faults(_) | Failure::Closed => None,
        Failure::TooMany { seconds } => Some(RegisterFault::too_many(seconds.unsigned_abs())),
        Failure::Busy | Failure::Unavailable => Some(RegisterFault::Busy),
    }
}
