//! One OpenAPI 3.1 document for each API family, made from the routed operations.
//!
//! What all operations have in common is added here, once: path parameters, the errors each can answer, `if-match`
//! on writes, and where tokens come from.

use http::StatusCode;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{AuthorizationCode, ClientCredentials, Flow, OAuth2, Scopes, SecurityScheme};
use utoipa::openapi::{
    InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Required, ResponseBuilder,
    ServerBuilder, Type,
};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::api::FAMILIES;
use crate::api::error::ErrorBody;
use crate::api::etag::IfMatch;
use crate::api::family::{Family, Style};
use crate::api::scheme::{Issuer, Scheme};
use crate::seed::SYSTEM_TENANT;

/// Stands for the tenant in a rendered document: no tenant can be called so.
const TENANT: &str = "\u{1}tenant";

/// The documents, rendered but for the tenant they are served for.
#[derive(Debug)]
pub struct Documents(Vec<(&'static Family, String)>);

impl Documents {
    /// Renders the documents of all families.
    pub fn new() -> Self {
        Self(FAMILIES.iter().map(|family| (family, render(family))).collect())
    }

    /// The document of a family for a tenant.
    pub fn find(&self, family: &str, tenant_id: &str) -> Option<String> {
        let (_, text) = self.0.iter().find(|(known, _)| known.name == family)?;
        // A tenant's id has no character that JSON would escape: see `is_id`.
        Some(text.replace("\\u0001tenant", tenant_id))
    }
}

impl Default for Documents {
    fn default() -> Self {
        Self::new()
    }
}

/// The document of a family with the URLs of this tenant.
pub fn document(family: &Family, tenant_id: &str) -> OpenApi {
    let (_, mut document) = (family.routes)().split_for_parts();
    document.info = InfoBuilder::new()
        .title(format!("Symbolon {}", family.title))
        .description(Some(family.description))
        .version(env!("CARGO_PKG_VERSION"))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url("/").build()]);
    let components = document.components.get_or_insert_default();
    if family.style != Style::Protocol {
        components.schemas.insert(ErrorBody::name().into_owned(), ErrorBody::schema());
    }
    for scheme in family.schemes {
        let (credentials, login) = security_schemes(scheme, tenant_id);
        components.add_security_scheme(scheme.name, credentials);
        components.add_security_scheme(scheme.login_name(), login);
    }
    for (path, item) in &mut document.paths.paths {
        complete(family.style, path, item, tenant_id);
    }
    document
}

/// The documents as files: a name and pretty JSON for each family, with the URLs of tenant `default`.
pub fn files() -> impl Iterator<Item = (String, String)> {
    FAMILIES.iter().map(|family| {
        let text = document(family, "default").to_pretty_json();
        (format!("{}.json", family.name), text.expect("a document has string keys only") + "\n")
    })
}

fn render(family: &Family) -> String {
    serde_json::to_string(&document(family, TENANT)).expect("a document has string keys only")
}

/// Tokens by client credentials, and by the login of a person. URLs are relative: they hold under whatever host the
/// document was read from.
fn security_schemes(scheme: &Scheme, tenant_id: &str) -> (SecurityScheme, SecurityScheme) {
    let tenant = match scheme.issuer {
        Issuer::TenantOfPath => tenant_id,
        Issuer::SystemTenant => SYSTEM_TENANT,
    };
    let workspace = format!("/{tenant}/{}", scheme.workspace);
    let token = format!("{workspace}/oauth2/token");
    let authorize = format!("{workspace}/oauth2/authorize");
    let scopes = || Scopes::from_iter(scheme.scopes.iter().copied());
    let credentials = Flow::ClientCredentials(ClientCredentials::new(&token, scopes()));
    let login = Flow::AuthorizationCode(AuthorizationCode::new(authorize, token, scopes()));
    (
        SecurityScheme::OAuth2(OAuth2::with_description(
            [credentials],
            format!(
                "A client of workspace {workspace} with its secret. With no scope chosen it gets all it has."
            ),
        )),
        SecurityScheme::OAuth2(OAuth2::with_description(
            [login],
            format!("A person who signs in at workspace {workspace}."),
        )),
    )
}

/// Adds to the operations of a path what all have in common.
fn complete(style: Style, path: &str, item: &mut PathItem, tenant_id: &str) {
    let PathItem { get, put, post, delete, patch, .. } = item;
    // Which version a write is to change: a `POST` says it itself where it changes something.
    for (operation, changes) in [(get, false), (put, true), (post, false), (delete, true), (patch, true)] {
        let Some(operation) = operation else { continue };
        let parameters = operation.parameters.get_or_insert_default();
        let declared: Vec<String> = parameters.iter().filter_map(parameter_name).collect();
        let named = names(path).filter(|name| !declared.iter().any(|known| known == name));
        let mut added: Vec<_> = named.map(|name| RefOr::T(path_parameter(name, tenant_id))).collect();
        added.append(parameters);
        if changes {
            added.extend(IfMatch::into_params(|| None).into_iter().map(RefOr::T));
        }
        let conditional =
            added.iter().any(|parameter| parameter_name(parameter).as_deref() == Some("if-match"));
        *parameters = added;
        if style != Style::Protocol {
            add_errors(operation, conditional);
        }
    }
}

fn add_errors(operation: &mut Operation, conditional: bool) {
    use StatusCode as S;
    let has_body = operation.request_body.is_some();
    let possible = [
        (true, S::UNAUTHORIZED, "No access token, or not a good one"),
        (true, S::FORBIDDEN, "The access token lacks the scope"),
        (true, S::NOT_FOUND, "No such thing, or none that the caller may see"),
        (has_body, S::BAD_REQUEST, "The request cannot be read"),
        (has_body, S::PAYLOAD_TOO_LARGE, "The body is longer than the limit"),
        (has_body, S::UNSUPPORTED_MEDIA_TYPE, "The body is of another type"),
        (
            has_body,
            S::UNPROCESSABLE_ENTITY,
            "The body cannot be accepted; `details` names every member at fault",
        ),
        (conditional, S::PRECONDITION_FAILED, "`if-match` names another version"),
        (true, S::TOO_MANY_REQUESTS, "Too many requests"),
        (true, S::SERVICE_UNAVAILABLE, "The store does not answer"),
    ];
    for (status, description) in
        possible.into_iter().filter(|(can_be, ..)| *can_be).map(|(_, status, text)| (status, text))
    {
        operation.responses.responses.entry(status.as_str().to_owned()).or_insert_with(|| {
            let content =
                ContentBuilder::new().schema(Some(Ref::from_schema_name(ErrorBody::name()))).build();
            ResponseBuilder::new()
                .description(description)
                .content("application/json", content)
                .build()
                .into()
        });
    }
}

fn parameter_name(parameter: &RefOr<Parameter>) -> Option<String> {
    match parameter {
        RefOr::T(parameter) => Some(parameter.name.clone()),
        RefOr::Ref(_) => None,
    }
}

/// The names in a path template.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn path_parameter(name: &str, tenant_id: &str) -> Parameter {
    let (description, default) = match name {
        "tid" => ("Tenant id", Some(tenant_id)),
        "wid" | "aid" => ("Workspace id", None),
        "cid" => ("Client id", None),
        "iid" => ("Identity provider id", None),
        "scp" => ("Scope id", None),
        "sid" => ("Service id", None),
        "kid" => ("Key id", None),
        _ => ("", None),
    };
    let schema = ObjectBuilder::new().schema_type(Type::String).default(default.map(Into::into)).build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description).filter(|text| !text.is_empty()))
        .schema(Some(schema))
        .build()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    fn documents() -> impl Iterator<Item = (&'static str, Value)> {
        FAMILIES.iter().map(|family| (family.name, serde_json::to_value(document(family, "acme")).unwrap()))
    }

    fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
        let paths = document["paths"].as_object().unwrap();
        paths.iter().flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
        })
    }

    #[test]
    fn every_operation_says_who_may_call_it() {
        for (family, document) in documents().filter(|(family, _)| *family != "oauth2") {
            let schemes = document["components"]["securitySchemes"].as_object().unwrap();
            for (path, method, operation) in operations(&document) {
                let either =
                    operation["security"].as_array().unwrap_or_else(|| panic!("{family} {method} {path}"));
                assert_eq!(either.len(), 2, "{method} {path}");
                for (scheme, scopes) in either.iter().flat_map(|one| one.as_object().unwrap()) {
                    assert!(schemes.contains_key(scheme), "{method} {path}: {scheme}");
                    assert_eq!(scopes.as_array().unwrap().len(), 1, "{method} {path}");
                }
                assert!(
                    operation["responses"]["401"].is_object() && operation["responses"]["403"].is_object()
                );
            }
        }
    }

    #[test]
    fn every_name_in_a_path_is_a_parameter_and_every_id_is_used_once() {
        for (family, document) in documents() {
            let mut ids = HashSet::new();
            for (path, method, operation) in operations(&document) {
                assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{family} {method} {path}");
                let parameters = operation["parameters"].as_array().unwrap();
                for name in names(path) {
                    let found =
                        parameters.iter().filter(|known| known["name"] == name && known["in"] == "path");
                    assert_eq!(found.count(), 1, "{method} {path}: {name}");
                }
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(members) => {
                    found.extend(members.get("$ref").and_then(Value::as_str));
                    members.values().for_each(|member| references(member, found));
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        for (family, document) in documents() {
            let mut found = Vec::new();
            references(&document, &mut found);
            assert!(!found.is_empty());
            for reference in found {
                assert!(document.pointer(&reference[1..]).is_some(), "{family}: {reference}");
            }
        }
    }

    #[test]
    fn tokens_come_from_the_tenant_the_document_is_for() {
        let text = Documents::new().find("admin", "acme").unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let scheme = &document["components"]["securitySchemes"]["admin"]["flows"]["clientCredentials"];
        assert_eq!(scheme["tokenUrl"], "/acme/admin/oauth2/token");
        let login = &document["components"]["securitySchemes"]["admin_login"]["flows"]["authorizationCode"];
        assert_eq!(login["authorizationUrl"], "/acme/admin/oauth2/authorize");
        assert!(!text.contains("u0001"));
    }

    #[test]
    fn writes_take_the_version_they_change() {
        let (_, document) = documents().next().unwrap();
        let names = |operation: &Value| -> Vec<String> {
            let parameters = operation["parameters"].as_array().unwrap();
            parameters.iter().map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
        };
        let client = &document["paths"]["/api/admin/{tid}/clients/{cid}"];
        assert!(names(&client["put"]).contains(&"if-match".to_owned()));
        assert!(names(&client["delete"]).contains(&"if-match".to_owned()));
        assert!(!names(&client["get"]).contains(&"if-match".to_owned()));
    }
}
