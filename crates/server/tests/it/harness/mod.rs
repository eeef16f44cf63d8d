//! What the tests stand on: [`TestApp`] is a whole server, [`Request`] a request to it, [`Answer`] what came back.
//!
//! ```ignore
//! let app = TestApp::new().await;
//! app.add_client(json!({"client_id": "c", "client_secret": SECRET, "grant_types": ["client_credentials"]})).await;
//! let answer = app.post(TOKEN).basic("c", SECRET).form(&[("grant_type", "client_credentials")]).await;
//! assert_eq!(answer.status, 200);
//! ```

mod answer;
mod app;
mod browser;
mod certificates;
mod dpop;
mod grants;
mod issuer;
mod page;
mod people;
mod recipient;
mod remote;
mod request;
mod signer;
mod variation;

pub(crate) use answer::{Answer, decode};
pub(crate) use app::{NOW, TestApp};
pub(crate) use browser::Browser;
pub(crate) use certificates::{TestAuthority, TestCertificate};
pub(crate) use dpop::{DpopKey, Proof};
pub(crate) use grants::TestCode;
pub(crate) use issuer::TestIssuer;
pub(crate) use people::{AUTHORIZE, CALLBACK, LOGOUT, authorize, client, request, request_with};
pub(crate) use recipient::Recipient;
pub(crate) use remote::Remote;
pub(crate) use request::Request;
pub(crate) use signer::{Signer, mac, mac_with_header, unsigned};
pub(crate) use variation::changed;

/// The token endpoint of the workspace that tests use unless they say otherwise.
pub(crate) const TOKEN: &str = "/default/default/oauth2/token";
/// A client secret.
pub(crate) const SECRET: &str = "wPeimtcljkdBeG19Xc3OXD41iZo0zxdg";
