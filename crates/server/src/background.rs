//! What runs beside the requests: following changes of configuration, sweeping what has expired, counting rows,
//! telling clients of logouts and of answers that were given elsewhere.

use std::time::Duration;

use symbolon_store::ConfigChanges;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::metrics::TableLabel;
use crate::oauth2::backchannel_authentication::notify;
use crate::oauth2::backchannel_logout::deliver;

/// Pause after an error of the store.
const RETRY: Duration = Duration::from_secs(1);
/// Pause between sweeps that found nothing left to do.
const SWEEP_INTERVAL: Duration = Duration::from_secs(30);
/// Pause between batches while there is more.
const BETWEEN_BATCHES: Duration = Duration::from_millis(50);
/// Pause between counts of all rows: a count reads a whole table.
const COUNT_INTERVAL: Duration = Duration::from_secs(300);
/// Rows that one sweep deletes at most, per table: short transactions, which let requests through in between.
const SWEEP_BATCH: u32 = 500;

/// Starts the background work. It ends when `stop` is cancelled.
pub fn start(app: &App, stop: &CancellationToken) -> Vec<JoinHandle<()>> {
    let run = |work: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>| {
        let stop = stop.clone();
        tokio::spawn(async move {
            let _ended = stop.run_until_cancelled(work).await;
        })
    };
    vec![
        run(Box::pin(follow_changes(app.clone()))),
        run(Box::pin(sweep(app.clone()))),
        run(Box::pin(count_rows(app.clone()))),
        run(Box::pin(deliver::run(app.clone()))),
        run(Box::pin(notify::run(app.clone()))),
    ]
}

/// Drops from memory what others have changed.
async fn follow_changes(app: App) {
    loop {
        let mut changes = match app.store.subscribe().await {
            Ok(changes) => changes,
            Err(error) => {
                tracing::warn!(%error, "cannot follow changes of the configuration");
                tokio::time::sleep(RETRY).await;
                continue;
            }
        };
        // What changed before the subscription began is not told.
        app.snapshots.invalidate_all();
        loop {
            match changes.next().await {
                Ok(ConfigChanges::Everything(_)) => app.snapshots.invalidate_all(),
                Ok(ConfigChanges::These(changes)) => {
                    for change in changes {
                        match &change.workspace_id {
                            Some(workspace_id) => app.snapshots.invalidate(&change.tenant_id, workspace_id),
                            None => app.snapshots.invalidate_tenant(&change.tenant_id),
                        }
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot follow changes of the configuration");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }
}

/// Deletes what has expired, in small batches, for ever.
async fn sweep(app: App) {
    loop {
        let pause = match app.store.sweep(app.clock.now().millis(), SWEEP_BATCH).await {
            Ok(report) => {
                for (table, rows) in &report.deleted {
                    let table = TableLabel { table };
                    app.metrics.rows_swept.get_or_create(&table).inc_by(*rows);
                }
                if report.more {
                    BETWEEN_BATCHES
                } else {
                    app.metrics.last_sweep.set(app.clock.now().seconds());
                    SWEEP_INTERVAL
                }
            }
            Err(error) => {
                tracing::warn!(%error, "expired rows could not be swept");
                SWEEP_INTERVAL
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Counts the rows of every table for the metrics, for ever.
async fn count_rows(app: App) {
    loop {
        match app.store.row_counts().await {
            Ok(counts) => {
                for (table, rows) in counts {
                    app.metrics.rows.get_or_create(&TableLabel { table }).set(rows);
                }
            }
            Err(error) => tracing::warn!(%error, "rows could not be counted"),
        }
        tokio::time::sleep(COUNT_INTERVAL).await;
    }
}
