//! The code flow, as a browser without scripts and its client go through it.

use anyhow::{Context, bail, ensure};

use crate::{
    form,
    load::{Client, Connection, Request, Target},
    rows::TOKEN,
    subject::CALLBACK,
};

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

impl Flow {
    /// `query` is that of the authorization request, `authorization` the client's own at the token endpoint.
    pub(crate) fn new(target: &Target, query: &str, authorization: String, keeps_session: bool) -> Self {
        let prompt = if keeps_session { "" } else { "&prompt=login%20consent" };
        Self {
            connection: Connection::new(target.clone()),
            authority: target.authority(),
            authorize: format!("/default/default/oauth2/authorize?{query}{prompt}"),
            authorization,
            cookies: Vec::new(),
            keeps_session,
            sent: 0,
        }
    }
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
        bail!("the flow does not end")
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
}
