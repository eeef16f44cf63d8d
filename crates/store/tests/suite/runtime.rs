//! What expires.

use symbolon_store::{NewSession, Store};

use crate::backend::NOW;

pub(crate) async fn a_session_ends(store: Store) {
    let w = store.workspace("t", "w");
    let session = NewSession {
        id: "cookie",
        subject: "alice",
        doc: &"pwd",
        auth_time: NOW,
        idle_until: NOW + 1000,
        ends_at: NOW + 5000,
    };
    w.insert_session(&session).await.unwrap();
    assert!(w.find_session::<String>("cookie", NOW + 999).await.unwrap().is_some());
    assert!(w.find_session::<String>("cookie", NOW + 1000).await.unwrap().is_none());
    assert!(w.touch_session("cookie", NOW + 9000, NOW + 999).await.unwrap());
    let touched = w.find_session::<String>("cookie", NOW + 4999).await.unwrap().unwrap();
    assert_eq!((touched.last_used_at, touched.idle_until), (NOW + 999, NOW + 5000));
    assert!(w.find_session::<String>("cookie", NOW + 5000).await.unwrap().is_none());
    assert!(!w.touch_session("cookie", NOW + 9000, NOW + 5000).await.unwrap());
}
