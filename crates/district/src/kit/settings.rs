//! The few facts about the district itself: its code and name, whether it is a demonstration, its stopped clock.

use base::Instant;
use db::{Tx, params};

use super::{Result, store};

/// A fact about the district.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// GB/T 2260 code: `310112`.
    Code,
    /// Name in Chinese.
    Name,
    /// Name in English.
    NameEn,
    /// `true` when every figure is simulated.
    Demonstration,
    /// The demonstration's stopped clock, in milliseconds UTC.
    Clock,
    /// The seed the demonstration was made from.
    Seed,
    /// The mark of the vault's key that whoever seals must have; none was asked for where it is not set.
    VaultKey,
}

impl Setting {
    const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::NameEn => "name_en",
            Self::Demonstration => "demonstration",
            Self::Clock => "clock",
            Self::Seed => "seed",
            Self::VaultKey => "vault_key",
        }
    }
}

/// The value of a setting, if it was set.
pub fn get(tx: &mut Tx<'_>, setting: Setting) -> Result<Option<String>> {
    Ok(tx.find(&store::SETTING, params![setting.name()])?.map(|mut row| row.get(0)).transpose()?)
}

/// The time at which the demonstration's clock stands; `None` where time goes on.
pub fn stopped_clock(tx: &mut Tx<'_>) -> Result<Option<Instant>> {
    let millis = get(tx, Setting::Clock)?.and_then(|millis| millis.parse().ok());
    Ok(millis.map(Instant::from_millis))
}

/// Sets a value.
pub fn set(tx: &mut Tx<'_>, setting: Setting, value: &str) -> Result<()> {
    tx.execute(&store::SET, params![setting.name(), value])?;
    Ok(())
}
