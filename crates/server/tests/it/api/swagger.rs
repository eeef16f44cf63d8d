//! `/api/swagger/{tid}`

use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION,
};

use crate::harness::TestApp;

#[tokio::test]
async fn the_page_names_its_files_by_what_is_in_them() {
    let app = TestApp::new().await;
    let answer = app.get("/api/swagger/default").await;
    assert_eq!((answer.status, answer.header(LOCATION)), (307, "/api/swagger/default/"));
    let page = app.get("/api/swagger/default/").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header(CONTENT_TYPE), "text/html; charset=utf-8");
    let policy = page.header(CONTENT_SECURITY_POLICY);
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");

    let addresses = page.text().split('"').filter(|text| text.contains("?v="));
    let mut files = 0;
    for address in addresses {
        let file = app.get(&format!("/api/swagger/default/{address}")).await;
        assert_eq!(file.status, 200, "{address}");
        assert_eq!(file.header(CACHE_CONTROL), "public, max-age=31536000, immutable", "{address}");
        files += 1;
    }
    assert_eq!(files, 4);
}

#[tokio::test]
async fn a_file_by_its_plain_name_is_asked_for_anew() {
    let app = TestApp::new().await;
    for (file, content_type) in [
        ("oauth2-redirect.html", "text/html; charset=utf-8"),
        ("oauth2-redirect.js", "text/javascript; charset=utf-8"),
        ("start.js?v=old", "text/javascript; charset=utf-8"),
    ] {
        let answer = app.get(&format!("/api/swagger/default/{file}")).await;
        assert_eq!((answer.status, answer.header(CONTENT_TYPE)), (200, content_type), "{file}");
        assert_eq!(answer.header(CACHE_CONTROL), "no-cache", "{file}");
    }
    assert_eq!(app.get("/api/swagger/default/nothing.js").await.status, 404);
}

#[tokio::test]
async fn large_files_are_sent_compressed_or_not_at_all() {
    let app = TestApp::new().await;
    let bundle = "/api/swagger/default/swagger-ui-bundle.js";
    let answer = app.get(bundle).header(ACCEPT_ENCODING, "gzip, br").await;
    assert_eq!((answer.status, answer.header(CONTENT_ENCODING)), (200, "gzip"));
    assert_eq!(answer.body[..2], [0x1f, 0x8b]);
    assert_eq!(app.get(bundle).header(ACCEPT_ENCODING, "identity").await.status, 406);
}

#[tokio::test]
async fn the_document_is_that_of_the_tenant() {
    let app = TestApp::new().await;
    app.add_tenant("acme").await;
    let document = app.get("/api/swagger/acme/admin.json").await.ok();
    let flows = &document["components"]["securitySchemes"]["admin"]["flows"];
    assert_eq!(flows["clientCredentials"]["tokenUrl"], "/acme/admin/oauth2/token");
    assert_eq!(app.get("/api/swagger/acme/imaginary.json").await.status, 404);
    assert_eq!(app.get("/api/swagger/nowhere/").await.status, 404);
    assert_eq!(app.get("/api/swagger/nowhere/admin.json").await.status, 404);
}

#[tokio::test]
async fn the_page_suggests_a_client_only_where_there_is_demo_data() {
    let app = TestApp::new().await;
    assert!(!app.get("/api/swagger/default/").await.text().contains("admin-swagger"));
    let demo = TestApp::with_settings(&[("demo", "true")]).await;
    assert!(demo.get("/api/swagger/default/").await.text().contains("data-client-id=\"admin-swagger\""));
}

#[tokio::test]
async fn the_choice_of_family_cannot_be_abused() {
    let app = TestApp::new().await;
    let page = app.get("/api/swagger/default/?family=root").await;
    assert!(page.text().contains("data-family=\"root\""));
    let page = app.get("/api/swagger/default/?family=%22%3E%3Cscript%3E").await;
    assert!(page.text().contains("data-family=\"admin\"") && !page.text().contains("\"><script>"));
}
