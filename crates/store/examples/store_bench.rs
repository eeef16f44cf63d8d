//! Measures the store: durable writes by 1 and 64 callers, point reads, a code flow.
//!
//! `cargo run --release -p symbolon-store --example store_bench [postgres://…]`; without an address it makes
//! a SQLite file in the temporary folder. CPU is that of this process, so PostgreSQL's own is not in it.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, not a product")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use symbolon_store::entity::{Server, Tenant};
use symbolon_store::seal::MasterKeys;
use symbolon_store::{
    AccessToken, Location, NewCode, NewGrant, NewRefreshToken, PostgresOptions, SqliteOptions, Store,
};

const LENGTH: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    let folder = std::env::temp_dir().join(format!("store-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let location = match std::env::args().nth(1) {
        Some(url) => Location::Postgres(PostgresOptions::new(url)),
        None => Location::Sqlite(SqliteOptions::file(folder.join("bench.db"))),
    };
    Store::migrate(&location, false, 0).await.unwrap();
    let store = Store::open(&location, MasterKeys::new(&[7; 32], &[]).unwrap(), 0).await.unwrap();
    if store.root().find("t").await.unwrap().is_none() {
        store.root().insert(Tenant { id: "t".into(), ..Tenant::default() }, 0).await.unwrap();
        store.tenant("t").insert(Server { id: "w".into(), ..Server::default() }, 0).await.unwrap();
    }
    println!("{:<34} {:>8} {:>12} {:>12}", "", "callers", "per second", "CPU us each");
    for callers in [1, 64] {
        measure("insert an opaque token (600 bytes)", callers, &store, insert).await;
    }
    for callers in [1, 64] {
        measure("use a value once", callers, &store, use_once).await;
    }
    for callers in [1, 64] {
        measure("read an opaque token", callers, &store, read).await;
    }
    for callers in [1, 64] {
        measure("code: issue, look up, exchange", callers, &store, code_flow).await;
    }
    drop(store);
    std::fs::remove_dir_all(&folder).unwrap();
}

async fn measure<F>(
    name: &str,
    callers: u64,
    store: &Store,
    work: impl Fn(Store, u64) -> F + Copy + Send + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let (done, begin, cpu) = (Arc::new(AtomicU64::new(0)), Instant::now(), cpu_micros());
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (store, done) = (store.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                let mut i = 0;
                while begin.elapsed() < LENGTH {
                    work(store.clone(), (callers << 48) + (caller << 32) + i).await;
                    done.fetch_add(1, Ordering::Relaxed);
                    i += 1;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let (done, cpu) = (done.load(Ordering::Relaxed), cpu_micros() - cpu);
    let rate = done as f64 / begin.elapsed().as_secs_f64();
    println!("{name:<34} {callers:>8} {rate:>12.0} {:>12.1}", cpu as f64 / done as f64);
}

/// Unlike any other run's.
fn name(i: u64) -> String {
    format!("{}-{i}", std::process::id())
}

/// In no order, as random tokens come.
fn token(i: u64) -> String {
    format!("{:x}", i.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(std::process::id()))
}

async fn insert(store: Store, i: u64) {
    let record =
        AccessToken { grant_id: None, client_id: "c".into(), doc: "x".repeat(500), expires_at: i64::MAX };
    store.workspace("t", "w").insert_access_token(&token(i), &record).await.unwrap();
}

async fn use_once(store: Store, i: u64) {
    store.workspace("t", "w").consume_once("jti", &name(i), i64::MAX, 0).await.unwrap();
}

/// One of the first that one caller inserted.
async fn read(store: Store, i: u64) {
    let token = token((1 << 48) + i % 20);
    assert!(store.workspace("t", "w").find_access_token::<String>(&token, 0).await.unwrap().is_some());
}

async fn code_flow(store: Store, i: u64) {
    let (w, id) = (store.workspace("t", "w"), name(i));
    let grant = NewGrant {
        id: &id,
        client_id: "c",
        subject: Some("alice"),
        doc: &"g".repeat(200),
        created_at: 0,
        expires_at: 1000,
    };
    w.insert_code(&NewCode { code: &id, doc: &"c".repeat(200), expires_at: 1000 }, &grant).await.unwrap();
    w.find_code_with_grant::<String, String>(&id).await.unwrap().unwrap();
    let refresh = NewRefreshToken {
        token: &id,
        grant_id: &id,
        client_id: "c",
        doc: &"r".repeat(200),
        expires_at: 1000,
    };
    assert!(w.spend_code(&id, 1, Some(&refresh), None::<(&str, &AccessToken<u8>)>).await.unwrap());
}

/// CPU time of this process, user and system.
fn cpu_micros() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    // Clock ticks of 10 ms: fields 14 and 15 of proc(5).
    [11, 12].iter().filter_map(|&i| fields.get(i)?.parse::<u64>().ok()).sum::<u64>() * 10_000
}
