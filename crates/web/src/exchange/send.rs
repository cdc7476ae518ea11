//! A file comes in.

use axum::extract::Multipart;
use base::{Day, Uuid};
use district::Refusal;
use district::exchange::{self, Options, book};
use http::StatusCode;

use crate::kit::{self, Fault, Posted, Shell, see_other};

/// What the form sent.
pub(crate) struct Sent {
    key: Option<Uuid>,
    on: String,
    name: String,
    /// The file.
    pub(crate) bytes: Vec<u8>,
}

impl Sent {
    /// The same key with another day or name is another form.
    fn posted(&self, key: Uuid) -> Posted {
        let parts = [("on", self.on.as_bytes()), ("name", self.name.as_bytes()), ("file", &self.bytes)];
        Posted::file(key, &parts)
    }
}

/// Reads the parts of the form.
pub(crate) async fn parts(mut form: Multipart) -> Result<Sent, Fault> {
    let mut sent = Sent { key: None, on: String::new(), name: String::new(), bytes: Vec::new() };
    let broken = |error: axum::extract::multipart::MultipartError| Fault::of_status(error.status());
    while let Some(part) = form.next_field().await.map_err(broken)? {
        match part.name() {
            Some("request_key") => sent.key = Uuid::parse_str(part.text().await.map_err(broken)?.trim()).ok(),
            Some("on") => part.text().await.map_err(broken)?.trim().clone_into(&mut sent.on),
            Some("file" | "outlines" | "form") => {
                part.file_name().unwrap_or_default().clone_into(&mut sent.name);
                sent.bytes = part.bytes().await.map_err(broken)?.to_vec();
            }
            _ => {}
        }
    }
    Ok(sent)
}

/// Looks into the file, keeps it, and goes to its dry run; or says at the field what is wrong with it.
pub(super) async fn send(s: Shell, form: Multipart) -> kit::Result {
    let sent = parts(form).await?;
    let Some(key) = sent.key else { return Err(Fault::Bad) };
    let again = |refusal: &Refusal| {
        super::page(&s, s.faults(refusal), sent.on.clone(), StatusCode::UNPROCESSABLE_ENTITY)
    };
    let Ok(on) = Day::parse(&sent.on) else {
        return again(&Refusal::new("exchange-refused-day").at("on"));
    };
    if sent.bytes.is_empty() {
        return again(&Refusal::new("exchange-refused-no-file").at("file"));
    }
    let vault = s.state.vault()?;
    let read = db::heavy(|| book::open(&sent.name, &sent.bytes).and_then(|source| exchange::read(&source)));
    if let Err(refusal) = read {
        return again(&refusal);
    }
    let posted = sent.posted(key);
    let to = s.state.once(&s.actor, &posted, |tx, call| {
        let options = Options { on, only_good: false };
        let id = exchange::keep_upload(tx, call, vault, &sent.name, &sent.bytes, options)?;
        Ok(format!("/district/exchange/uploads/{id}"))
    })?;
    Ok(see_other(&to))
}

/// Outlines of towns and communities come in; what they changed is said on the page that shows next.
pub(super) async fn outlines(s: Shell, form: Multipart) -> kit::Result {
    let sent = parts(form).await?;
    let Some(key) = sent.key else { return Err(Fault::Bad) };
    let again = |refusal: &Refusal| {
        super::page(&s, s.faults(refusal), s.today().to_string(), StatusCode::UNPROCESSABLE_ENTITY)
    };
    let read = match exchange::read_boundaries(&sent.bytes) {
        Ok(read) => read,
        Err(refusal) => return again(&refusal),
    };
    let posted = sent.posted(key);
    let outcome = s.state.once(&s.actor, &posted, |tx, call| {
        let done = exchange::set_boundaries(tx, call, s.today(), &read)?;
        Ok(format!(
            "/district/exchange?towns={}&communities={}&same={}",
            done.towns, done.communities, done.same
        ))
    });
    match outcome {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => again(&refusal),
        Err(fault) => Err(fault),
    }
}

/// A superior's form comes in, to be mapped.
pub(super) async fn form(s: Shell, form: Multipart) -> kit::Result {
    let sent = parts(form).await?;
    let Some(key) = sent.key else { return Err(Fault::Bad) };
    let posted = sent.posted(key);
    let outcome = s.state.once(&s.actor, &posted, |tx, call| {
        let id = exchange::keep_form(tx, call, &sent.name, &sent.bytes)?;
        Ok(format!("/district/exchange/forms/{id}"))
    });
    match outcome {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            let today = s.today().to_string();
            super::page(&s, s.faults(&refusal), today, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(fault) => Err(fault),
    }
}
