//! Durations as Go writes them: `1h0m0s`, `720h0m0s`, `1.5h`, `300ms`.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// A length of time in nanoseconds, read and written in the text form of Go's `time.Duration`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoDuration(i64);

/// The text is no Go duration, or it does not fit in 64 bits of nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no duration: expected text such as 1h0m0s, 90s or 1.5h")]
pub struct DurationError(String);

const MICROSECOND: i64 = 1_000;
const MILLISECOND: i64 = 1_000 * MICROSECOND;
const SECOND: i64 = 1_000 * MILLISECOND;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

impl GoDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// `n` nanoseconds.
    pub const fn from_nanos(n: i64) -> Self {
        Self(n)
    }

    /// `n` seconds; the longest duration when that does not fit.
    pub const fn from_secs(n: i64) -> Self {
        Self(n.saturating_mul(SECOND))
    }

    /// `n` minutes; the longest duration when that does not fit.
    pub const fn from_minutes(n: i64) -> Self {
        Self(n.saturating_mul(MINUTE))
    }

    /// `n` hours; the longest duration when that does not fit.
    pub const fn from_hours(n: i64) -> Self {
        Self(n.saturating_mul(HOUR))
    }

    /// Nanoseconds.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Whole milliseconds, the unit the store counts time in.
    pub const fn millis(self) -> i64 {
        self.0 / MILLISECOND
    }

    /// Whole seconds, as `expires_in` wants them.
    pub const fn secs(self) -> i64 {
        self.0 / SECOND
    }

    /// True when nothing is left of it, or it is negative.
    pub const fn is_zero_or_less(self) -> bool {
        self.0 <= 0
    }
}

impl fmt::Display for GoDuration {
    /// Go's canonical form: hours, minutes and seconds from the largest unit needed; below a second ms, µs, ns.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let (second, minute, hour) = (SECOND.unsigned_abs(), MINUTE.unsigned_abs(), HOUR.unsigned_abs());
        if n == 0 {
            return f.write_str("0s");
        }
        if n < MICROSECOND.unsigned_abs() {
            return write!(f, "{sign}{n}ns");
        }
        if n < MILLISECOND.unsigned_abs() {
            return write!(f, "{sign}{}µs", fraction(n, MICROSECOND.unsigned_abs()));
        }
        if n < second {
            return write!(f, "{sign}{}ms", fraction(n, MILLISECOND.unsigned_abs()));
        }
        f.write_str(sign)?;
        if n >= hour {
            write!(f, "{}h", n / hour)?;
        }
        if n >= minute {
            write!(f, "{}m", n % hour / minute)?;
        }
        write!(f, "{}s", fraction(n % minute, second))
    }
}

/// `n / unit` as a decimal number without trailing zeros.
fn fraction(n: u64, unit: u64) -> String {
    let (whole, mut rest) = (n / unit, n % unit);
    let mut text = whole.to_string();
    if rest > 0 {
        text.push('.');
        while rest > 0 {
            rest *= 10;
            text.push(char::from(b'0' + u8::try_from(rest / unit).unwrap_or(0)));
            rest %= unit;
        }
    }
    text
}

impl FromStr for GoDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        parse(text).ok_or_else(|| DurationError(text.chars().take(64).collect()))
    }
}

fn parse(text: &str) -> Option<GoDuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(GoDuration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        total = total.checked_add(scale(number, unit(name)?)?)?;
        rest = after;
    }
    i64::try_from(if negative { -total } else { total }).ok().map(GoDuration)
}

fn unit(name: &str) -> Option<i64> {
    Some(match name {
        "ns" => 1,
        // U+00B5 micro sign and U+03BC Greek mu, as Go has it.
        "us" | "\u{b5}s" | "\u{3bc}s" => MICROSECOND,
        "ms" => MILLISECOND,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        _ => return None,
    })
}

fn scale(number: &str, unit: i64) -> Option<i128> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && decimals.is_empty()) || decimals.contains('.') {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse::<i64>().ok()?.into() };
    let mut total = whole.checked_mul(unit.into())?;
    let mut weight = i128::from(unit);
    for digit in decimals.bytes() {
        weight /= 10;
        total += i128::from(digit - b'0') * weight;
    }
    Some(total)
}

impl Serialize for GoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for GoDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrNanos)
    }
}

struct TextOrNanos;

impl Visitor<'_> for TextOrNanos {
    type Value = GoDuration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as 1h0m0s, or nanoseconds")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<GoDuration, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<GoDuration, E> {
        Ok(GoDuration(n))
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<GoDuration, E> {
        i64::try_from(n).map(GoDuration).map_err(E::custom)
    }
}

impl PartialSchema for GoDuration {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Duration)))
            .description(Some("Duration in Go's text form, such as 1h0m0s"))
            .examples(["1h0m0s"])
            .into()
    }
}

impl ToSchema for GoDuration {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_and_written_in_canonical_form() {
        for (text, canonical) in [
            ("1h0m0s", "1h0m0s"),
            ("720h0m0s", "720h0m0s"),
            ("60s", "1m0s"),
            ("1.5h", "1h30m0s"),
            ("0", "0s"),
            ("0s", "0s"),
            ("1h", "1h0m0s"),
            ("-1m30.5s", "-1m30.5s"),
            ("+5s", "5s"),
            (".5s", "500ms"),
            ("1.s", "1s"),
            ("1500ms", "1.5s"),
            ("1us", "1µs"),
            ("1.5µs", "1.5µs"),
            ("1.5μs", "1.5µs"),
            ("999ns", "999ns"),
            ("2562047h47m16.854775807s", "2562047h47m16.854775807s"),
        ] {
            assert_eq!(text.parse::<GoDuration>().map(|d| d.to_string()), Ok(canonical.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "1", "s", "1x", "1h2", ".", ".s", "1..5s", "--1s", "1 s", "9999999999h", "1d"] {
            assert!(text.parse::<GoDuration>().is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_nanoseconds() {
        let d: GoDuration = serde_json::from_str("3600000000000").unwrap();
        assert_eq!(d, GoDuration::from_hours(1));
        assert_eq!(serde_json::to_string(&d).unwrap(), "\"1h0m0s\"");
        assert!(serde_json::from_str::<GoDuration>("18446744073709551615").is_err());
    }
}
