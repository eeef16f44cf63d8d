//! HTTP/1.1 over one TLS connection, with as little work as will do: prebuilt requests, one buffer.

use std::fmt::Write;

use anyhow::{Context, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

use super::Target;

/// A request as bytes, made once and sent often.
#[derive(Clone)]
pub(crate) struct Request(Vec<u8>);

impl Request {
    /// A request without a body.
    pub(crate) fn get(authority: &str, path: &str, headers: &[(&str, &str)]) -> Self {
        Self::new("GET", authority, path, headers, None)
    }

    /// A form.
    pub(crate) fn post(authority: &str, path: &str, headers: &[(&str, &str)], form: &str) -> Self {
        Self::new("POST", authority, path, headers, Some(("application/x-www-form-urlencoded", form)))
    }

    /// A JSON document.
    pub(crate) fn post_json(authority: &str, path: &str, headers: &[(&str, &str)], json: &str) -> Self {
        Self::new("POST", authority, path, headers, Some(("application/json", json)))
    }

    fn new(
        method: &str,
        authority: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, &str)>,
    ) -> Self {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {authority}\r\n");
        for (name, value) in headers {
            write!(text, "{name}: {value}\r\n").ok();
        }
        if let Some((kind, body)) = body {
            write!(text, "content-type: {kind}\r\ncontent-length: {}\r\n", body.len()).ok();
        }
        text.push_str("\r\n");
        text.push_str(body.map_or("", |(_, body)| body));
        Self(text.into_bytes())
    }
}

/// An answer, valid until the next request.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    head: &'a str,
    pub(crate) body: &'a [u8],
}

impl Answer<'_> {
    /// All values of a header.
    pub(crate) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        headers(self.head, name)
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(self.body).unwrap_or("(not UTF-8)")
    }

    /// Fails unless the status is this one; the message holds the answer.
    pub(crate) fn expect(self, status: u16) -> anyhow::Result<Self> {
        ensure!(self.status == status, "expected {status}:\n{}{}", self.head, self.text());
        Ok(self)
    }
}

fn headers<'a>(head: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    head.split("\r\n").skip(1).filter_map(move |line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

/// A kept connection; it connects when it is first used.
pub(crate) struct Connection {
    target: Target,
    stream: Option<TlsStream<TcpStream>>,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(target: Target) -> Self {
        Self { target, stream: None, buffer: Vec::with_capacity(16 * 1024) }
    }

    /// Closes it, so that the next request makes a new one.
    pub(crate) fn close(&mut self) {
        self.stream = None;
    }

    /// Sends a request and reads its whole answer.
    ///
    /// # Errors
    /// When the connection breaks, or the answer is no HTTP/1.1.
    pub(crate) async fn send(&mut self, request: &Request) -> anyhow::Result<Answer<'_>> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => self.stream.insert(self.target.connect().await?),
        };
        stream.write_all(&request.0).await?;
        stream.flush().await?;
        self.buffer.clear();
        let head = loop {
            fill(stream, &mut self.buffer).await?;
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head]).context("a head that is not ASCII")?;
        let status: u16 = text.get(9..12).and_then(|digits| digits.parse().ok()).context("no status")?;
        let length = headers(text, "content-length").next().map(str::parse::<usize>).transpose()?;
        let chunked = headers(text, "transfer-encoding").any(|value| value.eq_ignore_ascii_case("chunked"));
        let closes = headers(text, "connection").any(|value| value.eq_ignore_ascii_case("close"));
        let end = match length {
            Some(length) => {
                while self.buffer.len() < head + length {
                    fill(stream, &mut self.buffer).await?;
                }
                head + length
            }
            None if chunked => {
                while !self.buffer[head..].ends_with(b"0\r\n\r\n") {
                    fill(stream, &mut self.buffer).await?;
                }
                head + join_chunks(&mut self.buffer[head..])?
            }
            None if status == 204 || status == 304 => head,
            None => bail!("an answer without length: {text}"),
        };
        if closes {
            self.stream = None;
        }
        let head_text = std::str::from_utf8(&self.buffer[..head])?;
        Ok(Answer { status, head: head_text, body: &self.buffer[head..end] })
    }
}

async fn fill(stream: &mut TlsStream<TcpStream>, buffer: &mut Vec<u8>) -> anyhow::Result<()> {
    let read = stream.read_buf(buffer).await?;
    ensure!(read > 0, "the server closed the connection");
    Ok(())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// RFC 9112 §7.1, in place. Returns the length of the content.
fn join_chunks(bytes: &mut [u8]) -> anyhow::Result<usize> {
    let (mut from, mut to) = (0, 0);
    loop {
        let line = find(&bytes[from..], b"\r\n").context("a chunk without size")?;
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[from..from + line])?, 16)?;
        from += line + 2;
        if size == 0 {
            return Ok(to);
        }
        ensure!(from + size + 2 <= bytes.len(), "a chunk is cut off");
        bytes.copy_within(from..from + size, to);
        from += size + 2;
        to += size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_and_cut_ones_refused() {
        let mut bytes = *b"4\r\nWiki\r\n6\r\npedia \r\n0\r\n\r\n";
        let length = join_chunks(&mut bytes).unwrap();
        assert_eq!(&bytes[..length], b"Wikipedia ");
        assert!(join_chunks(&mut b"9\r\nWiki\r\n0\r\n\r\n".to_vec()).is_err());
    }

    #[test]
    fn headers_are_found_whatever_their_case() {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nset-cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n";
        assert_eq!(headers(head, "content-length").next(), Some("5"));
        assert_eq!(headers(head, "set-cookie").collect::<Vec<_>>(), ["a=b", "c=d"]);
    }
}
