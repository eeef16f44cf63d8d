//! AES Key Wrap (RFC 3394), as RFC 7518 §4.4 uses it.

use aws_lc_rs::{
    cipher::{self, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey},
    key_wrap::{self, AesKek, KeyWrap},
};
use zeroize::Zeroizing;

use crate::{Error, constant_time_eq};

/// The initial value (RFC 3394 §2.2.3.1).
const INITIAL: [u8; 8] = [0xa6; 8];
/// What wrapping adds, and what it works on, in bytes.
const HALF: usize = 8;

/// Wraps `key` with a key of 16, 24 or 32 bytes.
pub(super) fn wrap(kek: &[u8], key: &[u8]) -> Result<Vec<u8>, Error> {
    let mut out = vec![0; key.len() + HALF];
    match cipher_of(kek)? {
        Some(cipher) => {
            let kek = AesKek::new(cipher, kek).map_err(|_| Error::Crypto)?;
            kek.wrap(key, &mut out).map_err(|_| Error::Crypto)?;
        }
        None => wrap_192(kek, key, &mut out)?,
    }
    Ok(out)
}

/// Unwraps; the error does not say what was wrong.
pub(super) fn unwrap(kek: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    // At least two halves, and what wrapping adds.
    if wrapped.len() < 3 * HALF || !wrapped.len().is_multiple_of(HALF) {
        return Err(Error::Decryption);
    }
    let mut out = Zeroizing::new(vec![0; wrapped.len() - HALF]);
    match cipher_of(kek)? {
        Some(cipher) => {
            let kek = AesKek::new(cipher, kek).map_err(|_| Error::Crypto)?;
            kek.unwrap(wrapped, &mut out).map_err(|_| Error::Decryption)?;
        }
        None => unwrap_192(kek, wrapped, &mut out)?,
    }
    Ok(out)
}

/// The library wraps with two of the three key lengths.
fn cipher_of(kek: &[u8]) -> Result<Option<&'static key_wrap::AesBlockCipher>, Error> {
    match kek.len() {
        16 => Ok(Some(&key_wrap::AES_128)),
        24 => Ok(None),
        32 => Ok(Some(&key_wrap::AES_256)),
        _ => Err(Error::Crypto),
    }
}

/// RFC 3394 §2.2.1, index based.
fn wrap_192(kek: &[u8], key: &[u8], out: &mut [u8]) -> Result<(), Error> {
    let aes = UnboundCipherKey::new(&cipher::AES_192, kek).and_then(EncryptingKey::ecb);
    let aes = aes.map_err(|_| Error::Crypto)?;
    let (check, registers) = out.split_at_mut(HALF);
    registers.copy_from_slice(key);
    check.copy_from_slice(&INITIAL);
    let mut block = Zeroizing::new([0; 2 * HALF]);
    let mut step: u64 = 0;
    for _ in 0..6 {
        for register in registers.chunks_exact_mut(HALF) {
            step += 1;
            block[..HALF].copy_from_slice(check);
            block[HALF..].copy_from_slice(register);
            aes.less_safe_encrypt(&mut *block, EncryptionContext::None).map_err(|_| Error::Crypto)?;
            check.copy_from_slice(&block[..HALF]);
            count(check, step);
            register.copy_from_slice(&block[HALF..]);
        }
    }
    Ok(())
}

/// RFC 3394 §2.2.2, index based.
fn unwrap_192(kek: &[u8], wrapped: &[u8], out: &mut [u8]) -> Result<(), Error> {
    let aes = UnboundCipherKey::new(&cipher::AES_192, kek).and_then(DecryptingKey::ecb);
    let aes = aes.map_err(|_| Error::Crypto)?;
    let (first, rest) = wrapped.split_at(HALF);
    let mut check: [u8; HALF] = first.try_into().map_err(|_| Error::Decryption)?;
    out.copy_from_slice(rest);
    let mut block = Zeroizing::new([0; 2 * HALF]);
    let mut step = 6 * (out.len() / HALF) as u64;
    for _ in 0..6 {
        for register in out.rchunks_exact_mut(HALF) {
            count(&mut check, step);
            block[..HALF].copy_from_slice(&check);
            block[HALF..].copy_from_slice(register);
            aes.decrypt(&mut *block, DecryptionContext::None).map_err(|_| Error::Decryption)?;
            check.copy_from_slice(&block[..HALF]);
            register.copy_from_slice(&block[HALF..]);
            step -= 1;
        }
    }
    if constant_time_eq(&check, &INITIAL) { Ok(()) } else { Err(Error::Decryption) }
}

fn count(check: &mut [u8], step: u64) {
    for (byte, counter) in check.iter_mut().zip(step.to_be_bytes()) {
        *byte ^= counter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    fn kek(bytes: usize) -> Vec<u8> {
        (0..=u8::MAX).take(bytes).collect()
    }

    #[test]
    fn the_examples_of_rfc_3394_section_4() {
        for (kek_bytes, key, wrapped) in [
            (16, "00112233445566778899aabbccddeeff", "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"),
            (24, "00112233445566778899aabbccddeeff", "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d"),
            (32, "00112233445566778899aabbccddeeff", "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"),
            (
                24,
                "00112233445566778899aabbccddeeff0001020304050607",
                "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2",
            ),
            (
                32,
                "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
                "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
            ),
        ] {
            assert_eq!(wrap(&kek(kek_bytes), &unhex(key)).unwrap(), unhex(wrapped));
            assert_eq!(unwrap(&kek(kek_bytes), &unhex(wrapped)).unwrap().as_slice(), unhex(key));
        }
    }

    #[test]
    fn what_was_changed_or_cut_is_refused() {
        for bytes in [16, 24, 32] {
            let wrapped = wrap(&kek(bytes), &[7; 32]).unwrap();
            for at in 0..wrapped.len() {
                let mut changed = wrapped.clone();
                changed[at] ^= 0x40;
                assert_eq!(unwrap(&kek(bytes), &changed), Err(Error::Decryption));
            }
            for len in 0..wrapped.len() {
                assert_eq!(unwrap(&kek(bytes), &wrapped[..len]), Err(Error::Decryption), "{len}");
            }
            let mut other = kek(bytes);
            other[0] = 1;
            assert_eq!(unwrap(&other, &wrapped), Err(Error::Decryption));
        }
    }

    #[test]
    fn other_key_lengths_do_not_wrap() {
        for bytes in [0, 8, 15, 33, 64] {
            assert_eq!(wrap(&kek(bytes), &[7; 16]), Err(Error::Crypto));
        }
    }
}
