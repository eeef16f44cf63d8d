//! Nonces for proofs (RFC 9449 §8): authenticated times. Every node makes and knows them from the master key; none is
//! stored.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Judge;

/// A new nonce begins so often, in seconds: a client keeps one for several requests.
const STEP: i64 = 60;
/// For how long after its beginning a nonce is good, in seconds.
const LIFETIME: i64 = 5 * 60;
/// How far the clocks of two nodes may differ, in seconds.
const SKEW: i64 = STEP;
/// Bytes of a time, and of what authenticates it.
const TIME: usize = 8;
const TAG: usize = 16;

/// The nonces of a workspace at one moment.
pub(super) struct Nonces<'a> {
    judge: &'a Judge<'a>,
}

impl<'a> Nonces<'a> {
    pub(super) const fn of(judge: &'a Judge<'a>) -> Self {
        Self { judge }
    }

    /// The nonce of this minute.
    pub(super) fn current(&self) -> String {
        let now = self.judge.now.seconds();
        let start = (now - now.rem_euclid(STEP)).to_be_bytes();
        let mut bytes = Vec::with_capacity(TIME + TAG);
        bytes.extend_from_slice(&start);
        bytes.extend_from_slice(&self.tag(start));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// When a nonce of ours ends, in unix seconds; `None` when it is not ours or is over.
    pub(super) fn end_of(&self, nonce: &str) -> Option<i64> {
        let bytes = URL_SAFE_NO_PAD.decode(nonce).ok()?;
        let (start, tag) = bytes.split_at_checked(TIME)?;
        let start: [u8; TIME] = start.try_into().ok()?;
        constant_time::verify_slices_are_equal(&self.tag(start), tag).ok()?;
        let (start, now) = (i64::from_be_bytes(start), self.judge.now.seconds());
        let end = start.saturating_add(LIFETIME);
        (start <= now.saturating_add(SKEW) && now < end).then_some(end)
    }

    /// A nonce counts in its own workspace alone.
    fn tag(&self, start: [u8; TIME]) -> [u8; TAG] {
        let workspace = self.judge.workspace;
        let mut context = hmac::Context::with_key(&self.judge.app.keys.dpop_nonce);
        context.update(&start);
        // Neither id can hold a slash.
        context.update(format!("{}/{}", workspace.tenant_id, workspace.id).as_bytes());
        let mut tag = [0; TAG];
        tag.copy_from_slice(&context.sign().as_ref()[..TAG]);
        tag
    }
}
