//! Hears of changes of configuration on other nodes: NOTIFY, on a connection of its own.

use std::future::poll_fn;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Config, NoTls, Socket};

use super::tls::RustlsConnector;

/// Sent in the transaction that changes configuration, so it arrives when that is committed.
pub(super) const NOTIFY: &str = "SELECT pg_notify('symbolon_config', '')";

const LISTEN: &str = "LISTEN symbolon_config";

/// Before the next attempt to connect. A poll covers what is missed meanwhile.
const PAUSE: Duration = Duration::from_secs(1);

/// The task that listens; ends with this.
pub(super) struct Listener {
    signal: watch::Sender<u64>,
    task: JoinHandle<()>,
}

impl Listener {
    pub(super) fn start(config: Config, tls: Option<RustlsConnector>) -> Self {
        let signal = watch::Sender::new(0);
        let sender = signal.clone();
        let task = tokio::spawn(async move {
            loop {
                let ended = match &tls {
                    Some(tls) => listen(&config, tls.clone(), &sender).await,
                    None => listen(&config, NoTls, &sender).await,
                };
                if let Err(error) = ended {
                    tracing::warn!(%error, "not listening for changes of configuration; polling goes on");
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self { signal, task }
    }

    pub(super) fn signal(&self) -> watch::Receiver<u64> {
        self.signal.subscribe()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Until the connection ends.
async fn listen<T>(config: &Config, tls: T, signal: &watch::Sender<u64>) -> Result<(), tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, mut connection) = config.connect(tls).await?;
    let listening = client.batch_execute(LISTEN);
    tokio::pin!(listening);
    let mut asked = false;
    loop {
        tokio::select! {
            result = &mut listening, if !asked => {
                result?;
                asked = true;
                // Something may have changed while nobody listened.
                signal.send_modify(|n| *n += 1);
            }
            message = poll_fn(|cx| connection.poll_message(cx)) => match message {
                Some(Ok(AsyncMessage::Notification(_))) => signal.send_modify(|n| *n += 1),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            }
        }
    }
}
