//! What is measured, and against which ceiling.

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::{
    flow::Flow,
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

    /// Whether a unit is a whole flow with a person in it.
    pub(crate) fn is_flow(self) -> bool {
        matches!(self, Self::CodeFlow | Self::CodeFlowSession)
    }
}

/// The requests of the rows that send one request again and again.
pub(crate) struct Requests {
    authority: String,
    clients: Clients,
    introspected: String,
}

/// The token endpoint of workspace `default`.
pub(crate) const TOKEN: &str = "/default/default/oauth2/token";

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
        let authorization = basic(Clients::FLOW, &self.clients.flow_secret);
        Flow::new(target, &query, authorization, row == Row::CodeFlowSession)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_name_of_its_own() {
        let mut names: Vec<_> = Row::ALL.iter().map(|row| row.name()).collect();
        names.dedup();
        assert_eq!(names.len(), Row::ALL.len());
    }
}
