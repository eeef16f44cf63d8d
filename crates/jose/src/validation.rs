//! The registered claims against the time and the parties (RFC 7519 §4.1, RFC 8725 §3.8-3.10).

use serde_json::Value;

use crate::{Claims, Error};

/// What a claims set must say. Start from [`Validation::at`], which wants `exp` and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validation<'a> {
    /// Unix seconds
    pub now: i64,
    /// how far clocks may differ, in seconds, for `exp`, `nbf` and `iat`
    pub leeway: i64,
    /// `iss` must be this
    pub issuer: Option<&'a str>,
    /// `sub` must be this
    pub subject: Option<&'a str>,
    /// `aud` must name one of these; empty: `aud` is not looked at
    pub audiences: &'a [&'a str],
    /// `aud` must name nobody else
    pub sole_audience: bool,
    /// `exp` must be there
    pub require_exp: bool,
    /// `iat` must be there
    pub require_iat: bool,
    /// `nbf` must be there
    pub require_nbf: bool,
    /// how long ago `iat` may be, in seconds; `iat` must be there
    pub max_age: Option<i64>,
    /// how far `exp` may be from `nbf`, `iat` or now (the first that is there), in seconds; `exp` must be
    /// there
    pub max_lifetime: Option<i64>,
}

impl<'a> Validation<'a> {
    /// `exp` is required; no leeway; nothing else is.
    #[must_use]
    pub const fn at(now: i64) -> Self {
        Self {
            now,
            leeway: 0,
            issuer: None,
            subject: None,
            audiences: &[],
            sole_audience: false,
            require_exp: true,
            require_iat: false,
            require_nbf: false,
            max_age: None,
            max_lifetime: None,
        }
    }

    /// Checks everything; times that are present count even where they are not required.
    ///
    /// # Errors
    /// [`Error::MissingClaim`], [`Error::MalformedClaim`], or the one that names what is wrong.
    pub fn check(&self, claims: &Claims) -> Result<(), Error> {
        self.check_parties(claims)?;
        self.check_times(claims)
    }

    fn check_parties(&self, claims: &Claims) -> Result<(), Error> {
        if let Some(issuer) = self.issuer {
            expect(claims, "iss", issuer, Error::WrongIssuer)?;
        }
        if let Some(subject) = self.subject {
            expect(claims, "sub", subject, Error::WrongSubject)?;
        }
        if self.audiences.is_empty() {
            return Ok(());
        }
        let named = audiences(claims)?;
        if !named.iter().any(|audience| self.audiences.contains(audience)) {
            return Err(Error::WrongAudience);
        }
        if self.sole_audience && named.len() != 1 {
            return Err(Error::SeveralAudiences);
        }
        Ok(())
    }

    fn check_times(&self, claims: &Claims) -> Result<(), Error> {
        let Self { now, leeway, .. } = *self;
        let exp = time(claims, "exp", self.require_exp || self.max_lifetime.is_some())?;
        let nbf = time(claims, "nbf", self.require_nbf)?;
        let iat = time(claims, "iat", self.require_iat || self.max_age.is_some())?;

        // RFC 7519 §4.1.4: on or after exp, the token must not be accepted.
        if let Some(exp) = exp.filter(|exp| now >= exp.saturating_add(leeway)) {
            return Err(Error::Expired { exp, now });
        }
        if let Some(nbf) = nbf.filter(|nbf| now.saturating_add(leeway) < *nbf) {
            return Err(Error::NotYetValid { nbf, now });
        }
        if let Some(iat) = iat.filter(|iat| now.saturating_add(leeway) < *iat) {
            return Err(Error::IssuedInFuture { iat, now });
        }
        if let (Some(iat), Some(max_age)) = (iat, self.max_age)
            && now.saturating_sub(iat) > max_age.saturating_add(leeway)
        {
            return Err(Error::TooOld { iat, now, max_age });
        }
        if let (Some(exp), Some(max_lifetime)) = (exp, self.max_lifetime) {
            let lifetime = exp.saturating_sub(nbf.or(iat).unwrap_or(now));
            if lifetime > max_lifetime {
                return Err(Error::LivesTooLong { lifetime, max_lifetime });
            }
        }
        Ok(())
    }
}

fn expect(claims: &Claims, name: &'static str, wanted: &str, wrong: Error) -> Result<(), Error> {
    match claims.get(name) {
        None => Err(Error::MissingClaim(name)),
        Some(Value::String(found)) if found == wanted => Ok(()),
        Some(Value::String(_)) => Err(wrong),
        Some(_) => Err(Error::MalformedClaim(name)),
    }
}

/// `aud` is one string or a list of them (RFC 7519 §4.1.3).
fn audiences(claims: &Claims) -> Result<Vec<&str>, Error> {
    match claims.get("aud") {
        None => Err(Error::MissingClaim("aud")),
        Some(Value::String(one)) => Ok(vec![one]),
        Some(Value::Array(many)) => {
            many.iter().map(|audience| audience.as_str().ok_or(Error::MalformedClaim("aud"))).collect()
        }
        Some(_) => Err(Error::MalformedClaim("aud")),
    }
}

/// A NumericDate (RFC 7519 §2), fractions dropped.
fn time(claims: &Claims, name: &'static str, required: bool) -> Result<Option<i64>, Error> {
    match claims.get(name) {
        None if required => Err(Error::MissingClaim(name)),
        None => Ok(None),
        Some(value) => seconds(value).map(Some).ok_or(Error::MalformedClaim(name)),
    }
}

/// Beyond the range of `i64`, the cast saturates.
#[expect(clippy::cast_possible_truncation, reason = "a float cast saturates and drops the fraction")]
fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|number| number.floor() as i64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(validation: &Validation<'_>, claims: &Value) -> Result<(), Error> {
        validation.check(claims.as_object().unwrap())
    }

    #[test]
    fn a_token_ends_at_exp() {
        let at = |now| check(&Validation::at(now), &json!({"exp": 100}));
        assert_eq!(at(99), Ok(()));
        assert_eq!(at(100), Err(Error::Expired { exp: 100, now: 100 }));
        let late = |now| check(&Validation { leeway: 10, ..Validation::at(now) }, &json!({"exp": 100}));
        assert_eq!(late(109), Ok(()));
        assert_eq!(late(110), Err(Error::Expired { exp: 100, now: 110 }));
    }

    #[test]
    fn a_token_starts_at_nbf() {
        let claims = json!({"exp": 200, "nbf": 100});
        assert_eq!(check(&Validation::at(99), &claims), Err(Error::NotYetValid { nbf: 100, now: 99 }));
        assert_eq!(check(&Validation::at(100), &claims), Ok(()));
        assert_eq!(check(&Validation { leeway: 1, ..Validation::at(99) }, &claims), Ok(()));
    }

    #[test]
    fn iat_is_neither_in_the_future_nor_too_old() {
        let claims = json!({"exp": 500, "iat": 100});
        let fresh = |now| Validation { max_age: Some(60), ..Validation::at(now) };
        assert_eq!(check(&fresh(99), &claims), Err(Error::IssuedInFuture { iat: 100, now: 99 }));
        assert_eq!(check(&fresh(160), &claims), Ok(()));
        assert_eq!(check(&fresh(161), &claims), Err(Error::TooOld { iat: 100, now: 161, max_age: 60 }));
        assert_eq!(check(&fresh(1), &json!({"exp": 2})), Err(Error::MissingClaim("iat")));
    }

    #[test]
    fn lifetime_counts_from_nbf_then_iat_then_now() {
        let short = Validation { max_lifetime: Some(60), ..Validation::at(100) };
        assert_eq!(check(&short, &json!({"exp": 150, "nbf": 90, "iat": 1})), Ok(()));
        let long = Err(Error::LivesTooLong { lifetime: 61, max_lifetime: 60 });
        assert_eq!(check(&short, &json!({"exp": 151, "nbf": 90})), long);
        assert_eq!(check(&short, &json!({"exp": 151, "iat": 90})), long);
        assert_eq!(check(&short, &json!({"exp": 161})), long);
    }

    #[test]
    fn required_times_are_required() {
        let all = Validation { require_iat: true, require_nbf: true, ..Validation::at(1) };
        for name in ["exp", "iat", "nbf"] {
            let mut claims = json!({"exp": 5, "iat": 1, "nbf": 1});
            assert_eq!(check(&all, &claims), Ok(()));
            claims.as_object_mut().unwrap().remove(name);
            assert_eq!(check(&all, &claims), Err(Error::MissingClaim(name)));
        }
        assert_eq!(check(&Validation { require_exp: false, ..Validation::at(1) }, &json!({})), Ok(()));
    }

    #[test]
    fn times_are_numbers_and_extremes_do_not_overflow() {
        for bad in [json!("5"), json!(null), json!([5]), json!(true)] {
            assert_eq!(check(&Validation::at(1), &json!({"exp": bad})), Err(Error::MalformedClaim("exp")));
        }
        assert_eq!(check(&Validation::at(1), &json!({"exp": 1.9})), Err(Error::Expired { exp: 1, now: 1 }));
        let wild = Validation { leeway: i64::MAX, max_age: Some(i64::MAX), ..Validation::at(i64::MAX) };
        assert_eq!(
            check(&wild, &json!({"exp": 1e300, "iat": -1e300, "nbf": u64::MAX})),
            Err(Error::Expired { exp: i64::MAX, now: i64::MAX })
        );
        assert_eq!(
            check(&Validation::at(1), &json!({"exp": i64::MIN})),
            Err(Error::Expired { exp: i64::MIN, now: 1 })
        );
    }

    #[test]
    fn issuer_and_subject_are_compared_exactly() {
        let validation = Validation { issuer: Some("https://as"), subject: Some("me"), ..Validation::at(1) };
        assert_eq!(check(&validation, &json!({"exp": 2, "iss": "https://as", "sub": "me"})), Ok(()));
        let check = |claims| check(&validation, &claims);
        assert_eq!(check(json!({"iss": "https://as/", "sub": "me"})), Err(Error::WrongIssuer));
        assert_eq!(check(json!({"iss": "https://as", "sub": "Me"})), Err(Error::WrongSubject));
        assert_eq!(check(json!({"sub": "me"})), Err(Error::MissingClaim("iss")));
        assert_eq!(check(json!({"iss": ["https://as"]})), Err(Error::MalformedClaim("iss")));
    }

    #[test]
    fn audience_is_one_of_ours_and_alone_where_asked() {
        let ours = ["https://as", "https://as/token"];
        let any = Validation { audiences: &ours, ..Validation::at(1) };
        let sole = Validation { sole_audience: true, ..any };
        let aud = |aud| json!({"exp": 2, "aud": aud});
        for validation in [any, sole] {
            assert_eq!(check(&validation, &aud(json!("https://as/token"))), Ok(()));
            assert_eq!(check(&validation, &aud(json!(["https://as"]))), Ok(()));
            assert_eq!(check(&validation, &aud(json!("https://as/other"))), Err(Error::WrongAudience));
            assert_eq!(check(&validation, &aud(json!([]))), Err(Error::WrongAudience));
            assert_eq!(check(&validation, &aud(json!(["https://as", 1]))), Err(Error::MalformedClaim("aud")));
            assert_eq!(check(&validation, &json!({"exp": 2})), Err(Error::MissingClaim("aud")));
        }
        let two = aud(json!(["https://as", "https://other"]));
        assert_eq!(check(&any, &two), Ok(()));
        assert_eq!(check(&sole, &two), Err(Error::SeveralAudiences));
    }
}
