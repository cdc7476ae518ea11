//! By which ways something is sent, as the command line says.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use ipnet::IpNet;
use web::Common;
use web::notices::{Hooks, Reach, Ways};

use crate::edge::network;
use crate::{gateway, mail};

/// Ways to send something; what no way is named for waits, and is given up after three days
#[derive(Args, Debug, Clone)]
pub struct WaysArgs {
    /// How text messages are sent, as this file says; without it nobody signs in by telephone
    #[arg(long, value_name = "FILE")]
    text_gateway: Option<PathBuf>,
    /// How messages of the office's chat application are sent, as this file says
    #[arg(long, value_name = "FILE")]
    chat_gateway: Option<PathBuf>,
    /// By which server e-mail goes out, as this file says
    #[arg(long, value_name = "FILE")]
    mail: Option<PathBuf>,
    /// A private network in which programs may be told, also without https: an address or a network; can be repeated
    #[arg(long, value_name = "ADDR", value_parser = network)]
    webhooks_to: Vec<IpNet>,
}

impl WaysArgs {
    /// What all districts share, with these ways.
    pub fn join(&self, common: Common) -> Result<Common> {
        Ok(common.with_ways(Ways {
            texts: self.text_gateway.as_deref().map(gateway::texts).transpose()?,
            chat: self.chat_gateway.as_deref().map(gateway::chat).transpose()?,
            mail: self.mail.as_deref().map(mail::read).transpose()?,
            hooks: Arc::new(Hooks::new(Reach::new(self.webhooks_to.clone()))),
        }))
    }
}
