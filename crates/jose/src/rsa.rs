//! RSA public numbers and what this crate accepts of them.

use crate::{Error, der};

/// Smallest modulus accepted, in bits (RFC 7518 §3.3).
const MIN_BITS: usize = 2048;
/// Largest modulus accepted, in bits: beyond it, verifying costs too much.
const MAX_BITS: usize = 8192;
/// Largest exponent accepted, in bytes: aws-lc goes no further than 33 bits.
const MAX_EXPONENT: usize = 4;

/// Modulus and exponent, big-endian without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RsaPublic {
    pub(crate) n: Vec<u8>,
    pub(crate) e: Vec<u8>,
}

impl RsaPublic {
    /// Checks size and exponent. Leading zeros are dropped: some libraries write one (RFC 7518 §6.3.1.1).
    pub(crate) fn new(n: &[u8], e: &[u8]) -> Result<Self, Error> {
        let (n, e) = (without_zeros(n), without_zeros(e));
        let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
        if !(MIN_BITS..=MAX_BITS).contains(&bits) {
            return Err(Error::RsaModulusSize { bits });
        }
        let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
        if e.len() > MAX_EXPONENT || !odd(e) || e == [1] || !odd(n) {
            return Err(Error::KeyRejected);
        }
        Ok(Self { n: n.to_vec(), e: e.to_vec() })
    }

    /// Reads an `RSAPublicKey` (RFC 8017 A.1.1).
    pub(crate) fn from_der(input: &[u8]) -> Result<Self, Error> {
        let numbers = |input| {
            let (n, rest) = der::take_unsigned(der::only(der::SEQUENCE, input)?)?;
            let (e, rest) = der::take_unsigned(rest)?;
            rest.is_empty().then_some((n, e))
        };
        let (n, e) = numbers(input).ok_or(Error::KeyRejected)?;
        Self::new(n, e)
    }
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modulus(bytes: usize) -> Vec<u8> {
        vec![0xff; bytes]
    }

    #[test]
    fn size_is_counted_in_bits() {
        let mut almost = modulus(256);
        almost[0] = 0x7f;
        assert_eq!(RsaPublic::new(&almost, &[1, 0, 1]), Err(Error::RsaModulusSize { bits: 2047 }));
        assert_eq!(RsaPublic::new(&modulus(128), &[1, 0, 1]), Err(Error::RsaModulusSize { bits: 1024 }));
        assert_eq!(RsaPublic::new(&modulus(1025), &[1, 0, 1]), Err(Error::RsaModulusSize { bits: 8200 }));
        assert_eq!(RsaPublic::new(&[], &[1, 0, 1]), Err(Error::RsaModulusSize { bits: 0 }));
        assert!(RsaPublic::new(&modulus(256), &[1, 0, 1]).is_ok());
    }

    #[test]
    fn leading_zeros_do_not_make_a_key_larger() {
        let mut padded = vec![0; 128];
        padded.extend(modulus(128));
        assert_eq!(RsaPublic::new(&padded, &[3]), Err(Error::RsaModulusSize { bits: 1024 }));
    }

    #[test]
    fn an_even_modulus_is_refused() {
        let mut even = modulus(256);
        even[255] = 0xfe;
        assert_eq!(RsaPublic::new(&even, &[1, 0, 1]), Err(Error::KeyRejected));
    }

    #[test]
    fn exponents_that_do_not_encrypt_are_refused() {
        for e in [&[][..], &[0], &[1], &[2], &[1, 0, 0], &[1, 0, 0, 0, 1]] {
            assert_eq!(RsaPublic::new(&modulus(256), e), Err(Error::KeyRejected), "{e:?}");
        }
    }
}
