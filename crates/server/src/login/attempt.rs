//! One try to log in with a user name and a password, wherever it is typed: on the login page, or at a client that uses
//! the password grant.

use super::Person;
use super::idps::{self, LoginFailure};
use super::limits::Attempt;
use crate::cx::Cx;

/// The person with this name and password, unless too many tries have failed lately.
///
/// # Errors
/// Why nobody is logged in.
pub async fn by_password(cx: &Cx, username: &str, password: &str) -> Result<Person, LoginFailure> {
    let counted = counted(username);
    let attempt = attempt_of(cx, &counted);
    let limits = &cx.app.login_limits;
    let tried = match limits.begin(&attempt, cx.now) {
        Err(seconds) => Err(LoginFailure::TooManyTries { seconds }),
        // Counted before it is looked at: many tries at once are not one.
        Ok(()) => idps::authenticate(cx, username, password).await,
    };
    match tried {
        Ok(identity) => {
            limits.succeeded(&attempt, cx.now);
            cx.app.metrics.login("succeeded");
            Ok(Person::new(cx, identity))
        }
        Err(failure) => {
            if matches!(failure, LoginFailure::Busy | LoginFailure::Unavailable) {
                limits.not_looked_at(&attempt);
            }
            cx.app.metrics.login(if failure.is_wrong() { "wrong" } else { "sent_away" });
            Err(failure)
        }
    }
}

/// Remembers the address of this request as that of the person who has just made an account.
pub fn begins_at(cx: &Cx, username: &str) {
    let counted = counted(username);
    cx.app.login_limits.know(&attempt_of(cx, &counted), cx.now);
}

/// What a name is counted under. Accounts are found by their name in any case: another way to write it is not another
/// account to guess at.
fn counted(username: &str) -> String {
    username.to_lowercase()
}

fn attempt_of<'a>(cx: &'a Cx, counted: &'a str) -> Attempt<'a> {
    Attempt {
        tenant_id: &cx.workspace.tenant_id,
        workspace_id: &cx.workspace.id,
        username: counted,
        address: cx.peer.remote.ip(),
    }
}
