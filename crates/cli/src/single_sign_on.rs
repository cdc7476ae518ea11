//! Which service for single sign-on there is, as whoever runs the program says it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::{Args, ValueEnum};
use web::{Common, LoginClaim, SingleSignOn, SingleSignOnSettings};

/// A service for single sign-on.
#[derive(Args)]
pub struct SingleSignOnArgs {
    /// Let staff in by single sign-on (`OpenID` Connect) of the service that calls itself by this address
    #[arg(long = "sso-issuer", id = "sso-issuer", value_name = "URL", requires = "sso-client")]
    issuer: Option<String>,
    /// Our name at that service
    #[arg(long = "sso-client", id = "sso-client", value_name = "ID", requires = "sso-issuer")]
    client: Option<String>,
    /// The file with our secret at that service
    #[arg(long = "sso-secret", id = "sso-secret", value_name = "FILE", requires = "sso-issuer")]
    secret: Option<PathBuf>,
    /// What that service says of a person that is their login here
    #[arg(long = "sso-login", id = "sso-login", value_enum, default_value_t)]
    login: Login,
}

/// As the service names it.
#[derive(Clone, Copy, Default, ValueEnum)]
enum Login {
    /// `preferred_username`
    #[default]
    Name,
    /// `email`, if the service checked it
    Email,
    /// `sub`
    Subject,
}

impl SingleSignOnArgs {
    /// What all districts share, with the service if there is one.
    pub fn join(&self, common: Common) -> Result<Common> {
        let (Some(issuer), Some(client)) = (&self.issuer, &self.client) else { return Ok(common) };
        let secret = match &self.secret {
            None => None,
            Some(file) => {
                let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
                let secret = text.trim().to_owned();
                ensure!(!secret.is_empty(), "{} is empty: it has to hold the secret", file.display());
                Some(secret)
            }
        };
        let login = match self.login {
            Login::Name => LoginClaim::Name,
            Login::Email => LoginClaim::Email,
            Login::Subject => LoginClaim::Subject,
        };
        let settings = SingleSignOnSettings { issuer: issuer.clone(), client: client.clone(), secret, login };
        Ok(common.with_single_sign_on(SingleSignOn::new(settings)?))
    }
}
