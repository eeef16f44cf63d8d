//! What an operator can find, and what a flood cannot do.

use std::fs;

use prometheus_client::metrics::counter::Counter;
use time::macros::datetime;

use super::*;

fn refusal(request_id: &str) -> Refusal {
    Refusal {
        request_id: request_id.to_owned(),
        time: datetime!(2026-01-02 03:04:05 UTC),
        method: "POST".to_owned(),
        endpoint: "/{tid}/{aid}/oauth2/token".to_owned(),
        status: 401,
        tenant_id: Some("default".to_owned()),
        workspace_id: Some("default".to_owned()),
        client_id: Some("client-mtls".to_owned()),
        error: "invalid_client".to_owned(),
        reason: "tls_client_auth_subject_mismatch".to_owned(),
        detail: "The certificate is trusted, but it is not this client's.".to_owned(),
        expected: Some("CN=example.com".to_owned()),
        got: Some("CN=other.example".to_owned()),
        certificate: None,
        remote_address: Some("127.0.0.1".to_owned()),
    }
}

fn ids(records: &[Refusal]) -> Vec<&str> {
    records.iter().map(|record| record.request_id.as_str()).collect()
}

#[test]
fn lists_newest_first_within_the_tenant() {
    let journal = Refusals::in_memory();
    for id in ["a", "b", "c"] {
        journal.record(refusal(id));
    }
    journal.record(Refusal { tenant_id: Some("other".to_owned()), ..refusal("theirs") });
    journal.record(Refusal { tenant_id: None, ..refusal("nobodys") });
    assert_eq!(ids(&journal.list(&Filter::of_tenant("default"))), ["c", "b", "a"]);
    assert_eq!(ids(&journal.list(&Filter::of_tenant("other"))), ["theirs"]);
    assert_eq!(ids(&journal.list(&Filter { after: Some("b"), ..Filter::of_tenant("default") })), ["a"]);
    assert_eq!(ids(&journal.list(&Filter { limit: 1, ..Filter::of_tenant("default") })), ["c"]);
}

#[test]
fn filters_by_client_endpoint_workspace_and_time() {
    let journal = Refusals::in_memory();
    journal.record(refusal("token"));
    journal.record(Refusal { client_id: None, ..refusal("no_client") });
    journal.record(Refusal { endpoint: "/{tid}/{aid}/oauth2/authorize".to_owned(), ..refusal("authorize") });
    journal.record(Refusal { time: datetime!(2026-01-03 00:00 UTC), ..refusal("later") });
    journal.record(Refusal { workspace_id: Some("admin".to_owned()), ..refusal("elsewhere") });
    let all = Filter::of_tenant("default");
    let found = |filter| ids(&journal.list(&filter)).into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(found(Filter { client_id: Some("client-mtls"), ..all }).len(), 4);
    assert_eq!(found(Filter { endpoint: Some("/oauth2/authorize"), ..all }), ["authorize"]);
    assert_eq!(found(Filter { since: Some(datetime!(2026-01-02 12:00 UTC)), ..all }), ["later"]);
    assert_eq!(found(Filter { workspace_id: Some("admin"), ..all }), ["elsewhere"]);
}

#[tokio::test]
async fn another_tenant_finds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Refusals::open(folder.path(), Counter::default()).unwrap();
    journal.record(refusal("a"));
    assert_eq!(journal.find("default", "a").await.unwrap(), Some(refusal("a")));
    assert_eq!(journal.find("other", "a").await.unwrap(), None);
    assert_eq!(journal.find("default", "b").await.unwrap(), None);
    journal.close();
    assert_eq!(journal.find("other", "a").await.unwrap(), None, "not from the files either");
}

#[tokio::test]
async fn a_restart_keeps_the_records() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Refusals::open(folder.path(), Counter::default()).unwrap();
    for n in 0..100 {
        journal.record(refusal(&format!("r{n}")));
    }
    journal.close();
    assert_eq!(find_in_folder(folder.path(), "r42").unwrap(), Some(refusal("r42")));
    assert_eq!(find_in_folder(folder.path(), "r4").unwrap(), Some(refusal("r4")));
    let journal = Refusals::open(folder.path(), Counter::default()).unwrap();
    assert_eq!(journal.list(&Filter::of_tenant("default")).len(), 100);
    assert_eq!(journal.find("default", "r0").await.unwrap(), Some(refusal("r0")));
    journal.close();
}

#[test]
fn half_a_line_from_a_killed_process_spoils_no_other() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("refusals.jsonl"), "{\"request_id\":\"torn\",").unwrap();
    let journal = Refusals::open(folder.path(), Counter::default()).unwrap();
    journal.record(refusal("whole"));
    journal.close();
    assert_eq!(find_in_folder(folder.path(), "whole").unwrap(), Some(refusal("whole")));
    assert_eq!(find_in_folder(folder.path(), "torn").unwrap(), None);
}

#[test]
fn a_flood_fills_neither_memory_nor_disk() {
    let folder = tempfile::tempdir().unwrap();
    let dropped = Counter::default();
    let limit = 64 * 1024;
    let journal = Refusals::open_with_limit(folder.path(), dropped.clone(), limit).unwrap();
    let sent: u64 = 20_000;
    for n in 0..sent {
        journal.record(Refusal { client_id: Some("x".repeat(5_000)), ..refusal(&format!("r{n}")) });
    }
    assert!(journal.list(&Filter { limit: usize::MAX, ..Filter::of_tenant("default") }).len() <= 10_000);
    journal.close();
    let size = |name| fs::metadata(folder.path().join(name)).unwrap().len();
    // One batch may be larger than so small a file; with 8 MiB files it is a 32nd part.
    let most = limit.max(256 * 1024 + 2048);
    assert!(size("refusals.jsonl") <= most && size("refusals.1.jsonl") <= most);
    assert!(dropped.get() < sent, "some were written");
    // The newest of those that reached memory are still found there.
    assert_eq!(ids(&journal.list(&Filter { limit: 1, ..Filter::of_tenant("default") })), ["r19999"]);
}

#[test]
fn what_a_stranger_writes_is_cut() {
    let names = (0..100).map(|n| format!("DNS:{n}.{}", "é".repeat(1000))).collect();
    let certificate = CertificateSeen {
        subject: "CN=".to_owned() + &"x".repeat(10_000),
        sans: names,
        issuer: String::new(),
        thumbprint: "t".to_owned(),
        source: "tls".to_owned(),
    };
    let journal = Refusals::in_memory();
    journal.record(Refusal { certificate: Some(certificate), endpoint: "/".repeat(9_000), ..refusal("a") });
    let kept = journal.list(&Filter::of_tenant("default")).remove(0);
    assert!(serde_json::to_string(&kept).unwrap().len() < 12_000);
    assert_eq!(kept.certificate.unwrap().sans.len(), 16);
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let journal = Refusals::open(folder.path(), Counter::default()).unwrap();
    journal.close();
    let mode = fs::metadata(folder.path().join("refusals.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
