//! What only PostgreSQL can meet: lost connections, locks of others, transactions it rolls back, several nodes.

use std::time::Duration;

use symbolon_store::entity::Client;
use symbolon_store::{ConfigChanges, Location, POLL_INTERVAL, PostgresOptions, Store, StoreError};
use tokio::time::timeout;
use tokio_postgres::NoTls;

use crate::backend::{NEVER, NOW, PATIENCE, Schema, client, keys};

/// A store of its own on the schema that waits for a connection for a short time, and for a statement so long.
async fn impatient(schema: &Schema, connections: usize, statement_timeout: Duration) -> Store {
    let Location::Postgres(options) = schema.location() else { unreachable!() };
    let wait_timeout = Duration::from_millis(300);
    let options = PostgresOptions { connections, wait_timeout, statement_timeout, ..options };
    Store::open(&Location::Postgres(options), keys(), NOW).await.unwrap()
}

/// A connection that holds a lock on every client until it is dropped.
async fn locked(schema: &Schema) -> tokio_postgres::Client {
    let (other, connection) = tokio_postgres::connect(schema.server(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let sql = format!("BEGIN; SELECT id FROM {}.clients FOR UPDATE", schema.name());
    other.batch_execute(&sql).await.unwrap();
    other
}

/// Waits until somebody waits for the lock.
async fn blocks(other: &tokio_postgres::Client) {
    let sql = "SELECT EXISTS (SELECT FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))";
    while !other.query_one(sql, &[]).await.unwrap().get::<_, bool>(0) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_lost_connection_is_replaced() {
    let Some(schema) = Schema::create().await else { return };
    let store = schema.store().await;
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    for round in 0..5 {
        schema.terminate_others().await;
        // A read is tried again by itself.
        w.load::<Client>("c").await.unwrap();
        schema.terminate_others().await;
        // A write is not, for it may have been kept: the caller is told, and asks again.
        let mut tries = 0;
        while let Err(error) = w.update(client("c"), None, NOW).await {
            assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
            tries += 1;
            assert!(tries < 20, "round {round}");
        }
    }
    schema.remove().await;
}

#[tokio::test]
async fn a_lock_of_another_ends_in_time_and_changes_nothing() {
    let Some(schema) = Schema::create().await else { return };
    drop(schema.store().await);
    let store = impatient(&schema, 2, Duration::from_millis(500)).await;
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    let version = store.config_version().await.unwrap();
    let other = locked(&schema).await;
    let refused = w.update(Client { trusted: true, ..client("c") }, None, NOW).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!(!w.load::<Client>("c").await.unwrap().trusted);
    assert_eq!(store.config_version().await.unwrap(), version);
    other.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(w.update(client("c"), Some(1), NOW).await.unwrap().version, 2);
    schema.remove().await;
}

#[tokio::test]
async fn an_exhausted_pool_refuses_in_time() {
    let Some(schema) = Schema::create().await else { return };
    drop(schema.store().await);
    let store = impatient(&schema, 1, Duration::from_secs(5)).await;
    store.workspace("t", "w").insert(client("c"), NOW).await.unwrap();
    let other = locked(&schema).await;
    let busy = store.clone();
    let busy = tokio::spawn(async move { busy.workspace("t", "w").update(client("c"), None, NOW).await });
    blocks(&other).await;
    let refused = store.workspace("t", "w").find::<Client>("c").await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!(busy.await.unwrap().is_err());
    drop(other);
    store.health().await.unwrap();
    schema.remove().await;
}

#[tokio::test]
async fn a_transaction_the_server_rolls_back_is_tried_again() {
    let Some(schema) = Schema::create().await else { return };
    let store = schema.store().await;
    // A sequence is not rolled back: the third try succeeds.
    let trigger = |condition: &str| {
        format!(
            "SET search_path TO {}; CREATE SEQUENCE IF NOT EXISTS tries; \
             CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN IF {condition} THEN RAISE serialization_failure; END IF; RETURN NEW; END $$; \
             DROP TRIGGER IF EXISTS refuse ON clients; \
             CREATE TRIGGER refuse BEFORE INSERT ON clients FOR EACH ROW EXECUTE FUNCTION refuse()",
            schema.name()
        )
    };
    schema.execute(&trigger(&format!("nextval('{}.tries') < 3", schema.name()))).await;
    store.workspace("t", "w").insert(client("c"), NOW).await.unwrap();
    let before = store.config_version().await.unwrap();
    schema.execute(&trigger("true")).await;
    let refused = store.workspace("t", "w").insert(client("d"), NOW).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "bounded: {refused:?}");
    assert_eq!(store.config_version().await.unwrap(), before);
    schema.remove().await;
}

#[tokio::test]
async fn two_nodes_hear_of_each_other_without_waiting_for_the_poll() {
    let Some(schema) = Schema::create().await else { return };
    let one = schema.store().await;
    let other = Store::open(&schema.location(), keys(), NOW).await.unwrap();
    let mut subscription = one.subscribe().await.unwrap();
    subscription.poll_every(NEVER);
    for i in 0..20 {
        let (id, workspace) = (format!("c{i}"), other.workspace("t", "w"));
        let waiting = timeout(PATIENCE, subscription.next());
        let (heard, inserted) = tokio::join!(waiting, workspace.insert(client(&id), NOW));
        inserted.unwrap();
        let ConfigChanges::These(list) = heard.unwrap().unwrap() else { panic!() };
        assert_eq!(list.len(), 1);
    }
    // A listener that lost its connection leaves the poll, and comes back.
    subscription.poll_every(POLL_INTERVAL);
    schema.terminate_others().await;
    let mut tries = 0..;
    let mut insert = async || {
        let id = format!("late{}", tries.next().unwrap());
        other.workspace("t", "w").insert(client(&id), NOW).await
    };
    while insert().await.is_err() {}
    assert!(timeout(PATIENCE, subscription.next()).await.is_ok());
    schema.remove().await;
}

#[tokio::test]
async fn two_nodes_may_migrate_at_once() {
    let Some(schema) = Schema::create().await else { return };
    let location = schema.location();
    let migrations = (0..4).map(|_| {
        let location = location.clone();
        tokio::spawn(async move { Store::migrate(&location, false, NOW).await })
    });
    for migration in migrations.collect::<Vec<_>>() {
        migration.await.unwrap().unwrap();
    }
    Store::open(&location, keys(), NOW).await.unwrap().health().await.unwrap();
    schema.remove().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_away() {
    let options = PostgresOptions {
        wait_timeout: Duration::from_millis(500),
        ..PostgresOptions::new("postgres://nobody@127.0.0.1:1/none")
    };
    let opened = Store::open(&Location::Postgres(options), keys(), NOW).await;
    assert!(matches!(opened, Err(StoreError::Unavailable(_))), "{opened:?}");
    let opened = Store::open(&Location::Postgres(PostgresOptions::new("no address")), keys(), NOW).await;
    assert!(matches!(opened, Err(StoreError::Invalid(_))), "{opened:?}");
}

#[tokio::test]
async fn encryption_that_is_required_is_not_done_without() {
    let Some(schema) = Schema::create().await else { return };
    let separator = if schema.server().contains('?') { '&' } else { '?' };
    for mode in ["require", "verify-full"] {
        // Without TLS at the server, or with a certificate from nobody we know.
        let url = format!("{}{separator}sslmode={mode}", schema.server());
        let opened = Store::open(&Location::Postgres(PostgresOptions::new(url)), keys(), NOW).await;
        assert!(matches!(opened, Err(StoreError::Unavailable(_) | StoreError::Invalid(_))), "{opened:?}");
    }
    schema.remove().await;
}
