//! What only SQLite can meet: a full disk, a lock of another process, a killed process, a damaged file.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rusqlite::Connection;
use symbolon_store::entity::{Claim, Client, Secret};
use symbolon_store::{ListQuery, Location, NewKey, SCHEMA_VERSION, SqliteOptions, Store, StoreError};
use tokio::task::JoinSet;

use crate::backend::{self, NOW, PATIENCE, client, keys};

fn location(folder: &Path) -> Location {
    Location::Sqlite(SqliteOptions {
        lock_timeout: Duration::from_millis(100),
        ..SqliteOptions::file(folder.join("symbolon.db"))
    })
}

async fn reopen(folder: &Path) -> Store {
    Store::open(&location(folder), keys(), NOW).await.unwrap()
}

fn raw(folder: &Path) -> Connection {
    Connection::open(folder.join("symbolon.db")).unwrap()
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_keeps_what_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    drop(backend::sqlite_file(folder.path()).await);
    let full =
        SqliteOptions { max_pages: Some(120), ..SqliteOptions::file(folder.path().join("symbolon.db")) };
    let store = Store::open(&Location::Sqlite(full), keys(), NOW).await.unwrap();
    let mut tasks = JoinSet::new();
    for i in 0..300 {
        let store = store.clone();
        tasks.spawn(async move {
            let entity = Client { description: Some("x".repeat(2000)), ..client(&format!("c{i}")) };
            (i, store.workspace("t", "w").insert(entity, NOW).await)
        });
    }
    let results = tasks.join_all().await;
    let refused = results.iter().filter_map(|(_, r)| r.as_ref().err()).collect::<Vec<_>>();
    assert!(!refused.is_empty() && refused.len() < 300, "{}", refused.len());
    assert!(refused.iter().all(|e| matches!(e, StoreError::Unavailable(_))), "{refused:?}");
    // Reads go on, and tell what was acknowledged and nothing else.
    for (i, result) in &results {
        let found = store.workspace("t", "w").find::<Client>(&format!("c{i}")).await.unwrap();
        assert_eq!(found.is_some(), result.is_ok(), "{i}");
    }
    store.health().await.unwrap();
    // With room again, writes go on.
    drop(store);
    let store = reopen(folder.path()).await;
    store.workspace("t", "w").insert(client("last"), NOW).await.unwrap();
    let check: String = raw(folder.path()).query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}

#[tokio::test]
async fn a_lock_of_another_process_refuses_writes_and_not_reads() {
    let folder = tempfile::tempdir().unwrap();
    drop(backend::sqlite_file(folder.path()).await);
    let store = reopen(folder.path()).await;
    let other = raw(folder.path());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = store.workspace("t", "w").insert(client("c"), NOW).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(store.workspace("t", "w").find::<Client>("c").await.unwrap(), None);
    other.execute_batch("ROLLBACK").unwrap();
    store.workspace("t", "w").insert(client("c"), NOW).await.unwrap();
}

#[tokio::test]
async fn what_is_no_database_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let text = "not a database, and longer than the header of one ".repeat(20);
    fs::write(folder.path().join("symbolon.db"), &text).unwrap();
    let opened = Store::open(&location(folder.path()), keys(), NOW).await;
    assert!(matches!(opened, Err(StoreError::Corrupt(_))), "{opened:?}");
    assert_eq!(fs::read_to_string(folder.path().join("symbolon.db")).unwrap(), text);
    let nowhere = Location::Sqlite(SqliteOptions::file(folder.path().join("none/symbolon.db")));
    let opened = Store::open(&nowhere, keys(), NOW).await;
    assert!(matches!(opened, Err(StoreError::Unavailable(_))), "{opened:?}");
}

#[tokio::test]
async fn migrations_are_counted_and_newer_schemas_refused() {
    let folder = tempfile::tempdir().unwrap();
    let location = location(folder.path());
    let planned = Store::migrate(&location, true, NOW).await.unwrap();
    assert_eq!((planned.from, planned.to, planned.steps.first()), (0, SCHEMA_VERSION, Some(&"initial")));
    let opened = Store::open(&location, keys(), NOW).await;
    let older = StoreError::OlderSchema { found: 0, needed: SCHEMA_VERSION };
    assert_eq!(opened.unwrap_err(), older, "a dry run changes nothing");
    assert_eq!(Store::migrate(&location, false, NOW).await.unwrap(), planned);
    let again = Store::migrate(&location, false, NOW).await.unwrap();
    assert_eq!((again.from, again.steps.len()), (SCHEMA_VERSION, 0));
    let store = Store::open(&location, keys(), NOW).await.unwrap();
    raw(folder.path()).execute("INSERT INTO schema_version VALUES (99, 0)", []).unwrap();
    let newer = StoreError::NewerSchema { found: 99, known: SCHEMA_VERSION };
    assert_eq!(store.health().await, Err(newer.clone()));
    assert_eq!(Store::open(&location, keys(), NOW).await.unwrap_err(), newer);
    assert_eq!(Store::migrate(&location, false, NOW).await.unwrap_err(), newer);
}

#[tokio::test]
async fn nobody_else_can_read_the_file_and_no_secret_is_readable_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = backend::sqlite_file(folder.path()).await;
    let w = store.workspace("t", "w");
    let secret = |text: &str| Some(Secret::new(text.repeat(8)));
    let entity = Client {
        client_secret: secret("cl-secret"),
        rotated_secrets: vec![Secret::new("old-secret".repeat(8))],
        ..client("c")
    };
    w.insert(entity, NOW).await.unwrap();
    let mut server = store.tenant("t").load::<symbolon_store::entity::Server>("w").await.unwrap().value;
    server.secret = secret("ws-secret");
    server.subject_identifier_algorithm_salt = secret("salt-secret");
    store.tenant("t").update(server, None, NOW).await.unwrap();
    let idp: symbolon_store::entity::Idp = symbolon_store::entity::lenient::from_value(serde_json::json!({
        "id": "i", "method": "static",
        "credentials": { "users": [{ "username": "user-secret", "password": "$argon2id$hash-secret" }] }
    }))
    .unwrap();
    w.insert(idp, NOW).await.unwrap();
    let public_jwk = serde_json::json!({});
    let key = NewKey {
        kid: "k",
        key_use: symbolon_store::KeyUse::Sig,
        alg: "ES256",
        public_jwk: &public_jwk,
        private_pkcs8: b"key-secret",
    };
    w.insert_key(&key, symbolon_store::KeyState::Current, NOW).await.unwrap();
    let session = symbolon_store::NewSession {
        id: "session-secret",
        subject: "alice",
        doc: &0,
        auth_time: NOW,
        idle_until: NOW + 1,
        ends_at: NOW + 1,
    };
    w.insert_session(&session).await.unwrap();
    w.insert_grant(&crate::runtime::grant("g")).await.unwrap();
    let refresh = symbolon_store::NewRefreshToken {
        token: "refresh-secret",
        grant_id: "g",
        client_id: "c",
        doc: &0,
        expires_at: NOW + 1000,
    };
    assert!(w.insert_refresh_token(&refresh).await.unwrap());
    let rotation = symbolon_store::RotationRequest {
        old: "refresh-secret",
        new: "successor-secret",
        doc: &0,
        expires_at: NOW + 1000,
        grace: 10,
        now: NOW,
    };
    assert_eq!(w.rotate_refresh_token(&rotation).await.unwrap(), symbolon_store::Rotation::Rotated);
    let code = symbolon_store::NewCode { code: "code-secret", doc: &0, expires_at: NOW + 1 };
    w.insert_code(&code, &crate::runtime::grant("h")).await.unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let found = bytes.windows(7).position(|window| window == b"-secret");
        assert_eq!(found, None, "{}", path.display());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600,
                "{}",
                path.display()
            );
        }
    }
    // And the test would have found one.
    w.insert(Client { description: Some("a-secret".into()), ..client("d") }, NOW).await.unwrap();
    let wal = fs::read(folder.path().join("symbolon.db-wal")).unwrap();
    assert!(wal.windows(7).any(|window| window == b"-secret"));
}

#[tokio::test]
async fn reads_write_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = backend::sqlite_file(folder.path()).await;
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    let sizes = || {
        let mut sizes = Vec::new();
        for name in ["symbolon.db", "symbolon.db-wal"] {
            let metadata = fs::metadata(folder.path().join(name)).unwrap();
            sizes.push((metadata.len(), metadata.modified().unwrap()));
        }
        sizes
    };
    let before = sizes();
    for _ in 0..50 {
        w.find::<Client>("c").await.unwrap();
        w.list::<Client>(&ListQuery::all()).await.unwrap();
        w.find_session::<i32>("none", NOW).await.unwrap();
        w.find_access_token::<i32>("none", NOW).await.unwrap();
        w.find_refresh_token::<i32>("none", NOW).await.unwrap();
        w.find_code::<i32>("none", NOW).await.unwrap();
        w.is_token_revoked("none").await.unwrap();
        w.list_keys().await.unwrap();
        store.health().await.unwrap();
        store.config_version().await.unwrap();
        store.row_counts().await.unwrap();
    }
    drop(store.subscribe().await.unwrap());
    assert_eq!(sizes(), before);
}

#[tokio::test]
async fn a_second_process_on_the_file_is_heard_of() {
    let folder = tempfile::tempdir().unwrap();
    let store = backend::sqlite_file(folder.path()).await;
    let other = reopen(folder.path()).await;
    let mut subscription = store.subscribe().await.unwrap();
    other.workspace("t", "w").insert(client("c"), NOW).await.unwrap();
    let heard = tokio::time::timeout(PATIENCE, subscription.next()).await;
    let symbolon_store::ConfigChanges::These(list) = heard.unwrap().unwrap() else { panic!() };
    assert_eq!(list[0].workspace_id.as_deref(), Some("w"));
}

#[tokio::test]
async fn documents_of_an_older_and_a_newer_program_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = backend::sqlite_file(folder.path()).await;
    let w = store.workspace("t", "w");
    w.insert(client("c"), NOW).await.unwrap();
    for (doc, name) in [
        (r#"{"client_id":"c"}"#, ""),
        (r#"{"client_id":"c","client_name":"n","from_the_future":{"a":[1]}}"#, "n"),
    ] {
        raw(folder.path()).execute("UPDATE clients SET doc = ?1", [doc]).unwrap();
        let found = w.load::<Client>("c").await.unwrap();
        assert_eq!((found.client_name.as_str(), found.grant_types.len()), (name, 1));
    }
    raw(folder.path()).execute("UPDATE clients SET doc = '{\"client_id\":7}'", []).unwrap();
    let damaged = w.load::<Client>("c").await;
    assert!(matches!(damaged, Err(StoreError::Corrupt(_))), "{damaged:?}");
}

#[tokio::test]
async fn a_sealed_value_moved_to_another_row_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let store = backend::sqlite_file(folder.path()).await;
    let w = store.workspace("t", "w");
    for id in ["a", "b"] {
        w.insert(Client { client_secret: Some(Secret::new(id.repeat(32))), ..client(id) }, NOW)
            .await
            .unwrap();
    }
    let sql = "UPDATE clients SET sealed = (SELECT sealed FROM clients WHERE id = 'a') WHERE id = 'b'";
    raw(folder.path()).execute(sql, []).unwrap();
    assert!(matches!(w.find::<Client>("b").await, Err(StoreError::Corrupt(_))));
    w.find::<Client>("a").await.unwrap();
}

/// Started by the test below in a process of its own; writes until it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a part of what_was_acknowledged_survives_a_kill"]
#[expect(clippy::disallowed_methods, reason = "the folder comes from the parent")]
async fn writes_until_killed() {
    let folder = std::env::var("SYMBOLON_TEST_FOLDER").unwrap();
    let store = reopen(Path::new(&folder)).await;
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        let store = store.clone();
        tasks.spawn(async move {
            for i in 0.. {
                let id = format!("{task}-{i}");
                store.workspace("t", "w").insert(client(&id), NOW).await.unwrap();
                println!("kept {id}");
            }
        });
    }
    tasks.join_all().await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    for round in 0..3 {
        let folder = tempfile::tempdir().unwrap();
        drop(backend::sqlite_file(folder.path()).await);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "sqlite_only::writes_until_killed"])
            .env("SYMBOLON_TEST_FOLDER", folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut kept = BTreeSet::new();
        let mut read = |line: String| {
            if let Some((_, id)) = line.split_once("kept ") {
                kept.insert(id.to_owned());
            }
            kept.len()
        };
        while read(lines.next().unwrap().unwrap()) < 100 + round * 37 {}
        child.kill().unwrap();
        child.wait().unwrap();
        // What it still said before it died, but for a line cut short.
        for line in lines.map_while(Result::ok) {
            if line.ends_with(|c: char| c.is_ascii_digit()) {
                read(line);
            }
        }
        let store = reopen(folder.path()).await;
        let mut missing = Vec::new();
        for id in &kept {
            if store.workspace("t", "w").find::<Client>(id).await.unwrap().is_none() {
                missing.push(id);
            }
        }
        assert!(missing.is_empty(), "of {} acknowledged are missing: {missing:?}", kept.len());
        // And each write is whole: as many changes told as clients made.
        let clients: i64 =
            raw(folder.path()).query_row("SELECT COUNT(*) FROM clients", [], |row| row.get(0)).unwrap();
        let first = 5;
        assert_eq!(store.config_version().await.unwrap(), first + clients);
    }
}

/// Workspaces that were made before there were claims get those of the scopes of OpenID Connect.
#[tokio::test]
async fn workspaces_of_before_get_the_claims_of_their_scopes() {
    const MIGRATION: &str = include_str!("../../migrations/0005_details_claims_acrs.sql");
    let folder = tempfile::tempdir().unwrap();
    let store = backend::sqlite_file(folder.path()).await;
    let (_, insertion) = MIGRATION.split_once("INSERT INTO claims").unwrap();
    let (insertion, _) = insertion.split_once(';').unwrap();
    raw(folder.path()).execute(&format!("INSERT INTO claims{insertion}"), []).unwrap();
    for (tenant, workspace) in [("t", "w"), ("t", "v"), ("u", "w")] {
        let w = store.workspace(tenant, workspace);
        let claims = w.list::<Claim>(&ListQuery::all()).await.unwrap();
        assert_eq!(claims.len(), 19);
        let id = format!("{workspace}-phone_number_verified");
        let expected = Claim {
            authorization_server_id: workspace.into(),
            id: id.clone(),
            name: "phone_number_verified".into(),
            scopes: vec!["phone".into()],
            source_path: Some("phone_number_verified".into()),
            tenant_id: tenant.into(),
            ..Claim::default()
        };
        assert_eq!(w.load::<Claim>(&id).await.unwrap().value, expected);
        w.update(expected, Some(1), NOW).await.unwrap();
    }
}
