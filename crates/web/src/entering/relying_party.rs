//! The relying party: what this place is to a passkey, a host and the address of its pages (W3C Web Authentication, level 3,
//! § 5.1.3 and § 13.4.9).
//!
//! Both come from the request. Nobody gains by lying: a browser makes and uses passkeys for the host it is at, whatever a
//! server says, and a passkey that was made at one host is looked for at that one alone.

use district::Refusal;
use webauthn_rs::prelude::{Url, Webauthn, WebauthnBuilder, WebauthnError};

use crate::kit::{Fault, Shell};

/// A place where passkeys work.
pub(crate) struct RelyingParty {
    /// The host, without the port.
    pub host: String,
    /// What makes and checks challenges.
    pub webauthn: Webauthn,
}

impl RelyingParty {
    /// The place that a request came to. `None`: a browser has no passkeys there, because it is a number and not a name, or
    /// is reached without https and is not this machine.
    pub(crate) fn of(s: &Shell) -> Option<Self> {
        let scheme = if s.state.settings.secure { "https" } else { "http" };
        let origin = Url::parse(&format!("{scheme}://{}", s.host.as_deref()?)).ok()?;
        let host = origin.domain()?.to_owned();
        let local = host == "localhost" || host.ends_with(".localhost");
        if !(s.state.settings.secure || local) {
            return None;
        }
        let (name, _) = s.state.names();
        let webauthn = WebauthnBuilder::new(&host, &origin).and_then(|it| it.rp_name(name).build()).ok()?;
        Some(Self { host, webauthn })
    }

    /// The same; refused in words where there are none.
    pub(crate) fn wanted(s: &Shell) -> Result<Self, Fault> {
        Self::of(s).ok_or_else(|| Fault::Refused(Refusal::new("people-refused-passkey-place")))
    }
}

/// A passkey was not taken. Why is for the log: whoever holds the device can only try again.
pub(crate) fn not_taken(error: &WebauthnError) -> Refusal {
    tracing::info!("a passkey was not taken: {error}");
    Refusal::new("people-refused-passkey")
}
