//! `districts.toml`: the districts that one process serves, each with its hosts, its database and its key.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use db::Server;
use district::people::{self, Code};
use serde::Deserialize;
use web::city::{City, District, Districts, Listed};
use web::{Common, Settings, State};

use crate::edge::{self, Where};
use crate::keys::KeyFile;

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    /// The code of the district that answers where the host is no name.
    default: Option<String>,
    /// The PostgreSQL database of all districts that name none of their own.
    database_url: Option<String>,
    city: Option<CityEntry>,
    #[serde(default)]
    district: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CityEntry {
    host: String,
    name: String,
    #[serde(default)]
    english: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    code: String,
    hosts: Vec<String>,
    /// The folder with the key, and with the file where there is no PostgreSQL.
    data: PathBuf,
    database_url: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    english: String,
}

/// What a file says: the districts, and by their codes where the keys of each lie.
pub type Named = (Districts, Vec<(String, KeyFile)>);

/// Reads the file. Folders in it are seen from where it lies.
pub fn read(file: &Path, common: &Common, settings: Settings) -> Result<Named> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    parse(&text, folder, common, settings).with_context(|| format!("reading {}", file.display()))
}

fn parse(text: &str, folder: &Path, common: &Common, settings: Settings) -> Result<Named> {
    let File { default, database_url, city, district: entries } = toml::from_str(text)?;
    ensure!(!entries.is_empty(), "there is no [[district]]");
    let mut servers = BTreeMap::new();
    let (mut all, mut keys) = (Vec::with_capacity(entries.len()), Vec::with_capacity(entries.len()));
    for entry in entries {
        let (district, key) =
            district(entry, database_url.as_ref(), folder, &mut servers, (common, settings))?;
        keys.push((district.code().to_owned(), key));
        all.push(district);
    }
    let city = city
        .map(|city| {
            Ok::<_, anyhow::Error>(City { host: host(&city.host)?, name: city.name, name_en: city.english })
        })
        .transpose()?;
    Ok((Districts::new(all, default.as_deref(), city)?, keys))
}

/// A district that is opened when it is needed. Those with the same URL share their connections.
fn district(
    entry: Entry,
    shared: Option<&String>,
    folder: &Path,
    servers: &mut BTreeMap<String, Server>,
    (common, settings): (&Common, Settings),
) -> Result<(District, KeyFile)> {
    ensure!(!entry.hosts.is_empty(), "the district {} has no host", entry.code);
    let hosts = entry.hosts.iter().map(|name| host(name)).collect::<Result<Vec<_>>>()?;
    let url = entry.database_url.or_else(|| shared.cloned());
    let server = url.as_ref().map(|url| server(servers, url)).transpose()?;
    let place = Where { data: folder.join(entry.data), database_url: url, district: entry.code.clone() };
    place.check()?;
    let key = KeyFile::own(&place);
    let at = hosts[0].clone();
    let listed = Listed { code: entry.code, name: entry.name, name_en: entry.english, hosts };
    let common = common.clone();
    let opener =
        move || open(&place, server.as_ref(), &at, (&common, settings)).map_err(|error| format!("{error:#}"));
    Ok((District::new(listed, Box::new(opener)), key))
}

fn server(servers: &mut BTreeMap<String, Server>, url: &str) -> Result<Server> {
    if let Some(server) = servers.get(url) {
        return Ok(server.clone());
    }
    let server = Server::new(url)?;
    servers.insert(url.to_owned(), server.clone());
    Ok(server)
}

/// Opens a district; one that nobody has begun says with which code it is begun, and at which host.
fn open(
    place: &Where,
    server: Option<&Server>,
    host: &str,
    (common, settings): (&Common, Settings),
) -> Result<State> {
    let db = match server {
        Some(server) => place.make_on(server)?,
        None => place.open()?,
    }
    .giving_up_after(web::LONGEST_ANSWER);
    let vault = place.own_vault(&db)?;
    let begun = db.read(people::any_account)?;
    let state = State::open_with(common, Arc::new(db), settings, web::MachineClock)?.with_vault(vault);
    let state = place.furnish(state)?;
    if begun {
        return Ok(state);
    }
    let code = Code::new(edge::random()?);
    edge::warn(&format!(
        "nobody has an account of {} yet. Begin the district at {host}/begin with {}",
        place.district,
        code.text()
    ));
    Ok(state.with_begin_code(code))
}

/// A host as it is compared: in lower case, without a port.
fn host(name: &str) -> Result<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    ensure!(
        !name.is_empty() && name.bytes().all(plain),
        "“{name}” is no host: letters, digits, hyphens and dots, such as minhang.example, without a port"
    );
    Ok(name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<Named> {
        parse(text, Path::new("/srv/lilong"), &Common::load().unwrap(), Settings::default())
    }

    const TWO: &str = r#"
        default = "310112"
        database-url = "host=/run/nowhere dbname=lilong"
        [city]
        host = "City.Example"
        name = "上海市"
        [[district]]
        code = "310112"
        hosts = ["minhang.example"]
        data = "310112"
        [[district]]
        code = "310115"
        hosts = ["pudong.example"]
        data = "310115"
        name = "浦东新区"
    "#;

    #[test]
    fn a_file_is_read_without_asking_any_database() {
        let (districts, keys) = told(TWO).unwrap();
        let codes: Vec<&str> = districts.all().iter().map(|district| district.code()).collect();
        assert_eq!(codes, ["310112", "310115"]);
        assert!(districts.open().is_empty());
        let own = |code: &str| (code.to_owned(), Path::new("/srv/lilong").join(code).join("vault.key"));
        let keys = keys.into_iter().map(|(code, file)| (code, file.path().to_owned()));
        assert_eq!(keys.collect::<Vec<_>>(), [own("310112"), own("310115")]);
    }

    #[test]
    fn no_text_is_too_much_for_it() {
        const INPUTS: usize = 300;
        let common = Common::load().unwrap();
        let seed = u64::from_ne_bytes(edge::random().unwrap());
        let mut mutator =
            hostile::Mutator::new(seed, vec![TWO.into()], &["[[district]]", "database-url", "\"\"\""]);
        for _ in 0..INPUTS {
            let text = String::from_utf8_lossy(&mutator.input()).into_owned();
            // Refused in words, or read as districts that can be served.
            if let Ok((districts, keys)) =
                parse(&text, Path::new("/srv/lilong"), &common, Settings::default())
            {
                assert!(
                    !districts.all().is_empty() && districts.all().len() == keys.len(),
                    "{text} (seed {seed})"
                );
            }
        }
    }

    #[test]
    fn what_is_wrong_in_a_file_is_named() {
        let wrong = |from: &str, to: &str| format!("{:#}", told(&TWO.replace(from, to)).unwrap_err());
        assert!(wrong("pudong.example", "minhang.example").contains("the host minhang.example stands twice"));
        assert!(wrong("pudong.example", "http://pudong").contains("is no host"));
        assert!(wrong("310115", "310112").contains("the district 310112 stands twice"));
        assert!(wrong("hosts", "host").contains("host"));
        assert!(wrong("310115", "pudong").contains("is not a district's code"));
        assert!(told("").unwrap_err().to_string().contains("no [[district]]"));
    }
}
