//! `static`: users listed in the identity provider itself ("Sandbox"). For demos, tests and first administrators.

use serde_json::{Map, Value};
use symbolon_store::entity::Idp;
use symbolon_store::entity::idp::StaticUser;

use super::{PasswordIdp, PasswordUser};

pub(super) struct StaticIdp;

impl PasswordIdp for StaticIdp {
    fn method(&self) -> &'static str {
        "static"
    }

    fn find(&self, idp: &Idp, username: &str) -> Option<PasswordUser> {
        let users = &idp.credentials.as_ref()?.users;
        users.iter().find(|user| user.username == username).and_then(known)
    }

    fn users<'a>(&self, idp: &'a Idp) -> Box<dyn Iterator<Item = PasswordUser> + Send + 'a> {
        let users = idp.credentials.iter().flat_map(|credentials| &credentials.users);
        Box::new(users.filter_map(known))
    }
}

fn known(user: &StaticUser) -> Option<PasswordUser> {
    Some(PasswordUser {
        username: user.username.clone(),
        password_hash: user.password.as_ref()?.reveal().to_owned(),
        authentication_context: authentication_context(user),
    })
}

/// The user's own fields, then whatever was configured beside them: the latter wins.
fn authentication_context(user: &StaticUser) -> Map<String, Value> {
    let mut context = Map::new();
    if let Some(email) = &user.email {
        context.insert("email".into(), email.clone().into());
        context.insert("email_verified".into(), user.email_verified.into());
    }
    if let Some(phone_number) = &user.phone_number {
        context.insert("phone_number".into(), phone_number.clone().into());
        context.insert("phone_number_verified".into(), user.phone_number_verified.into());
    }
    for more in [&user.additional_attributes, &user.authentication_context] {
        context.extend(more.0.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    context
}
