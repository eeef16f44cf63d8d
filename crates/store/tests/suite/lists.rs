//! Paging, sorting, searching, filtering.

use symbolon_store::entity::client::ApplicationKind;
use symbolon_store::entity::{Client, Server};
use symbolon_store::{ListQuery, Order, Sort, Store, StoreError};

use crate::backend::{NOW, client};

async fn ids(store: &Store, query: ListQuery) -> String {
    let clients = store.workspace("t", "w").list::<Client>(&query).await.unwrap();
    clients.iter().map(|client| client.client_id.as_str()).collect::<Vec<_>>().join(" ")
}

/// a to f; names run the other way and differ in case, two share one; d and e are of the same age.
async fn six(store: &Store) {
    for (i, (id, name)) in
        [("a", "six"), ("b", "Five"), ("c", "four"), ("d", "THREE"), ("e", "three"), ("f", "a 100% _one")]
            .into_iter()
            .enumerate()
    {
        let age = NOW + [0, 1, 2, 3, 3, 4][i];
        let entity = Client { client_name: name.into(), ..client(id) };
        store.workspace("t", "w").insert(entity, age).await.unwrap();
    }
    store.workspace("t", "v").insert(client("elsewhere"), NOW).await.unwrap();
}

pub(crate) async fn lists_are_sorted_either_way(store: Store) {
    six(&store).await;
    for (sort, ascending, descending) in [
        (Sort::Id, "a b c d e f", "f e d c b a"),
        (Sort::Name, "f b c a d e", "e d a c b f"),
        (Sort::CreatedAt, "a b c d e f", "f e d c b a"),
    ] {
        for (order, expected) in [(Order::Ascending, ascending), (Order::Descending, descending)] {
            assert_eq!(
                ids(&store, ListQuery { sort, order, ..ListQuery::default() }).await,
                expected,
                "{sort:?}"
            );
        }
    }
    store.workspace("t", "w").update(client("b"), None, NOW + 100).await.unwrap();
    let query = ListQuery { sort: Sort::UpdatedAt, order: Order::Descending, ..ListQuery::default() };
    assert_eq!(ids(&store, query).await, "b f e d c a");
}

pub(crate) async fn pages_meet_without_gap_or_overlap(store: Store) {
    six(&store).await;
    for sort in [Sort::Id, Sort::Name, Sort::CreatedAt, Sort::UpdatedAt] {
        for order in [Order::Ascending, Order::Descending] {
            let page = |limit, after_id: Option<&str>, before_id: Option<&str>| ListQuery {
                sort,
                order,
                limit,
                after_id: after_id.map(ToOwned::to_owned),
                before_id: before_id.map(ToOwned::to_owned),
                ..ListQuery::default()
            };
            let whole = ids(&store, page(20, None, None)).await;
            let (first, last) = (&whole[..1], &whole[10..]);
            let mut forwards = first.to_owned();
            while !forwards.ends_with(last) {
                let next = ids(&store, page(2, Some(&forwards[forwards.len() - 1..]), None)).await;
                forwards = format!("{forwards} {next}");
            }
            assert_eq!(forwards, whole, "{sort:?} {order:?}");
            assert_eq!(ids(&store, page(2, Some(last), None)).await, "");
            assert_eq!(ids(&store, page(2, None, Some(first))).await, "");
            // And back again from the last.
            let back = ids(&store, page(3, None, Some(last))).await;
            assert_eq!(back, whole[4..9], "{sort:?} {order:?}");
        }
    }
}

pub(crate) async fn a_page_after_a_deleted_entity_goes_on_or_fails(store: Store) {
    six(&store).await;
    store.workspace("t", "w").delete::<Client>("c", None).await.unwrap();
    let after = |sort| ListQuery { sort, after_id: Some("c".into()), ..ListQuery::default() };
    assert_eq!(ids(&store, after(Sort::Id)).await, "d e f");
    let lost = store.workspace("t", "w").list::<Client>(&after(Sort::Name)).await;
    assert_eq!(lost, Err(StoreError::NotFound("client")));
}

pub(crate) async fn a_search_meets_id_or_name_in_any_case_and_literally(store: Store) {
    six(&store).await;
    let long = Client { client_name: "Żółw".into(), ..client("UPPER") };
    store.workspace("t", "w").insert(long, NOW).await.unwrap();
    for (phrase, expected) in [
        ("THR", "d e"),
        ("e", "UPPER b d e f"),
        ("100%", "f"),
        ("% _", "f"),
        ("_", "f"),
        ("%", "f"),
        ("!", ""),
        ("upper", "UPPER"),
        ("żółW", "UPPER"),
        ("", "UPPER a b c d e f"),
    ] {
        let search_phrase = Some(phrase.to_owned());
        assert_eq!(
            ids(&store, ListQuery { search_phrase, ..ListQuery::default() }).await,
            expected,
            "{phrase}"
        );
    }
}

pub(crate) async fn filters_choose_by_tag(store: Store) {
    let w = store.workspace("t", "w");
    let with = |id, kinds: &[ApplicationKind]| Client { application_types: kinds.to_vec(), ..client(id) };
    w.insert(with("web", &[ApplicationKind::ServerWeb]), NOW).await.unwrap();
    w.insert(with("spa", &[ApplicationKind::SinglePage, ApplicationKind::Dcr]), NOW).await.unwrap();
    w.insert(with("service", &[ApplicationKind::Service]), NOW).await.unwrap();
    w.insert(Client { system: true, ..with("internal", &[ApplicationKind::Service]) }, NOW).await.unwrap();
    for (any, no, expected) in [
        (&["single_page", "server_web"][..], &[][..], "spa web"),
        (&["service"], &["system"], "service"),
        (&[], &["system"], "service spa web"),
        (&["dcr"], &[], "spa"),
        (&["server"], &[], ""),
        (&["server%"], &[], ""),
    ] {
        let own = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let query = ListQuery { any_tag: own(any), no_tag: own(no), ..ListQuery::default() };
        assert_eq!(ids(&store, query).await, expected, "{any:?} {no:?}");
    }
}

pub(crate) async fn a_tenant_lists_across_its_workspaces(store: Store) {
    six(&store).await;
    let all = store.tenant("t").list::<Client>(&ListQuery::all()).await.unwrap();
    assert_eq!(all.len(), 7);
    let workspaces = store.tenant("t").list::<Server>(&ListQuery::default()).await.unwrap();
    assert_eq!(workspaces.iter().map(|w| w.id.as_str()).collect::<Vec<_>>(), ["v", "w"]);
    let tenants = store.root().list(&ListQuery::default()).await.unwrap();
    assert_eq!(tenants.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), ["t", "u"]);
}
