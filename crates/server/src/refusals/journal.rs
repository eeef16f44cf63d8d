//! The bounded journal: a ring in memory, and a thread that writes what came to files, in batches.

use std::{
    collections::VecDeque,
    fmt, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
};

use prometheus_client::metrics::counter::Counter;
use time::OffsetDateTime;

use super::{
    Refusal,
    files::{self, FILE_LIMIT, Files, find_in_folder},
};

/// Most records in memory.
const RING_RECORDS: usize = 10_000;
/// Most bytes of records in memory.
const RING_BYTES: usize = 8 << 20;
/// Lines that may wait for the disk; more are kept in memory only, and counted.
const QUEUE: usize = 4096;
/// Most bytes of one write.
const BATCH_BYTES: usize = 256 << 10;
/// How much of the files a restart brings back into memory.
const TAIL_BYTES: u64 = 1 << 20;

/// The journal of refused requests. Cloning it is cheap.
#[derive(Clone)]
pub struct Refusals(Arc<Journal>);

struct Journal {
    ring: Mutex<Ring>,
    folder: Option<PathBuf>,
    writer: Mutex<Option<Writer>>,
    dropped: Counter,
}

struct Writer {
    queue: SyncSender<Arc<str>>,
    thread: JoinHandle<()>,
}

/// Which records to list. The tenant is not optional: nobody sees another tenant's.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    /// Tenant whose records these are.
    pub tenant_id: &'a str,
    /// Only of this workspace.
    pub workspace_id: Option<&'a str>,
    /// Only of this client.
    pub client_id: Option<&'a str>,
    /// Only of this endpoint: its route pattern, or the end of it, such as `/oauth2/token`.
    pub endpoint: Option<&'a str>,
    /// Only from then on.
    pub since: Option<OffsetDateTime>,
    /// Only older than the record with this request id: the next page.
    pub after: Option<&'a str>,
    /// At most so many.
    pub limit: usize,
}

impl<'a> Filter<'a> {
    /// The newest 100 of a tenant.
    #[must_use]
    pub fn of_tenant(tenant_id: &'a str) -> Self {
        Self {
            tenant_id,
            workspace_id: None,
            client_id: None,
            endpoint: None,
            since: None,
            after: None,
            limit: 100,
        }
    }

    fn matches(&self, record: &Refusal) -> bool {
        let same = |wanted: Option<&str>, has: Option<&str>| wanted.is_none() || wanted == has;
        record.tenant_id.as_deref() == Some(self.tenant_id)
            && same(self.workspace_id, record.workspace_id.as_deref())
            && same(self.client_id, record.client_id.as_deref())
            && self.endpoint.is_none_or(|endpoint| record.endpoint.ends_with(endpoint))
            && self.since.is_none_or(|since| record.time >= since)
    }
}

impl Refusals {
    /// A journal in memory alone.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::new(None, None, Counter::default())
    }

    /// A journal with files in `folder`, which must exist. `dropped` counts what did not reach them.
    ///
    /// # Errors
    /// When the file cannot be opened or the thread not started.
    pub fn open(folder: &Path, dropped: Counter) -> io::Result<Self> {
        Self::open_with_limit(folder, dropped, FILE_LIMIT)
    }

    pub(super) fn open_with_limit(folder: &Path, dropped: Counter, limit: u64) -> io::Result<Self> {
        let files = Files::open(folder, limit)?;
        let (queue, lines) = sync_channel(QUEUE);
        let lost = dropped.clone();
        let thread = std::thread::Builder::new()
            .name("refusals".to_owned())
            .spawn(move || write_all(files, &lines, &lost))?;
        let journal = Self::new(Some(folder.to_owned()), Some(Writer { queue, thread }), dropped);
        let mut ring = journal.ring();
        for line in files::tail(folder, TAIL_BYTES)? {
            ring.push(line.into());
        }
        drop(ring);
        Ok(journal)
    }

    fn new(folder: Option<PathBuf>, writer: Option<Writer>, dropped: Counter) -> Self {
        Self(Arc::new(Journal { ring: Mutex::default(), folder, writer: Mutex::new(writer), dropped }))
    }

    /// Keeps a record. Never waits for the disk.
    pub fn record(&self, refusal: Refusal) {
        // A struct of texts and numbers always has a JSON form.
        let Ok(mut line) = serde_json::to_string(&refusal.bounded()) else { return };
        line.push('\n');
        let line: Arc<str> = line.into();
        self.ring().push(Arc::clone(&line));
        let queue = self.writer().as_ref().map(|writer| writer.queue.clone());
        if let Some(Err(TrySendError::Full(_))) = queue.map(|queue| queue.try_send(line)) {
            self.0.dropped.inc();
        }
    }

    /// The record of a request, if the tenant is the request's: from memory, else from the files.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub async fn find(&self, tenant_id: &str, request_id: &str) -> io::Result<Option<Refusal>> {
        let of_tenant = |record: &Refusal| record.tenant_id.as_deref() == Some(tenant_id);
        let in_memory =
            self.newest_first().find(|record| record.request_id == request_id && of_tenant(record));
        let (None, Some(folder)) = (&in_memory, self.0.folder.clone()) else { return Ok(in_memory) };
        let request_id = request_id.to_owned();
        let found = tokio::task::spawn_blocking(move || find_in_folder(&folder, &request_id)).await;
        Ok(found.map_err(io::Error::other)??.filter(of_tenant))
    }

    /// Records, newest first, as far as memory holds them.
    #[must_use]
    pub fn list(&self, filter: &Filter<'_>) -> Vec<Refusal> {
        let mut records = self.newest_first();
        if let Some(after) = filter.after {
            records.find(|record| record.request_id == after);
        }
        records.filter(|record| filter.matches(record)).take(filter.limit).collect()
    }

    /// Writes what is waiting and stops the thread. Later records stay in memory.
    pub fn close(&self) {
        if let Some(Writer { queue, thread }) = self.writer().take() {
            drop(queue);
            if thread.join().is_err() {
                tracing::error!("the refusal journal's thread panicked");
            }
        }
    }

    fn newest_first(&self) -> impl Iterator<Item = Refusal> + use<> {
        self.lines_newest_first().filter_map(|line| serde_json::from_str(&line).ok())
    }

    /// A copy, so that nobody who is refused waits for a reader.
    fn lines_newest_first(&self) -> impl Iterator<Item = Arc<str>> + use<> {
        let lines: Vec<Arc<str>> = self.ring().lines.iter().rev().cloned().collect();
        lines.into_iter()
    }

    fn ring(&self) -> std::sync::MutexGuard<'_, Ring> {
        self.0.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> std::sync::MutexGuard<'_, Option<Writer>> {
        self.0.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Refusals")
    }
}

/// The newest records, as the lines they are in the files: bounded by number and by bytes.
#[derive(Debug, Default)]
struct Ring {
    lines: VecDeque<Arc<str>>,
    bytes: usize,
}

impl Ring {
    fn push(&mut self, line: Arc<str>) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.lines.len() > RING_RECORDS || self.bytes > RING_BYTES {
            let Some(oldest) = self.lines.pop_front() else { break };
            self.bytes -= oldest.len();
        }
    }
}

fn write_all(mut files: Files, lines: &Receiver<Arc<str>>, dropped: &Counter) {
    let mut failed = false;
    let mut batch = String::new();
    while let Ok(first) = lines.recv() {
        batch.clear();
        batch.push_str(&first);
        let mut count = 1;
        while batch.len() < BATCH_BYTES {
            let Ok(line) = lines.try_recv() else { break };
            batch.push_str(&line);
            count += 1;
        }
        match files.append(&batch) {
            Ok(()) => failed = false,
            Err(error) => {
                dropped.inc_by(count);
                // Once for each outage: a full disk must not fill the log too.
                if !failed {
                    tracing::error!(%error, "the refusal journal cannot be written");
                }
                failed = true;
            }
        }
    }
}
