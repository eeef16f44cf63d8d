//! Sealing and opening the content (RFC 7518 §5).

use aws_lc_rs::{aead, cipher, hmac, iv::FixedLength, rand};
use zeroize::Zeroizing;

use super::algorithms::{Construction, ContentEncryption};
use crate::{Error, constant_time_eq};

/// What a JWE carries besides its header and its key.
pub(super) struct Sealed {
    pub(super) iv: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

/// A content encryption key out of the random generator.
pub(super) fn random_key(encryption: ContentEncryption) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut key = Zeroizing::new(vec![0; encryption.key_bytes()]);
    rand::fill(&mut key).map_err(|_| Error::Crypto)?;
    Ok(key)
}

/// Seals with a fresh initialization vector.
pub(super) fn seal(
    encryption: ContentEncryption,
    key: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, Error> {
    let mut iv = vec![
        0;
        match encryption.construction() {
            Construction::Gcm(_) => aead::NONCE_LEN,
            Construction::CbcHmac(..) => BLOCK,
        }
    ];
    rand::fill(&mut iv).map_err(|_| Error::Crypto)?;
    seal_with(encryption, key, iv, aad, plaintext)
}

fn seal_with(
    encryption: ContentEncryption,
    key: &[u8],
    iv: Vec<u8>,
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, Error> {
    let mut ciphertext = plaintext.to_vec();
    let tag = match encryption.construction() {
        Construction::Gcm(algorithm) => {
            let key =
                aead::LessSafeKey::new(aead::UnboundKey::new(algorithm, key).map_err(|_| Error::Crypto)?);
            let nonce = aead::Nonce::try_assume_unique_for_key(&iv).map_err(|_| Error::Crypto)?;
            let tag = key.seal_in_place_separate_tag(nonce, aead::Aad::from(aad), &mut ciphertext);
            tag.map_err(|_| Error::Crypto)?.as_ref().to_vec()
        }
        Construction::CbcHmac(algorithm, mac) => {
            let keys = Keys::split(encryption, key).ok_or(Error::Crypto)?;
            let block: [u8; BLOCK] = iv.as_slice().try_into().map_err(|_| Error::Crypto)?;
            cipher::UnboundCipherKey::new(algorithm, keys.encryption)
                .and_then(cipher::PaddedBlockEncryptingKey::cbc_pkcs7)
                .and_then(|key| {
                    let context = cipher::EncryptionContext::Iv128(FixedLength::from(block));
                    key.less_safe_encrypt(&mut ciphertext, context)
                })
                .map_err(|_| Error::Crypto)?;
            keys.tag(mac, aad, &iv, &ciphertext)
        }
    };
    Ok(Sealed { iv, ciphertext, tag })
}

/// Opens. Whatever is wrong, the error is one and the same; the tag is compared in constant time, and nothing is
/// decrypted before it is right, so that padding is no oracle (RFC 7518 §5.2.2.2).
pub(super) fn open(
    encryption: ContentEncryption,
    key: &[u8],
    aad: &[u8],
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut text = Zeroizing::new(sealed.ciphertext.clone());
    match encryption.construction() {
        Construction::Gcm(algorithm) => {
            let key =
                aead::LessSafeKey::new(aead::UnboundKey::new(algorithm, key).map_err(|_| Error::Decryption)?);
            let nonce = aead::Nonce::try_assume_unique_for_key(&sealed.iv).map_err(|_| Error::Decryption)?;
            // A shorter tag would be easier to guess (RFC 7518 §5.3: 128 bits).
            if sealed.tag.len() != algorithm.tag_len() {
                return Err(Error::Decryption);
            }
            text.extend_from_slice(&sealed.tag);
            let opened = key.open_in_place(nonce, aead::Aad::from(aad), &mut text);
            let len = opened.map_err(|_| Error::Decryption)?.len();
            text.truncate(len);
        }
        Construction::CbcHmac(algorithm, mac) => {
            let keys = Keys::split(encryption, key).ok_or(Error::Decryption)?;
            let block: [u8; BLOCK] = sealed.iv.as_slice().try_into().map_err(|_| Error::Decryption)?;
            if !constant_time_eq(&keys.tag(mac, aad, &sealed.iv, &sealed.ciphertext), &sealed.tag) {
                return Err(Error::Decryption);
            }
            let key = cipher::UnboundCipherKey::new(algorithm, keys.encryption)
                .and_then(cipher::PaddedBlockDecryptingKey::cbc_pkcs7)
                .map_err(|_| Error::Decryption)?;
            let context = cipher::DecryptionContext::Iv128(FixedLength::from(block));
            let len = key.decrypt(&mut text, context).map_err(|_| Error::Decryption)?.len();
            text.truncate(len);
        }
    }
    Ok(text)
}

/// The two halves of a key for CBC with HMAC (RFC 7518 §5.2.2.1).
struct Keys<'a> {
    mac: &'a [u8],
    encryption: &'a [u8],
}

impl<'a> Keys<'a> {
    fn split(encryption: ContentEncryption, key: &'a [u8]) -> Option<Self> {
        let (mac, rest) = key.split_at_checked(encryption.key_bytes() / 2)?;
        (rest.len() == mac.len()).then_some(Self { mac, encryption: rest })
    }

    /// The left half of the MAC over what is authenticated, the vector, the ciphertext and the length of the first in
    /// bits.
    fn tag(&self, algorithm: hmac::Algorithm, aad: &[u8], iv: &[u8], ciphertext: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&hmac::Key::new(algorithm, self.mac));
        context.update(aad);
        context.update(iv);
        context.update(ciphertext);
        context.update(&(aad.len() as u64 * 8).to_be_bytes());
        let full = context.sign();
        full.as_ref()[..full.as_ref().len() / 2].to_vec()
    }
}

/// Bytes of an AES block.
const BLOCK: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7518 Appendix B: the plaintext, the vector and the data of all three examples.
    const PLAINTEXT: &str = "A cipher system must not be required to be secret, and it must be able to fall into \
        the hands of the enemy without inconvenience";
    const IV: [u8; 16] =
        [0x1a, 0xf3, 0x8c, 0x2d, 0xc2, 0xb9, 0x6f, 0xfd, 0xd8, 0x66, 0x94, 0x09, 0x23, 0x41, 0xbc, 0x04];
    const AAD: &[u8] = b"The second principle of Auguste Kerckhoffs";

    fn key(encryption: ContentEncryption) -> Vec<u8> {
        (0..=u8::MAX).take(encryption.key_bytes()).collect()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_examples_of_rfc_7518_appendix_b() {
        for (encryption, first_block, tag) in [
            (
                ContentEncryption::A128CbcHs256,
                "c80edfa32ddf39d5ef00c0b468834279",
                "652c3fa36b0a7c5b3219fab3a30bc1c4",
            ),
            (
                ContentEncryption::A192CbcHs384,
                "ea65da6b59e61edb419be62d19712ae5",
                "8490ac0e58949bfe51875d733f93ac2075168039ccc733d7",
            ),
            (
                ContentEncryption::A256CbcHs512,
                "4affaaadb78c31c5da4b1b590d10ffbd",
                "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5",
            ),
        ] {
            let key = key(encryption);
            let sealed = seal_with(encryption, &key, IV.to_vec(), AAD, PLAINTEXT.as_bytes()).unwrap();
            assert_eq!(hex(&sealed.ciphertext[..16]), first_block, "{encryption}");
            assert_eq!(hex(&sealed.tag), tag, "{encryption}");
            assert_eq!(sealed.ciphertext.len(), 144);
            assert_eq!(open(encryption, &key, AAD, &sealed).unwrap().as_slice(), PLAINTEXT.as_bytes());
        }
    }

    #[test]
    fn every_change_is_the_same_error() {
        for encryption in ContentEncryption::ALL {
            let key = key(encryption);
            let sealed = || seal(encryption, &key, AAD, b"secret").unwrap();
            let refused = |sealed: &Sealed, key: &[u8], aad: &[u8]| {
                assert_eq!(
                    open(encryption, key, aad, sealed).unwrap_err(),
                    Error::Decryption,
                    "{encryption}"
                );
            };
            refused(&sealed(), &key, b"other data");
            refused(&sealed(), &vec![9; key.len()], AAD);
            refused(&sealed(), &key[1..], AAD);
            for change in [
                |sealed: &mut Sealed| sealed.iv[0] ^= 1,
                |sealed: &mut Sealed| sealed.ciphertext[0] ^= 1,
                |sealed: &mut Sealed| sealed.tag[0] ^= 1,
                |sealed: &mut Sealed| sealed.tag.truncate(4),
                |sealed: &mut Sealed| sealed.tag.clear(),
                |sealed: &mut Sealed| sealed.tag.push(0),
                |sealed: &mut Sealed| sealed.iv.truncate(8),
                |sealed: &mut Sealed| sealed.iv.push(0),
                |sealed: &mut Sealed| sealed.ciphertext.clear(),
            ] {
                let mut changed = sealed();
                change(&mut changed);
                refused(&changed, &key, AAD);
            }
        }
    }

    #[test]
    fn bad_padding_under_a_right_tag_is_the_same_error() {
        let encryption = ContentEncryption::A128CbcHs256;
        let key = key(encryption);
        let keys = Keys::split(encryption, &key).unwrap();
        for ciphertext in [vec![7; 16], vec![7; 15], Vec::new()] {
            let tag = keys.tag(hmac::HMAC_SHA256, AAD, &IV, &ciphertext);
            let sealed = Sealed { iv: IV.to_vec(), ciphertext, tag };
            assert_eq!(open(encryption, &key, AAD, &sealed).unwrap_err(), Error::Decryption);
        }
    }
}
