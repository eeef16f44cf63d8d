//! Removes what has expired, in small batches.

use crate::config::SWEPT_AT_ONCE;
use crate::db::Statement;
use crate::error::Result;
use crate::store::Store;

/// A table, its key, and how long a row stays after it expired, ms.
struct Swept {
    table: &'static str,
    key: &'static str,
    kept: i64,
}

/// A second use of a code is told from an unknown code for so long.
const REPLAY_WINDOW: i64 = 10 * 60 * 1000;
/// A signed access token asks for its grant as long as it lives, and one that was issued with the last use of a
/// refresh token lives on after that.
const GRANT_WINDOW: i64 = 24 * 60 * 60 * 1000;

/// A pushed request is answered within the life of the interaction that was begun with it.
const ANSWER_WINDOW: i64 = 60 * 60 * 1000;

const SWEPT: &[Swept] = &[
    Swept { table: "used_values", key: "tenant_id, workspace_id, kind, value_hash", kept: 0 },
    Swept { table: "codes", key: "tenant_id, workspace_id, code_hash", kept: REPLAY_WINDOW },
    Swept { table: "authorize_sessions", key: "tenant_id, workspace_id, id_hash", kept: 0 },
    Swept { table: "pushed_requests", key: "tenant_id, workspace_id, id_hash", kept: ANSWER_WINDOW },
    Swept { table: "sessions", key: "tenant_id, workspace_id, id_hash", kept: 0 },
    Swept { table: "access_tokens", key: "tenant_id, workspace_id, token_hash", kept: 0 },
    Swept { table: "revoked_tokens", key: "tenant_id, workspace_id, jti_hash", kept: 0 },
    Swept { table: "refresh_tokens", key: "tenant_id, workspace_id, token_hash", kept: 0 },
    Swept {
        table: "detail_consents",
        key: "tenant_id, workspace_id, subject, client_id, detail_hash",
        kept: 0,
    },
    Swept { table: "decoupled_requests", key: "tenant_id, workspace_id, id_hash", kept: REPLAY_WINDOW },
    Swept { table: "logout_notices", key: "tenant_id, workspace_id, id", kept: 0 },
    // Last: what is issued from a grant goes before it.
    Swept { table: "grants", key: "tenant_id, workspace_id, id", kept: GRANT_WINDOW },
];

/// How many rows a sweep removed, for each table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Table and rows.
    pub deleted: Vec<(&'static str, u64)>,
    /// True when a table may hold more that has expired: sweep again soon.
    pub more: bool,
}

impl Store {
    /// Removes up to `batch` expired rows of each table, one transaction a table. `now` is unix ms.
    pub async fn sweep(&self, now: i64, batch: u32) -> Result<SweepReport> {
        let mut report = SweepReport::default();
        for Swept { table, key, kept } in SWEPT {
            let sql = format!(
                "DELETE FROM {table} WHERE ({key}) IN \
                 (SELECT {key} FROM {table} WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
            );
            let statement = Statement::new(sql, [(now - kept).into(), i64::from(batch).into()]);
            let deleted = self.db.write_one(statement).await?.rows_affected;
            report.more |= deleted >= u64::from(batch);
            report.deleted.push((table, deleted));
        }
        let unused = self.sweep_unused_clients(now, batch).await?;
        report.more |= unused >= u64::from(batch.min(SWEPT_AT_ONCE));
        report.deleted.push(("clients", unused));
        Ok(report)
    }

    /// Rows in each table, for metrics. Counts them: call it every few minutes, not for each scrape.
    pub async fn row_counts(&self) -> Result<Vec<(&'static str, i64)>> {
        let config = ["tenants", "workspaces", "clients", "registrations", "accounts", "scope_grants"];
        let mut counts = Vec::new();
        for table in config.into_iter().chain(SWEPT.iter().map(|swept| swept.table)) {
            let rows = self.db.list(Statement::new(format!("SELECT COUNT(*) FROM {table}"), [])).await?;
            if let Some(row) = rows.first() {
                counts.push((table, row.int(0)?));
            }
        }
        Ok(counts)
    }
}
