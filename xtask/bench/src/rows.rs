//! What is measured, and against which ceiling.

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::{
    form,
    load::{Client, Connection, Request, Target},
    subject::{CALLBACK, Clients, basic},
};

/// What the ceiling does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ceiling {
    Es256Kept,
    Es256MtlsKept,
    Es256MtlsFresh,
    Get,
}

impl Ceiling {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Es256Kept => "es256_kept",
            Self::Es256MtlsKept => "es256_mtls_kept",
            Self::Es256MtlsFresh => "es256_mtls_fresh",
            Self::Get => "get",
        }
    }

    /// Whether its connections show the client certificate.
    pub(crate) fn has_certificate(self) -> bool {
        matches!(self, Self::Es256MtlsKept | Self::Es256MtlsFresh)
    }

    /// A client of the ceiling.
    pub(crate) fn client(self, target: &Target) -> Repeated {
        let authority = target.authority();
        let request = match self {
            Self::Get => Request::get(&authority, "/get", &[]),
            _ => Request::post(&authority, "/es256", &[], "grant_type=client_credentials&scope=email"),
        };
        Repeated::new(target, request, self == Self::Es256MtlsFresh)
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    ClientCredentialsSecret,
    ClientCredentialsMtlsKept,
    ClientCredentialsMtlsFresh,
    Introspection,
    Jwks,
    CodeFlow,
    CodeFlowSession,
}

impl Row {
    pub(crate) const ALL: &[Self] = &[
        Self::ClientCredentialsSecret,
        Self::ClientCredentialsMtlsKept,
        Self::ClientCredentialsMtlsFresh,
        Self::Introspection,
        Self::Jwks,
        Self::CodeFlow,
        Self::CodeFlowSession,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ClientCredentialsSecret => "client_credentials_secret",
            Self::ClientCredentialsMtlsKept => "client_credentials_mtls_kept",
            Self::ClientCredentialsMtlsFresh => "client_credentials_mtls_fresh",
            Self::Introspection => "introspection",
            Self::Jwks => "jwks",
            Self::CodeFlow => "code_flow",
            Self::CodeFlowSession => "code_flow_session",
        }
    }

    pub(crate) fn ceiling(self) -> Ceiling {
        match self {
            Self::ClientCredentialsMtlsKept => Ceiling::Es256MtlsKept,
            Self::ClientCredentialsMtlsFresh => Ceiling::Es256MtlsFresh,
            Self::Jwks => Ceiling::Get,
            _ => Ceiling::Es256Kept,
        }
    }

    /// Whether its connections show the client certificate.
    pub(crate) fn has_certificate(self) -> bool {
        self.ceiling().has_certificate()
    }
}

/// The requests of the rows that send one request again and again.
pub(crate) struct Requests {
    authority: String,
    clients: Clients,
    introspected: String,
}

const TOKEN: &str = "/default/default/oauth2/token";

impl Requests {
    /// Asks for what the requests need: a token to introspect.
    ///
    /// # Errors
    /// When there is none to be had.
    pub(crate) async fn prepare(target: &Target) -> anyhow::Result<Self> {
        let clients = Clients::register(target).await?;
        let mut requests = Self { authority: target.authority(), clients, introspected: String::new() };
        let request = requests.one(Row::ClientCredentialsSecret);
        let mut connection = Connection::new(target.clone());
        let answer: Value = serde_json::from_slice(connection.send(&request).await?.expect(200)?.body)?;
        requests.introspected = answer["access_token"].as_str().context("no access_token")?.to_owned();
        let answer = connection.send(&requests.one(Row::Introspection)).await?.expect(200)?;
        let seen: Value = serde_json::from_slice(answer.body)?;
        ensure!(seen["active"] == true, "the token is not active: {seen}");
        Ok(requests)
    }

    fn one(&self, row: Row) -> Request {
        let secret = basic(Clients::SECRET, &self.clients.secret);
        let with_secret = [("authorization", secret.as_str())];
        match row {
            Row::ClientCredentialsSecret => Request::post(
                &self.authority,
                TOKEN,
                &with_secret,
                "grant_type=client_credentials&scope=email",
            ),
            Row::Introspection => {
                let form = form::encode(&[("token", &self.introspected)]);
                Request::post(&self.authority, "/default/default/oauth2/introspect", &with_secret, &form)
            }
            Row::Jwks => Request::get(&self.authority, "/default/default/.well-known/jwks.json", &[]),
            _ => {
                let form = form::encode(&[
                    ("grant_type", "client_credentials"),
                    ("client_id", Clients::CERTIFICATE),
                    ("scope", "email"),
                ]);
                Request::post(&self.authority, TOKEN, &[], &form)
            }
        }
    }

    /// A client of a row that is one request.
    pub(crate) fn client(&self, row: Row, target: &Target) -> Repeated {
        Repeated::new(target, self.one(row), row == Row::ClientCredentialsMtlsFresh)
    }

    /// A client of a row that is a whole flow.
    pub(crate) fn flow(&self, row: Row, target: &Target) -> Flow {
        let query = form::encode(&[
            ("client_id", Clients::FLOW),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid"),
        ]);
        let keeps_session = row == Row::CodeFlowSession;
        let prompt = if keeps_session { "" } else { "&prompt=login%20consent" };
        Flow {
            connection: Connection::new(target.clone()),
            authority: self.authority.clone(),
            authorize: format!("/default/default/oauth2/authorize?{query}{prompt}"),
            authorization: basic(Clients::FLOW, &self.clients.flow_secret),
            cookies: Vec::new(),
            keeps_session,
            sent: 0,
        }
    }
}

/// Sends one request again and again.
pub(crate) struct Repeated {
    connection: Connection,
    request: Request,
    fresh: bool,
}

impl Repeated {
    fn new(target: &Target, request: Request, fresh: bool) -> Self {
        Self { connection: Connection::new(target.clone()), request, fresh }
    }
}

impl Client for Repeated {
    async fn once(&mut self) -> anyhow::Result<()> {
        let answer = self.connection.send(&self.request).await?.expect(200)?;
        // A short answer is no token: `{"active":false}` is a 200 too.
        ensure!(answer.body.len() > 100, "too short an answer: {}", answer.text());
        if self.fresh {
            self.connection.close();
        }
        Ok(())
    }
}

/// A person who logs in and consents, then the client redeems the code.
pub(crate) struct Flow {
    connection: Connection,
    authority: String,
    authorize: String,
    authorization: String,
    cookies: Vec<(String, String)>,
    keeps_session: bool,
    /// Requests sent for the last flow.
    pub(crate) sent: usize,
}

/// What the browser does next.
enum Next {
    Open(String),
    Submit(String, String),
    /// It has arrived at the client with this code.
    Redeem(String),
}

impl Flow {
    async fn visit(&mut self, path: String, form: Option<&str>) -> anyhow::Result<Next> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let origin = format!("https://{}", self.authority);
        let headers = [("cookie", cookies.as_str()), ("origin", origin.as_str())];
        let request = match form {
            None => Request::get(&self.authority, &path, &headers[..1]),
            Some(form) => Request::post(&self.authority, &path, &headers, form),
        };
        self.sent += 1;
        let answer = self.connection.send(&request).await?;
        for cookie in answer.headers("set-cookie") {
            keep(&mut self.cookies, cookie);
        }
        if (300..400).contains(&answer.status) {
            let location = answer.headers("location").next().context("a redirect without Location")?;
            if location.starts_with(CALLBACK) {
                let code = form::parameter(location, "code").with_context(|| location.to_owned())?;
                return Ok(Next::Redeem(code.to_owned()));
            }
            return Ok(Next::Open(location.strip_prefix(&origin).unwrap_or(location).to_owned()));
        }
        let answer = answer.expect(200)?;
        let page = answer.text();
        let csrf = form::input(page, "csrf").with_context(|| format!("no form: {page}"))?;
        let fields: &[(&str, &str)] = if page.contains("name=\"password\"") {
            &[("csrf", &csrf), ("username", "user"), ("password", "user"), ("action", "login")]
        } else {
            &[("csrf", &csrf), ("action", "accept")]
        };
        Ok(Next::Submit(path, form::encode(fields)))
    }

    async fn redeem(&mut self, code: &str) -> anyhow::Result<()> {
        let form = format!(
            "{}&code={code}",
            form::encode(&[("grant_type", "authorization_code"), ("redirect_uri", CALLBACK)])
        );
        let headers = [("authorization", self.authorization.as_str())];
        let request = Request::post(&self.authority, TOKEN, &headers, &form);
        self.sent += 1;
        let answer = self.connection.send(&request).await?.expect(200)?;
        ensure!(answer.text().contains("\"id_token\""), "no ID token: {}", answer.text());
        Ok(())
    }
}

impl Client for Flow {
    async fn once(&mut self) -> anyhow::Result<()> {
        if !self.keeps_session {
            self.cookies.clear();
        }
        self.sent = 0;
        let mut next = Next::Open(self.authorize.clone());
        // Authorize, login page, login, consent page, consent: each may be one redirect further away.
        for _ in 0..12 {
            next = match next {
                Next::Open(path) => self.visit(path, None).await?,
                Next::Submit(path, form) => self.visit(path, Some(&form)).await?,
                Next::Redeem(code) => return self.redeem(&code).await,
            };
        }
        anyhow::bail!("the flow does not end")
    }
}

/// Keeps a cookie as browsers do, as far as one host is concerned.
fn keep(cookies: &mut Vec<(String, String)>, line: &str) {
    let mut parts = line.split(';').map(str::trim);
    let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
    cookies.retain(|(kept, _)| kept != name);
    if !parts.any(|attribute| attribute.eq_ignore_ascii_case("max-age=0")) {
        cookies.push((name.to_owned(), value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_replaces_its_namesake_and_goes_when_its_age_is_nought() {
        let mut cookies = Vec::new();
        keep(&mut cookies, "__Host-session=a; Secure; Path=/");
        keep(&mut cookies, "__Host-session=b; Secure; Path=/");
        keep(&mut cookies, "other=c");
        assert_eq!(cookies, [("__Host-session".into(), "b".into()), ("other".into(), "c".into())]);
        keep(&mut cookies, "__Host-session=; Max-Age=0");
        assert_eq!(cookies.len(), 1);
    }

    #[test]
    fn every_row_has_a_name_of_its_own() {
        let mut names: Vec<_> = Row::ALL.iter().map(|row| row.name()).collect();
        names.dedup();
        assert_eq!(names.len(), Row::ALL.len());
    }
}
