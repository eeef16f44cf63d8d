//! Configuration in memory is never older than the last change that was acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde_json::json;

use crate::harness::TestApp;

/// Changes of the workspace and its client, one after the other.
const CHANGES: u64 = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_never_sees_less_than_what_a_writer_was_told_is_kept() {
    let app = Arc::new(TestApp::new().await);
    app.add_client(json!({"client_id": "c", "client_name": "0"})).await;
    let written = Arc::new(AtomicU64::new(0));
    let read = Arc::new(AtomicU64::new(0));
    let done = Arc::new(AtomicBool::new(false));
    app.change_workspace(|server| server.name = "0".to_owned()).await;

    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let (app, written) = (Arc::clone(&app), Arc::clone(&written));
        let (read, done) = (Arc::clone(&read), Arc::clone(&done));
        readers.spawn(async move {
            while !done.load(Ordering::SeqCst) {
                let due = written.load(Ordering::SeqCst);
                let (snapshots, store) = (&app.app.snapshots, &app.app.store);
                let workspace = snapshots.workspace(store, "default", "default").await.unwrap().unwrap();
                let client = snapshots.client(store, &workspace, "c").await.unwrap().unwrap();
                let of_workspace: u64 = workspace.server.name.parse().unwrap();
                let of_client: u64 = client.entity.client_name.parse().unwrap();
                assert!(of_workspace >= due, "the workspace is {of_workspace}, {due} was acknowledged");
                assert!(of_client >= due, "the client is {of_client}, {due} was acknowledged");
                read.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        });
    }
    for change in 1..=CHANGES {
        app.change_workspace(|server| server.name = change.to_string()).await;
        app.change_client("c", |client| client.client_name = change.to_string()).await;
        written.store(change, Ordering::SeqCst);
        // Slow readers too are to see each change.
        let before = read.load(Ordering::SeqCst);
        while read.load(Ordering::SeqCst) == before {
            assert!(readers.try_join_next().is_none(), "a reader gave up");
            tokio::task::yield_now().await;
        }
    }
    done.store(true, Ordering::SeqCst);
    readers.join_all().await;
    assert!(read.load(Ordering::SeqCst) >= CHANGES);
}
