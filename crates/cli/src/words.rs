//! Refusals and faults in the words of the pages, on the command line.

use anyhow::Result;
use district::exchange::Fault;
use district::kit::Refusal;
use web::kit::{Arg, Language, Locales};

/// The words of a language.
pub struct Words {
    locales: Locales,
    language: Language,
}

impl Words {
    /// Reads them.
    pub fn load(language: Language) -> Result<Self> {
        Ok(Self { locales: Locales::load()?, language })
    }

    fn say(&self, id: &str, args: &[(&'static str, String)]) -> String {
        let args: Vec<(&str, Arg<'_>)> = args.iter().map(|(name, value)| (*name, Arg::from(value))).collect();
        self.locales.format(self.language, id, &args)
    }

    /// A refusal.
    pub fn refusal(&self, refusal: &Refusal) -> anyhow::Error {
        anyhow::anyhow!("{}", self.say(refusal.message, &refusal.args))
    }

    /// What an operation ended with; a refusal in words.
    pub fn error(&self, error: district::Error) -> anyhow::Error {
        match error {
            district::Error::Refused(refusal) => self.refusal(&refusal),
            other => other.into(),
        }
    }

    /// What is wrong with a cell.
    pub fn fault(&self, fault: &Fault) -> String {
        self.say(fault.reason, &fault.args)
    }
}
