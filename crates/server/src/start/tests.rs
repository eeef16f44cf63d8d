//! First start, next start, and what stands in the way.

use std::fs;

use symbolon_store::entity::Tenant;

use super::*;
use crate::config::Sources;
use crate::seed::first_start::{self, FirstCredentials};

fn config(folder: &Path, settings: &[(&str, &str)]) -> Config {
    let mut flags = vec![
        ("server.dangerous_disable_tls".to_owned(), "true".to_owned()),
        ("data_dir".to_owned(), folder.display().to_string()),
    ];
    flags.extend(settings.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())));
    Config::load(&Sources { flags, ..Sources::default() }).unwrap()
}

async fn start(folder: &Path, settings: &[(&str, &str)]) -> Result<App, StartError> {
    open(config(folder, settings), Clock::system(), Rng::system(), false).await
}

#[tokio::test]
async fn the_next_start_finds_what_the_first_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("new/data");
    let app = start(&data, &[]).await.unwrap();
    app.store.root().insert(Tenant { id: "t".to_owned(), ..Tenant::default() }, 1).await.unwrap();
    app.refusals.close();
    drop(app);
    let app = start(&data, &[]).await.unwrap();
    assert!(app.store.root().find("t").await.unwrap().is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_reads_the_data_folder_and_its_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    start(&data, &[]).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("master.key")), 0o600);
    let names = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.starts_with("master.key.")), "no temporary file is left");
}

#[tokio::test]
async fn another_master_key_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    drop(start(folder.path(), &[]).await.unwrap());
    let error = start(folder.path(), &[("secret.key", &"k".repeat(32))]).await.unwrap_err().to_string();
    assert!(error.contains("secret.key") && error.contains("symbolon.db"), "{error}");

    fs::write(folder.path().join("master.key"), "short").unwrap();
    let error = start(folder.path(), &[]).await.unwrap_err().to_string();
    assert!(error.contains("fewer than 32 characters"), "{error}");
}

#[tokio::test]
async fn a_rotated_master_key_still_opens() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = ("o".repeat(32), "n".repeat(32));
    drop(start(folder.path(), &[("secret.key", &old)]).await.unwrap());
    let rotated = [("secret.key", new.as_str()), ("secret.previous_keys", old.as_str())];
    start(folder.path(), &rotated).await.unwrap();
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(start(folder.path(), &[]).await.unwrap());
    let database = folder.path().join("symbolon.db");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection.execute("INSERT INTO schema_version (version, applied_at) VALUES (9999, 1)", []).unwrap();
    let error = start(folder.path(), &[]).await.unwrap_err().to_string();
    assert!(error.contains("newer version of this program (schema 9999"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("symbolon.db"), "not a database, but long enough to look at".repeat(100))
        .unwrap();
    let error = start(folder.path(), &[]).await.unwrap_err().to_string();
    assert!(error.contains("symbolon.db") && error.contains("database of this program"), "{error}");
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_made_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = start(&file.join("data"), &[]).await.unwrap_err().to_string();
    assert!(error.starts_with("cannot use the data folder") && error.contains("--data-dir"), "{error}");
}

#[tokio::test]
async fn nodes_of_one_postgres_are_given_their_key() {
    let folder = tempfile::tempdir().unwrap();
    let error = start(folder.path(), &[("sql.url", "postgres://u:hunter2@127.0.0.1:1/d")]).await.unwrap_err();
    assert!(matches!(error, StartError::MasterKey(master_key::MasterKeyError::Missing)), "{error}");

    let key = "k".repeat(32);
    let settings = [("sql.url", "postgres://u:hunter2@127.0.0.1:1/d"), ("secret.key", key.as_str())];
    let error = start(folder.path(), &settings).await.unwrap_err().to_string();
    assert!(
        error.starts_with("cannot open the PostgreSQL database") && !error.contains("hunter2"),
        "{error}"
    );
}

#[tokio::test]
async fn after_sealing_anew_the_earlier_master_key_is_needed_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = ("an earlier master key of the server", "the master key of the server from now on");
    let app = start(folder.path(), &[("secret.key", old)]).await.unwrap();
    let credentials = FirstCredentials::new(&Rng::system());
    first_start::create(&app.store, &app.rng, &credentials, "$argon2id$x", app.clock.now()).await.unwrap();
    drop(app);
    assert!(start(folder.path(), &[("secret.key", new)]).await.is_err());
    let both = config(folder.path(), &[("secret.key", new), ("secret.previous_keys", old)]);
    assert!(reseal(&both, &Clock::system(), &Rng::system()).await.unwrap() > 0);
    assert_eq!(reseal(&both, &Clock::system(), &Rng::system()).await.unwrap(), 0);
    let app = start(folder.path(), &[("secret.key", new)]).await.unwrap();
    assert!(!app.store.workspace("system", "admin").list_keys().await.unwrap().is_empty());
}

#[test]
fn the_authorities_of_the_database_server_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let file = file.to_str().unwrap();
    let url = ("sql.url", "postgres://u@db.example/symbolon?sslmode=require");
    let config = config(folder.path(), &[url, ("sql.root_ca", file), ("secret.key", &"k".repeat(32))]);
    let error = location(&config).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot read sql.root_ca {file}: ")), "{error}");
    fs::write(file, "PEM").unwrap();
    let Location::Postgres(options) = location(&config).unwrap() else { panic!("not PostgreSQL") };
    assert_eq!(options.root_cas.as_deref(), Some("PEM"));
}
