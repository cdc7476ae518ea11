//! `lilong rekey`: a new key of the identity vault, while the program serves.

use std::thread;

use anyhow::{Context as _, Result};
use base::Uuid;
use clap::Args;
use district::kit::{Actor, Call, MatterId, PersonId, PhotoId, on_record};
use district::matters;
use district::people::{joining, vault};

use crate::edge::{self, Where};
use crate::keys::{KEY_LOOK, KeyFile};
use crate::words::Words;
use web::kit::Language;

/// Looks at the key file that a serving program has time for before everything is sealed anew.
const LOOKS: u32 = 3;

/// Make a new key of the identity vault and seal everything with it; the program may go on serving
#[derive(Args)]
pub struct Rekey {
    #[command(flatten)]
    place: Where,
}

impl Rekey {
    pub fn run(self) -> Result<()> {
        let words = Words::load(Language::En)?;
        let db = self.place.open()?;
        let file = KeyFile::of(&self.place)?;
        // Broken off before its end, the file holds two keys: it goes on with them.
        let vault = self.place.vault(&db)?;
        if file.keys()?.older.is_empty() {
            file.add(edge::random()?).context("writing the new key beside the old one")?;
            vault.reload(&file.keys()?.newest, &file.keys()?.older);
        }
        // Whoever serves looks at the file, and has both keys before anything is sealed with the new one.
        thread::sleep(KEY_LOOK * LOOKS);
        let (actor, now) = (Actor::program(), edge::now_of(&db)?);
        let seed = || edge::random().map(u64::from_ne_bytes);
        let first = seed()?;
        on_record(&db, &Call::new(&actor, now, first), |tx, call| vault::begin_rekey(tx, call, &vault))
            .map_err(|error| words.error(error))?;
        let (mut after, mut fields) = (PersonId::from_uuid(Uuid::nil()), 0);
        loop {
            let seed = seed()?;
            let step = db
                .write(|tx| vault::reseal(tx, &mut Call::new(&actor, now, seed), &vault, after))
                .map_err(|error| words.error(error))?;
            let Some((last, count)) = step else { break };
            (after, fields) = (last, fields + count);
        }
        let seed = seed()?;
        let uploads = db
            .write(|tx| district::exchange::reseal_uploads(tx, &mut Call::new(&actor, now, seed), &vault))
            .map_err(|error| words.error(error))?;
        let seed = edge::random().map(u64::from_ne_bytes)?;
        let certificates = db
            .write(|tx| joining::reseal_certificates(tx, &mut Call::new(&actor, now, seed), &vault))
            .map_err(|error| words.error(error))?;
        let (mut after, mut texts) = (MatterId::from_uuid(Uuid::nil()), 0);
        loop {
            let seed = edge::random().map(u64::from_ne_bytes)?;
            let step = db
                .write(|tx| matters::reseal_matters(tx, &mut Call::new(&actor, now, seed), &vault, after))
                .map_err(|error| words.error(error))?;
            let Some((last, count)) = step else { break };
            (after, texts) = (last, texts + count);
        }
        let (mut after, mut photos) = (PhotoId::from_uuid(Uuid::nil()), 0);
        loop {
            let seed = edge::random().map(u64::from_ne_bytes)?;
            let step = db
                .write(|tx| matters::reseal_photos(tx, &mut Call::new(&actor, now, seed), &vault, after))
                .map_err(|error| words.error(error))?;
            let Some((last, count)) = step else { break };
            (after, photos) = (last, photos + count);
        }
        let seed = edge::random().map(u64::from_ne_bytes)?;
        texts += db
            .write(|tx| district::services::reseal_notes(tx, &mut Call::new(&actor, now, seed), &vault))
            .map_err(|error| words.error(error))?;
        let seed = edge::random().map(u64::from_ne_bytes)?;
        texts += db
            .write(|tx| district::visits::reseal_notes(tx, &mut Call::new(&actor, now, seed), &vault))
            .map_err(|error| words.error(error))?;
        let seed = edge::random().map(u64::from_ne_bytes)?;
        texts += db
            .write(|tx| district::notices::reseal(tx, &mut Call::new(&actor, now, seed), &vault))
            .map_err(|error| words.error(error))?;
        file.drop_older().context("taking the old key out of the file")?;
        edge::say(&format!(
            "{fields} fields, {certificates} certificates, {texts} other texts, {photos} photographs and {uploads} uploads are sealed with the new key in {}; put a copy of it into the safe, \
             and keep the old one as long as there are backups from before",
            file.path().display()
        ))
    }
}
