//! Values on the wire: TEXT, BIGINT and BYTEA.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::db::{Row, Value};
use crate::error::{Result, StoreError};

impl ToSql for Value {
    /// What does not fit is refused by the server, so that a pipelined transaction fails as a whole.
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Text(text) => out.put_slice(text.as_bytes()),
            Self::Int(n) => out.put_i64(*n),
            Self::Bytes(bytes) => out.put_slice(bytes),
            Self::Null => return Ok(IsNull::Yes),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *ty {
            Type::TEXT => Self::Text(std::str::from_utf8(raw)?.to_owned()),
            Type::INT8 => Self::Int(i64::from_be_bytes(raw.try_into()?)),
            Type::INT4 => Self::Int(i32::from_be_bytes(raw.try_into()?).into()),
            Type::BYTEA => Self::Bytes(raw.to_vec()),
            _ => Self::Null,
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        // VOID: what pg_notify returns.
        matches!(*ty, Type::TEXT | Type::INT8 | Type::INT4 | Type::BYTEA | Type::VOID)
    }
}

/// Rows affected, and the rows.
pub(super) fn rows(answer: &(u64, Vec<tokio_postgres::Row>)) -> Result<(u64, Vec<Row>)> {
    let rows = answer.1.iter().map(row).collect::<Result<Vec<_>>>()?;
    Ok((answer.0, rows))
}

fn row(row: &tokio_postgres::Row) -> Result<Row> {
    let values = (0..row.len()).map(|i| row.try_get(i)).collect::<Result<Vec<Value>, _>>();
    values.map(Row).map_err(|e| StoreError::Corrupt(e.to_string()))
}
