//! `amr`: the words for how a user authenticated (RFC 8176 §2).

/// A password, or something else that only the user knows.
pub const PASSWORD: &str = "pwd";
/// A personal identification number.
pub const PIN: &str = "pin";
/// A one-time password.
pub const ONE_TIME_PASSWORD: &str = "otp";
/// A message to a registered telephone.
pub const SMS: &str = "sms";
/// A call to a registered telephone.
pub const TELEPHONE: &str = "tel";
/// Proof of possession of a key kept in software.
pub const SOFTWARE_KEY: &str = "swk";
/// Proof of possession of a key kept in hardware.
pub const HARDWARE_KEY: &str = "hwk";
/// A test of the user's presence.
pub const USER_PRESENCE: &str = "user";
/// More than one factor.
pub const MULTIPLE_FACTORS: &str = "mfa";
/// More than one channel.
pub const MULTIPLE_CHANNELS: &str = "mca";
/// A fingerprint.
pub const FINGERPRINT: &str = "fpt";
/// A face.
pub const FACE: &str = "face";
/// An assessment of risk.
pub const RISK: &str = "rba";
/// A smart card.
pub const SMART_CARD: &str = "sc";

/// Every word of RFC 8176 §2, known here by a constant or not, in its order.
pub const REGISTERED: &[&str] = &[
    "face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pwd", "rba", "retina", "sc",
    "sms", "swk", "tel", "user", "vbm", "wia",
];
