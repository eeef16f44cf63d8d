//! The master key: whether it is the right one, and its rotation.

use crate::db::{Row, Statement, Value};
use crate::error::{Result, StoreError};
use crate::seal::Binding;
use crate::store::Store;

/// A column of sealed values, and what its rows are told apart by.
struct Sealed {
    table: &'static str,
    key: &'static [&'static str],
}

const SEALED: &[Sealed] = &[
    Sealed { table: "workspaces", key: &["tenant_id", "id"] },
    Sealed { table: "clients", key: &["tenant_id", "id"] },
    Sealed { table: "idps", key: &["tenant_id", "id"] },
    Sealed { table: "accounts", key: &["tenant_id", "workspace_id", "id"] },
    Sealed { table: "signing_keys", key: &["tenant_id", "workspace_id", "kid"] },
];

const CHECK: Binding<'static> = Binding { table: "master_key_check", tenant: "", id: b"1" };

/// Rows read at once.
const PAGE: i64 = 200;

impl Store {
    /// Seals anew, with the current master key, what older ones sealed. Returns how many values. Older keys are
    /// no longer needed afterwards, but for what other nodes sealed with them meanwhile.
    pub async fn reseal(&self) -> Result<u64> {
        let mut count = 0;
        for sealed in SEALED {
            count += self.reseal_table(sealed).await?;
        }
        let row =
            self.master_key_row().await?.ok_or_else(|| StoreError::Corrupt("no key check".to_owned()))?;
        if !self.keys.is_current(row.bytes(0)?) {
            let update = Statement::new(
                "UPDATE master_key_check SET sealed = $1 WHERE id = 1",
                [self.keys.seal(&CHECK, b"")?.into()],
            );
            self.db.write_one(update).await?;
        }
        Ok(count)
    }

    async fn reseal_table(&self, Sealed { table, key }: &Sealed) -> Result<u64> {
        let columns = key.join(", ");
        let places = |from: usize| (from..from + key.len()).map(|i| format!("${i}")).collect::<Vec<_>>();
        let select = format!(
            "SELECT {columns}, sealed FROM {table} WHERE ({columns}) > ({}) AND sealed IS NOT NULL \
             ORDER BY {columns} LIMIT ${}",
            places(1).join(", "),
            key.len() + 1
        );
        // Only what is still as it was read: a change meanwhile has sealed it with the current key.
        let update = format!(
            "UPDATE {table} SET sealed = $1 WHERE sealed = $2 AND ({columns}) = ({})",
            places(3).join(", ")
        );
        let mut after = vec![Value::from(""); key.len()];
        let mut count = 0;
        loop {
            let params: Vec<Value> = after.iter().cloned().chain([PAGE.into()]).collect();
            let rows = self.db.list(Statement::new(select.clone(), params)).await?;
            let Some(last) = rows.last() else { return Ok(count) };
            after = row_key(last, key.len())?;
            for row in &rows {
                let old = row.bytes(key.len())?;
                if self.keys.is_current(old) {
                    continue;
                }
                let id = row_id(row, key.len())?;
                let binding = Binding { table, tenant: row.text(0)?, id: id.as_bytes() };
                let new = self.keys.seal(&binding, &self.keys.open(&binding, old)?)?;
                let mut params = vec![Value::from(new), old.into()];
                params.extend(row_key(row, key.len())?);
                count += self.db.write_one(Statement::new(update.clone(), params)).await?.rows_affected;
            }
        }
    }

    /// An error when the database was sealed with other master keys. The first start writes down a value to
    /// tell by.
    pub(crate) async fn check_master_key(&self) -> Result<()> {
        let row = match self.master_key_row().await? {
            Some(row) => row,
            None => {
                let insert = Statement::new(
                    "INSERT INTO master_key_check (id, sealed) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
                    [self.keys.seal(&CHECK, b"")?.into()],
                );
                self.db.write_one(insert).await?;
                // Another node may have been first, with another key.
                self.master_key_row().await?.ok_or_else(|| StoreError::Corrupt("no key check".to_owned()))?
            }
        };
        self.keys.open(&CHECK, row.bytes(0)?).map(drop)
    }

    async fn master_key_row(&self) -> Result<Option<Row>> {
        self.db.find(Statement::new("SELECT sealed FROM master_key_check WHERE id = 1", [])).await
    }
}

fn row_key(row: &Row, columns: usize) -> Result<Vec<Value>> {
    (0..columns).map(|i| Ok(row.text(i)?.into())).collect()
}

/// What the value is bound to, beside table and tenant.
fn row_id(row: &Row, columns: usize) -> Result<String> {
    let parts = (1..columns).map(|i| row.text(i)).collect::<Result<Vec<_>>>()?;
    Ok(parts.join("/"))
}
