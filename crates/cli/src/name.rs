//! `lilong name`: what a district is called.

use anyhow::{Result, ensure};
use clap::Args;
use district::kit::settings::{self, Setting};
use district::kit::{Actor, Call, on_record};
use district::people;

use crate::edge::{self, Where};

/// The longest name, in characters.
const LONGEST: usize = 40;

/// Say what the district is called, or name it
#[derive(Args)]
pub struct Name {
    #[command(flatten)]
    place: Where,
    /// Its name in Chinese: 闵行区
    #[arg(value_name = "NAME")]
    chinese: Option<String>,
    /// Its name in English: "Minhang District"
    #[arg(long, value_name = "NAME", requires = "chinese")]
    english: Option<String>,
}

impl Name {
    pub fn run(self) -> Result<()> {
        for name in [&self.chinese, &self.english].into_iter().flatten() {
            let fits = !name.trim().is_empty() && name.chars().count() <= LONGEST;
            ensure!(fits, "a district's name has 1 to {LONGEST} characters; “{name}” has not");
        }
        let db = if self.chinese.is_some() { self.place.make()? } else { self.place.open()? };
        let (actor, now) = (Actor::program(), edge::now_of(&db)?);
        let seed = u64::from_ne_bytes(edge::random()?);
        if let Some(name) = &self.chinese {
            on_record(&db, &Call::new(&actor, now, seed), |tx, call| {
                people::name_district(tx, call, name.trim(), self.english.as_deref().map(str::trim))
            })?;
        }
        let [name, english] = db.read(|tx| {
            let mut get = |setting| settings::get(tx, setting).map(Option::unwrap_or_default);
            Ok::<_, district::Error>([get(Setting::Name)?, get(Setting::NameEn)?])
        })?;
        edge::say(format!("{} {name} {english}", self.place.district).trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_district_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().into(), database_url: None, district: "310112".into() };
        let name = |name: &str, english: &str| Name {
            place: place.clone(),
            chinese: Some(name.into()),
            english: Some(english.into()),
        };
        name("闵行区", "Minhang District").run().unwrap();
        assert!(name(" ", "x").run().unwrap_err().to_string().contains("1 to 40"));
        let db = place.open().unwrap();
        let kept = db.read(|tx| settings::get(tx, Setting::NameEn)).unwrap();
        assert_eq!(kept.as_deref(), Some("Minhang District"));
    }
}
