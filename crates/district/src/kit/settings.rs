//! The few facts about the district itself: its code and name, whether it is a demonstration, its stopped clock.

use base::{Day, Instant};
use db::{Tx, params};

use super::{Error, Result, store};

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
    /// The day on which was last put away what is kept for a while only.
    PutAway,
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
            Self::PutAway => "put_away",
        }
    }
}

/// The value of a setting, if it was set.
pub fn get(tx: &mut Tx<'_>, setting: Setting) -> Result<Option<String>> {
    Ok(tx.find(&store::SETTING, params![setting.name()])?.map(|mut row| row.get(0)).transpose()?)
}

/// The time at which the demonstration's clock stands; `None` where time goes on.
///
/// # Errors
/// `Internal` when what is written there is no time: going on by the wall's clock would be worse than stopping.
pub fn stopped_clock(tx: &mut Tx<'_>) -> Result<Option<Instant>> {
    let parsed = |millis: String| {
        millis.parse().map_err(|_| {
            Error::Internal(format!("the setting clock, “{millis}”, is no time in milliseconds"))
        })
    };
    Ok(get(tx, Setting::Clock)?.map(parsed).transpose()?.map(Instant::from_millis))
}

/// The day on which was last put away what is kept for a while only; `None` where it never was.
pub fn put_away_on(tx: &mut Tx<'_>) -> Result<Option<Day>> {
    let parsed = |day: String| {
        Day::parse(&day).map_err(|_| Error::Internal(format!("the setting put_away, “{day}”, is no day")))
    };
    get(tx, Setting::PutAway)?.map(parsed).transpose()
}

/// Sets a value.
pub fn set(tx: &mut Tx<'_>, setting: Setting, value: &str) -> Result<()> {
    tx.execute(&store::SET, params![setting.name(), value])?;
    Ok(())
}
