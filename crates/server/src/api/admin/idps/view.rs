//! How identity providers are shown: never with passwords.

use serde::{Deserialize, Serialize};
use symbolon_store::entity::Idp;
use symbolon_store::entity::idp::StaticCredentials;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// An identity provider of method `static`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct StaticIdp(pub Idp);

/// An identity provider of whatever method, without what only its method knows.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct IdpBase(Idp);

/// Settings of method `static`.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
pub(super) struct StaticSettings {
    /// Whether the login page shows the user names.
    hint: bool,
    /// Whether people may make accounts: on the page that `prompt=create` shows, or from the login page.
    public_registration_allowed: bool,
}

impl StaticIdp {
    /// Without passwords.
    pub(super) fn new(mut idp: Idp) -> Self {
        for user in idp.credentials.iter_mut().flat_map(|credentials| &mut credentials.users) {
            user.password = None;
        }
        Self(idp)
    }
}

impl IdpBase {
    /// Without credentials.
    pub(super) fn new(mut idp: Idp) -> Self {
        idp.credentials = None;
        idp.settings.0.clear();
        Self(idp)
    }
}

/// The schema of identity providers, with other schemas for some members; `None` removes one.
fn idp_schema(members: &[(&str, Option<&str>)]) -> RefOr<Schema> {
    let mut schema = Idp::schema();
    if let RefOr::T(Schema::Object(object)) = &mut schema {
        for (name, member) in members {
            object.properties.remove(*name);
            if let Some(target) = member {
                object.properties.insert((*name).to_owned(), Ref::from_schema_name(*target).into());
            }
        }
    }
    schema
}

impl PartialSchema for StaticIdp {
    fn schema() -> RefOr<Schema> {
        idp_schema(&[("settings", Some("StaticSettings")), ("credentials", Some("StaticCredentials"))])
    }
}

impl ToSchema for StaticIdp {
    fn name() -> std::borrow::Cow<'static, str> {
        "StaticIDP".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((StaticSettings::name().into_owned(), StaticSettings::schema()));
        schemas.push((StaticCredentials::name().into_owned(), StaticCredentials::schema()));
        StaticCredentials::schemas(schemas);
        Idp::schemas(schemas);
    }
}

impl PartialSchema for IdpBase {
    fn schema() -> RefOr<Schema> {
        idp_schema(&[("settings", None), ("credentials", None)])
    }
}

impl ToSchema for IdpBase {
    fn name() -> std::borrow::Cow<'static, str> {
        "IDPBase".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Idp::schemas(schemas);
    }
}
