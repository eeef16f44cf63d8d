//! The pages for connecting a device (RFC 8628 §3.3).

use serde::Serialize;

use super::page::{ClientCard, Page};

/// The picture in samples of pages.
pub(super) const QR_SAMPLE: &str = "/default/default/device/qr?user_code=BCDF-GHJK";

/// Asks for the code that a device shows.
///
/// The form posts to the page's own address: `csrf`, `user_code` and `action=continue`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DevicePage {
    /// Protects the form.
    pub csrf: String,
    /// What was typed before.
    pub user_code: String,
    /// What was wrong with it.
    pub fault: Option<DeviceFault>,
}

/// What was wrong with a code. Never whether it was one once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeviceFault {
    /// No device waits with this code.
    WrongCode,
    /// Too many wrong codes.
    TooManyTries {
        /// How long to wait.
        minutes: u32,
    },
}

/// A device that asks, on the consent page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskingDevice {
    /// What it shows: the person compares.
    pub user_code: String,
    /// Where its request came from.
    pub address: String,
    /// The picture by which a phone goes on: an address of this server.
    pub qr: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceDonePage {
    /// The client on the device.
    pub client: ClientCard,
    /// Whether it may have what it asked for.
    pub accepted: bool,
}

impl DeviceFault {
    /// Too many tries, with so many seconds to wait.
    pub const fn too_many_tries(seconds: u64) -> Self {
        let minutes = seconds.div_ceil(60);
        Self::TooManyTries { minutes: if minutes > 1440 { 1440 } else { minutes as u32 } }
    }
}

impl Page for DevicePage {
    const TEMPLATE: &'static str = "device.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let plain = Self { csrf: "csrf-sample".to_owned(), user_code: String::new(), fault: None };
        let typed = Self { user_code: "BCDF-GHJK".to_owned(), ..plain.clone() };
        let wrong = Self { fault: Some(DeviceFault::WrongCode), ..typed.clone() };
        let locked = Self { fault: Some(DeviceFault::too_many_tries(280)), ..typed };
        let hostile = Self { user_code: "\"><img src=x onerror=alert(1)>".to_owned(), ..wrong.clone() };
        vec![("plain", plain), ("wrong", wrong), ("locked", locked), ("hostile", hostile)]
    }
}

impl Page for DeviceDonePage {
    const TEMPLATE: &'static str = "device_done.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let accepted = Self { client: ClientCard::new("Living room"), accepted: true };
        let denied = Self { client: ClientCard::sample(), accepted: false };
        vec![("accepted", accepted), ("denied", denied)]
    }

    fn pictures(&self) -> impl Iterator<Item = &super::link::Link> {
        self.client.logo.iter()
    }
}
