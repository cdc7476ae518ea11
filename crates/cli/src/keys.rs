//! The keys of the identity vault: from the environment, or from a file that may change while the program serves.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use district::people::vault::Vault;

use crate::edge::{self, Where};

/// How often a serving program looks whether the key file has changed.
pub const KEY_LOOK: Duration = Duration::from_secs(1);
/// The variable that gives the keys instead of the file.
pub const VARIABLE: &str = "LILONG_VAULT_KEY";

/// Keys of the vault: more than one only while everything is sealed anew.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// What is sealed with.
    pub newest: [u8; 32],
    /// What is still opened with.
    pub older: Vec<[u8; 32]>,
}

/// The file with the keys of the vault, a line each, the newest first.
#[derive(Debug, Clone)]
pub struct KeyFile(PathBuf);

impl KeyFile {
    /// Of a district whose key lies in a file.
    pub fn of(place: &Where) -> Result<Self> {
        ensure!(
            std::env::var_os(VARIABLE).is_none(),
            "{VARIABLE} gives the key, and only a file can be changed while the program serves: put the key into \
             {} and start the program without the variable",
            place.key_file().display()
        );
        Ok(Self::own(place))
    }

    /// Of one of several districts, or of one whose key is not given: each has its own in its folder.
    pub fn own(place: &Where) -> Self {
        Self(place.key_file())
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What it holds.
    pub fn keys(&self) -> Result<Keys> {
        let text = fs::read_to_string(&self.0).with_context(|| format!("reading {}", self.0.display()))?;
        read_keys(&text).with_context(|| format!("reading {}", self.0.display()))
    }

    /// Puts a new key before those it holds.
    pub fn add(&self, newest: [u8; 32]) -> Result<()> {
        let keys = self.keys()?;
        self.write(&Keys { newest, older: [vec![keys.newest], keys.older].concat() })
    }

    /// Leaves the newest alone.
    pub fn drop_older(&self) -> Result<()> {
        self.write(&Keys { newest: self.keys()?.newest, older: Vec::new() })
    }

    /// Makes the file with a fresh key; one that is there is never written over.
    pub fn make(&self) -> Result<()> {
        let keys = Keys { newest: edge::random()?, older: Vec::new() };
        keys.write(&self.0, fs::OpenOptions::new().write(true).create_new(true))
    }

    /// All of it or nothing: beside it first, then in its place.
    fn write(&self, keys: &Keys) -> Result<()> {
        let beside = self.0.with_extension("key.new");
        keys.write(&beside, fs::OpenOptions::new().write(true).create(true).truncate(true))?;
        fs::rename(&beside, &self.0).with_context(|| format!("putting {} in its place", self.0.display()))
    }
}

impl Keys {
    /// The vault that they open.
    pub fn vault(&self) -> Vault {
        Vault::with_older(&self.newest, &self.older)
    }

    /// Writes a file that its owner alone can read.
    fn write(&self, file: &Path, options: &mut fs::OpenOptions) -> Result<()> {
        let lines = std::iter::once(&self.newest).chain(&self.older).map(|key| base::hex(key));
        let text = lines.collect::<Vec<_>>().join("\n") + "\n";
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
        let mut opened = options.open(file).with_context(|| format!("making {}", file.display()))?;
        opened.write_all(text.as_bytes()).and_then(|()| opened.sync_all()).context("writing the vault key")
    }
}

/// The keys that the environment gives; `None` where it gives none.
pub fn given() -> Result<Option<Keys>> {
    let Ok(text) = std::env::var(VARIABLE) else { return Ok(None) };
    Ok(Some(read_keys(&text).with_context(|| format!("reading {VARIABLE}"))?))
}

fn read_keys(text: &str) -> Result<Keys> {
    let mut keys = text.split_whitespace().map(read_key);
    let newest = keys.next().context("no key is in it")??;
    Ok(Keys { newest, older: keys.collect::<Result<_>>()? })
}

fn read_key(text: &str) -> Result<[u8; 32]> {
    let text = text.trim();
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        bail!("a vault key is 64 hexadecimal digits; this has {} characters", text.chars().count());
    }
    for (i, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16)
            .with_context(|| format!("digit {} is not hexadecimal", 2 * i + 1))?;
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile(folder.path().join("vault.key"));
        file.make().unwrap();
        let first = file.keys().unwrap();
        assert!(first.older.is_empty());
        assert!(file.make().is_err(), "a key is never written over");
        file.add([7; 32]).unwrap();
        let both = file.keys().unwrap();
        assert_eq!((both.newest, both.older), ([7; 32], vec![first.newest]));
        file.drop_older().unwrap();
        assert!(file.keys().unwrap() == Keys { newest: [7; 32], older: Vec::new() });
    }

    #[test]
    fn a_bad_key_is_named() {
        assert!(read_key("12").unwrap_err().to_string().contains("2 characters"));
        assert!(read_key(&"zz".repeat(32)).is_err());
    }
}
