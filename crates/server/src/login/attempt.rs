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
    let attempt = Attempt {
        tenant_id: &cx.workspace.tenant_id,
        workspace_id: &cx.workspace.id,
        username,
        address: cx.peer.remote.ip(),
    };
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
            if failure == LoginFailure::Busy {
                limits.not_looked_at(&attempt);
            }
            cx.app.metrics.login(if failure.is_wrong() { "wrong" } else { "sent_away" });
            Err(failure)
        }
    }
}
