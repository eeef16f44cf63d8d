//! Seals what must be read back but not lie readable in the database: AES-256-GCM under a master key.
//!
//! A sealed value is `1 | key id (4) | nonce (12) | ciphertext and tag`. What it belongs to is bound as
//! associated data, so that a value copied to another row does not open.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{Context, SHA256};
use zeroize::Zeroizing;

use crate::error::{Result, StoreError};

/// Length of a master key in bytes.
pub const MASTER_KEY_LEN: usize = 32;

const FORMAT: u8 = 1;
const KEY_ID_LEN: usize = 4;
const HEADER_LEN: usize = 1 + KEY_ID_LEN + NONCE_LEN;

/// The master keys: the first seals, all of them open.
pub struct MasterKeys {
    keys: Vec<MasterKey>,
}

struct MasterKey {
    id: [u8; KEY_ID_LEN],
    key: RandomizedNonceKey,
}

/// What a sealed value belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// Table, and column where a table has several.
    pub table: &'a str,
    /// The tenant.
    pub tenant: &'a str,
    /// Id of the row; unique in table and tenant.
    pub id: &'a [u8],
}

impl MasterKeys {
    /// Takes the current key, and older ones that still open what was sealed with them.
    pub fn new(current: &[u8; MASTER_KEY_LEN], older: &[[u8; MASTER_KEY_LEN]]) -> Result<Self> {
        let keys = std::iter::once(current).chain(older).map(MasterKey::new).collect::<Result<_>>()?;
        Ok(Self { keys })
    }

    /// Seals `plaintext` with the current key.
    pub fn seal(&self, binding: &Binding<'_>, plaintext: &[u8]) -> Result<Vec<u8>> {
        let current = self.keys.first().ok_or_else(no_key)?;
        let mut text = Zeroizing::new(plaintext.to_vec());
        // Room for the tag, so that the plaintext is not left behind by a growing buffer.
        text.reserve_exact(AES_256_GCM.tag_len());
        let nonce = current
            .key
            .seal_in_place_append_tag(Aad::from(binding.bytes()), &mut *text)
            .map_err(|_| StoreError::Internal("sealing failed".to_owned()))?;
        let mut sealed = Vec::with_capacity(HEADER_LEN + text.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&current.id);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    /// Opens what [`MasterKeys::seal`] made for the same binding.
    ///
    /// # Errors
    /// `Corrupt` when it was sealed with a key that is not here, belongs elsewhere, or was changed.
    pub fn open(&self, binding: &Binding<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (id, rest) = split(sealed)?;
        let key = self.keys.iter().find(|key| key.id == id).ok_or_else(no_key)?;
        let (nonce, text) = rest.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let mut text = Zeroizing::new(text.to_vec());
        let length =
            key.key.open_in_place(nonce, Aad::from(binding.bytes()), &mut text).map_err(|_| damaged())?.len();
        text.truncate(length);
        Ok(text)
    }

    /// True when `sealed` was made with the current key.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        split(sealed).is_ok_and(|(id, _)| self.keys.first().is_some_and(|key| key.id == id))
    }
}

impl MasterKey {
    fn new(bytes: &[u8; MASTER_KEY_LEN]) -> Result<Self> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, bytes)
            .map_err(|_| StoreError::Invalid("master key".to_owned()))?;
        let mut context = Context::new(&SHA256);
        context.update(b"symbolon master key id");
        context.update(bytes);
        let mut id = [0; KEY_ID_LEN];
        id.copy_from_slice(&context.finish().as_ref()[..KEY_ID_LEN]);
        Ok(Self { id, key })
    }
}

impl Binding<'_> {
    /// Lengths before contents, so that no two bindings have the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(24 + self.table.len() + self.tenant.len() + self.id.len());
        for part in [self.table.as_bytes(), self.tenant.as_bytes(), self.id] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKeys({})", self.keys.len())
    }
}

fn split(sealed: &[u8]) -> Result<([u8; KEY_ID_LEN], &[u8])> {
    if sealed.len() < HEADER_LEN + AES_256_GCM.tag_len() || sealed[0] != FORMAT {
        return Err(damaged());
    }
    let mut id = [0; KEY_ID_LEN];
    id.copy_from_slice(&sealed[1..=KEY_ID_LEN]);
    Ok((id, &sealed[1 + KEY_ID_LEN..]))
}

fn no_key() -> StoreError {
    StoreError::Corrupt("sealed with a master key that was not given".to_owned())
}

fn damaged() -> StoreError {
    StoreError::Corrupt("a sealed value does not open".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Binding<'static> = Binding { table: "clients", tenant: "t", id: b"c" };

    fn keys(current: u8, older: &[u8]) -> MasterKeys {
        let older: Vec<_> = older.iter().map(|&b| [b; MASTER_KEY_LEN]).collect();
        MasterKeys::new(&[current; MASTER_KEY_LEN], &older).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_and_is_not_readable() {
        let keys = keys(1, &[]);
        let sealed = keys.seal(&HERE, b"secret text").unwrap();
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        assert_eq!(keys.open(&HERE, &sealed).unwrap().as_slice(), b"secret text");
        assert_ne!(sealed, keys.seal(&HERE, b"secret text").unwrap(), "nonces are fresh");
    }

    #[test]
    fn a_value_moved_to_another_row_does_not_open() {
        let keys = keys(1, &[]);
        let sealed = keys.seal(&HERE, b"x").unwrap();
        for other in [
            Binding { table: "idps", ..HERE },
            Binding { tenant: "u", ..HERE },
            Binding { id: b"d", ..HERE },
            Binding { table: "client", tenant: "st", ..HERE },
        ] {
            assert!(matches!(keys.open(&other, &sealed), Err(StoreError::Corrupt(_))), "{other:?}");
        }
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let keys = keys(1, &[]);
        let sealed = keys.seal(&HERE, b"x").unwrap();
        for i in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[i] ^= 1;
            assert!(keys.open(&HERE, &changed).is_err(), "byte {i}");
            assert!(keys.open(&HERE, &sealed[..i]).is_err(), "length {i}");
        }
    }

    #[test]
    fn older_keys_open_but_do_not_seal() {
        let sealed = keys(1, &[]).seal(&HERE, b"x").unwrap();
        let rotated = keys(2, &[1]);
        assert_eq!(rotated.open(&HERE, &sealed).unwrap().as_slice(), b"x");
        assert!(!rotated.is_current(&sealed));
        assert!(rotated.is_current(&rotated.seal(&HERE, b"x").unwrap()));
        assert!(keys(2, &[]).open(&HERE, &sealed).is_err());
        assert_eq!(format!("{rotated:?}"), "MasterKeys(2)");
    }
}
