//! Clients that nobody registers: the `client_id` is the https URL of a document that describes the client
//! (draft-ietf-oauth-client-id-metadata-document).
//!
//! Such a client is known by the host that it is described at, and by nothing else: the person is told the host and is
//! asked every time. Documents are remembered as long as their host says, within bounds; what cannot be read or used is
//! not remembered. Nothing is written.

mod identifier;
mod read;

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use quick_cache::sync::Cache;
use serde_json::Value;
use symbolon_protocol::OAuthError;
use symbolon_store::entity::server::ClientIdMetadataDocumentSettings;

use crate::app::App;
use crate::clock::Timestamp;
use crate::fetch::{self, FetchError};
use crate::rate::Rate;
use crate::snapshot::{Client, Workspace};

/// Largest document that is read, in bytes. The draft recommends 5 KB at least to be served; key sets need more.
const MAX_BYTES: usize = 16 * 1024;
/// How many documents are remembered.
const DOCUMENTS: usize = 2_000;
/// How many clients are remembered that were made of them: one for each workspace.
const CLIENTS: usize = 10_000;
/// A document counts for so many seconds when its host does not say.
const USUAL_SECONDS: i64 = 300;
/// And at least, and at most, for so many, whatever the host says.
const SHORTEST_SECONDS: i64 = 60;
const LONGEST_SECONDS: i64 = 24 * 3600;
/// While the host does not answer, what it said before counts for so many seconds more.
const STALE_SECONDS: i64 = 3600;
/// Who has a token can have its client looked for as often as they send it, whether or not the host answers: it is
/// asked so many times a minute.
const KNOWN_PER_MINUTE: usize = 6;

/// Whether clients may describe themselves in the workspace.
pub fn is_served(workspace: &Workspace) -> bool {
    settings(workspace).is_some()
}

fn settings(workspace: &Workspace) -> Option<&ClientIdMetadataDocumentSettings> {
    workspace.server.client_id_metadata_documents.as_ref().filter(|settings| settings.enabled)
}

/// Whether the identifier is one of a client that describes itself. No identifier that is registered has a slash.
pub fn is_url(client_id: &str) -> bool {
    client_id.starts_with("https://")
}

/// Documents that were read, and the clients that were made of them.
pub struct ClientDocuments {
    documents: Cache<String, Arc<Place>>,
    clients: Cache<(u64, Box<str>), Made>,
    /// How often a host was asked because of something of ours.
    seldom: Rate,
}

/// A client, and the document that it was made of.
type Made = (Arc<Document>, Arc<Client>);

/// One URL.
#[derive(Default)]
struct Place {
    /// Held by the one who asks, so that a hundred requests at once ask once.
    asking: tokio::sync::Mutex<()>,
    known: Mutex<Option<Arc<Document>>>,
}

#[derive(Debug)]
struct Document {
    members: Value,
    fresh_until: i64,
}

impl Default for ClientDocuments {
    fn default() -> Self {
        let seldom = Rate::per_minute(KNOWN_PER_MINUTE);
        Self { documents: Cache::new(DOCUMENTS), clients: Cache::new(CLIENTS), seldom }
    }
}

impl fmt::Debug for ClientDocuments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientDocuments({})", self.documents.len())
    }
}

/// Finds the client that is described at `url`; `None` where the workspace does not let clients describe themselves.
/// `may_ask` is asked before its host is.
///
/// # Errors
/// `invalid_client` when URL or document are not as they must be, `temporarily_unavailable` when the host does not
/// answer.
pub async fn find(
    app: &App,
    workspace: &Workspace,
    now: Timestamp,
    url: &str,
    may_ask: impl FnOnce() -> Result<(), OAuthError>,
) -> Result<Option<Arc<Client>>, OAuthError> {
    let Some(settings) = settings(workspace) else { return Ok(None) };
    let host = identifier::host(url)?;
    identifier::check_allowed(settings, &host)?;
    let memory = &app.memory.client_documents;
    let document = memory.document(app, now, url, may_ask).await?;
    let key = (workspace.generation(), Box::from(url));
    if let Some((of, client)) = memory.clients.get(&key)
        && Arc::ptr_eq(&of, &document)
    {
        return Ok(Some(client));
    }
    let entity = read::client(app, workspace, settings, url, &document.members)
        // The draft, §4.4: what cannot be used is not kept, so that whoever mends it need not wait.
        .inspect_err(|_| memory.forget(url, &document))?;
    let client = Arc::new(Client::described_at(entity, host));
    memory.clients.insert(key, (document, Arc::clone(&client)));
    Ok(Some(client))
}

/// Whether the host of a client may be asked that something of ours names: not again and again.
///
/// # Errors
/// `temporarily_unavailable`.
pub fn may_ask_again(app: &App, now: Timestamp, url: &str) -> Result<(), OAuthError> {
    app.memory.client_documents.seldom.count(&url, now).map_err(|seconds| {
        OAuthError::temporarily_unavailable("client_document_asked_too_often")
            .description("The client metadata document at the client_id could not be read.")
            .detail(format!("its host is asked again in {seconds} s"))
            .got(url)
    })
}

impl ClientDocuments {
    fn forget(&self, url: &str, document: &Arc<Document>) {
        let known = self.documents.get(url);
        if let Some(place) =
            known.filter(|place| place.known().is_some_and(|known| Arc::ptr_eq(&known, document)))
        {
            place.learn(None);
        }
    }

    async fn document(
        &self,
        app: &App,
        now: Timestamp,
        url: &str,
        may_ask: impl FnOnce() -> Result<(), OAuthError>,
    ) -> Result<Arc<Document>, OAuthError> {
        let new = || Ok::<_, Infallible>(Arc::<Place>::default());
        let Ok(place) = self.documents.get_or_insert_with(url, new);
        if let Some(document) = place.fresh(now) {
            return Ok(document);
        }
        let asking = place.asking.lock().await;
        // Whoever held the lock may have brought it.
        if let Some(document) = place.fresh(now) {
            return Ok(document);
        }
        let read = match may_ask() {
            Ok(()) => fetch(app, now, url).await,
            Err(error) => Err(Failure::Silent(error)),
        };
        let outcome = match read {
            Ok(document) => {
                let document = Arc::new(document);
                place.learn(Some(Arc::clone(&document)));
                Ok(document)
            }
            Err(Failure::Silent(error)) => place.stale(now).ok_or(error),
            // The host has answered: the client is no more what it was.
            Err(Failure::Answer(error)) => {
                place.learn(None);
                Err(error)
            }
        };
        drop(asking);
        outcome
    }
}

impl Place {
    fn known(&self) -> Option<Arc<Document>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, document: Option<Arc<Document>>) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = document;
    }

    fn fresh(&self, now: Timestamp) -> Option<Arc<Document>> {
        self.known().filter(|document| now.seconds() < document.fresh_until)
    }

    fn stale(&self, now: Timestamp) -> Option<Arc<Document>> {
        self.known().filter(|document| now.seconds() < document.fresh_until + STALE_SECONDS)
    }
}

/// Why there is no document.
enum Failure {
    /// The host did not answer, or must not be asked now.
    Silent(OAuthError),
    /// It answered with something else.
    Answer(OAuthError),
}

async fn fetch(app: &App, now: Timestamp, url: &str) -> Result<Document, Failure> {
    let fetched = app.fetcher.get_document(url, MAX_BYTES).await;
    let fetch::Document { body, media_type, max_age } = fetched.map_err(|error| match error {
        FetchError::Status { status, .. } if !status.is_server_error() => {
            Failure::Answer(refused("client_document_status").detail(&error).got(status))
        }
        FetchError::TooLarge { .. } => Failure::Answer(refused("client_document_too_large").detail(&error)),
        FetchError::PrivateAddress(_) | FetchError::NotHttps(_) => {
            Failure::Answer(refused("client_document_not_public").detail(&error))
        }
        // What was seen is not told: it would let a stranger look around in this server's network.
        error => Failure::Silent(
            OAuthError::temporarily_unavailable("client_document_unreadable")
                .description("The client metadata document at the client_id could not be read.")
                .detail(&error)
                .got(url),
        ),
    })?;
    // The draft, §4: application/json, or a type that ends with +json.
    let media_type = media_type.unwrap_or_default();
    let is_json = media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    if !is_json {
        let error = refused("client_document_type").expected("application/json").got(media_type);
        return Err(Failure::Answer(error));
    }
    let members = serde_json::from_slice::<Value>(&body).ok().filter(Value::is_object);
    let members = members.ok_or_else(|| Failure::Answer(refused("client_document_not_json")))?;
    let seconds = max_age.unwrap_or(USUAL_SECONDS).clamp(SHORTEST_SECONDS, LONGEST_SECONDS);
    Ok(Document { members, fresh_until: now.seconds() + seconds })
}

fn refused(reason: &'static str) -> OAuthError {
    OAuthError::invalid_client(reason).description(
        "There is no client metadata document at the client_id: it must answer with 200 and a JSON object of at most \
         16 KiB, of type application/json, without redirecting.",
    )
}
