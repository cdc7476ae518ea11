//! Passphrases of archives: from a file or asked for, never on a command line.

use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

/// A new passphrase's least length in characters, as that of a password: length is what makes it hard to guess.
const SHORTEST: usize = 12;

/// Whether a new archive is encrypted.
#[derive(Args, Debug, Clone, Default)]
pub struct Encryption {
    /// Encrypt with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with = "encrypt")]
    pub passphrase_file: Option<PathBuf>,
    /// Encrypt with a passphrase that is asked for
    #[arg(long)]
    pub encrypt: bool,
}

impl Encryption {
    /// The passphrase for a new archive; `None` for one that anyone can read.
    pub fn passphrase(&self) -> Result<Option<Vec<u8>>> {
        match &self.passphrase_file {
            Some(file) => new_from(file).map(Some),
            None if self.encrypt => asked_twice().map(Some),
            None => Ok(None),
        }
    }
}

/// A passphrase for new archives from a file.
pub fn new_from(file: &Path) -> Result<Vec<u8>> {
    let passphrase = read(file)?;
    ensure!(
        passphrase.chars().count() >= SHORTEST,
        "the passphrase in {} has less than {SHORTEST} characters: choose a longer one",
        file.display()
    );
    Ok(passphrase.into_bytes())
}

/// The passphrase of an archive that is there: from a file, or asked for at a terminal; `None` when nobody can be asked.
pub fn known(file: Option<&Path>) -> Result<Option<Vec<u8>>> {
    match file {
        Some(file) => Ok(Some(read(file)?.into_bytes())),
        None if std::io::stdin().is_terminal() => {
            let text = rpassword::prompt_password("Passphrase of the archive: ");
            Ok(Some(text.context("reading the passphrase")?.into_bytes()))
        }
        None => Ok(None),
    }
}

/// The first line of a file, without its end.
fn read(file: &Path) -> Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let line = text.lines().next().unwrap_or("");
    ensure!(!line.is_empty(), "the first line of {} is empty: it should be the passphrase", file.display());
    Ok(line.to_owned())
}

fn asked_twice() -> Result<Vec<u8>> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody can be asked for a passphrase here: give it with --passphrase-file");
    }
    let first = rpassword::prompt_password("Passphrase: ").context("reading the passphrase")?;
    ensure!(first.chars().count() >= SHORTEST, "a passphrase has at least {SHORTEST} characters");
    let again = rpassword::prompt_password("Once more: ").context("reading the passphrase")?;
    ensure!(first == again, "the two passphrases differ: nothing was saved");
    Ok(first.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_the_first_line_and_a_new_one_is_long() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("passphrase");
        fs::write(&file, "four words put together\r\nand a note\n").unwrap();
        assert_eq!(new_from(&file).unwrap(), b"four words put together");
        fs::write(&file, "short\n").unwrap();
        assert!(new_from(&file).unwrap_err().to_string().contains("12 characters"));
        assert_eq!(known(Some(&file)).unwrap().unwrap(), b"short");
        fs::write(&file, "\n").unwrap();
        assert!(known(Some(&file)).unwrap_err().to_string().contains("is empty"));
    }
}
