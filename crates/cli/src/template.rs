//! `lilong template`: the empty workbook of the register.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use district::exchange::book;

use crate::edge;

/// Write the empty workbook of the register
#[derive(Args)]
pub struct Template {
    /// Where to write it
    #[arg(value_name = "FILE", default_value = "register-template.xlsx")]
    file: PathBuf,
}

impl Template {
    pub fn run(self) -> Result<()> {
        fs::write(&self.file, book::template()?)
            .with_context(|| format!("writing {}", self.file.display()))?;
        edge::say(&self.file.display().to_string())
    }
}
