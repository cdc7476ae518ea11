//! The checks. Each looks at one thing, changes nothing, and names one command for what is wrong.

use std::fs;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use anyhow::Result;
use base::{Day, Instant};
use db::{Db, Texts};
use district::coverage::miscounted;
use district::kit::chain::{self, Break, Chain};
use district::kit::newest;
use district::kit::settings;
use district::people::vault::{self, Fit};

use super::{Finding, Ground};
use crate::backup::state;
use crate::edge;

/// Bytes that have to be free: a full-size district is a file of 150 MB and grows with the years; its log, a copy that is
/// being restored and a day's backup take as much again each.
pub(super) const LEAST_ROOM: u64 = 1024 * 1024 * 1024;
/// Clocks that differ by less are taken for equal, in milliseconds: pages say minutes.
const NEAR: i64 = 5 * 60_000;

/// Can files be made in the district's folder?
pub(super) fn folder(ground: &Ground) -> Finding {
    let folder = &ground.place.data;
    let shown = folder.display();
    if !folder.is_dir() {
        return Finding::wrong(format!("the folder {shown} is not there"), format!("mkdir -p {shown}"));
    }
    // The file has no name and is gone at once.
    match tempfile::tempfile_in(folder) {
        Ok(_) => Finding::Right(format!("files can be made in {shown}")),
        Err(error) if error.kind() == ErrorKind::ReadOnlyFilesystem => Finding::wrong(
            format!("{shown} lies on a disk that may only be read"),
            format!("sudo mount -o remount,rw \"$(df --output=target {shown} | tail -n 1)\""),
        ),
        Err(error) => Finding::wrong(
            format!("no file can be made in {shown}: {error}"),
            format!("sudo chown -R \"$(id -un)\" {shown} && chmod u+rwx {shown}"),
        ),
    }
}

/// Is there room on the disks?
pub(super) fn room(ground: &Ground) -> Finding {
    let options = ground.place.options();
    let larger = format!("lilong move {options} --to FOLDER_ON_A_LARGER_DISK");
    let mut seen = Vec::new();
    let backups = ground.backups.as_ref().map(|folder| {
        let files = folder.join(format!("{}-*.lilong", ground.place.district));
        (folder, format!("mv {} FOLDER_ON_A_LARGER_DISK", files.display()))
    });
    for (folder, mend) in [(&ground.place.data, larger)].into_iter().chain(backups) {
        let Ok(disk) = rustix::fs::statvfs(folder) else { continue };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let line = format!("{} has {} free", folder.display(), edge::mebibytes(free));
        if free < ground.room {
            let least = edge::mebibytes(ground.room);
            return Finding::wrong(format!("{line}, less than {least}: writing may fail"), mend);
        }
        seen.push(line);
    }
    if seen.is_empty() {
        return Finding::Skipped("there is no folder to ask about".into());
    }
    Finding::Right(seen.join("; "))
}

/// Is there a district, and does it open?
pub(super) fn database(ground: &Ground) -> Finding {
    let place = &ground.place;
    let restore = || format!("lilong restore ARCHIVE {}", place.options());
    // Of two that lie in one folder the file is the older one where a district was moved.
    if let Err(two) = place.server() {
        let file = place.file().display().to_string();
        return Finding::wrong(format!("{two:#}"), format!("mv {file} {file}.old"));
    }
    match &ground.db {
        Err(error) if place.on_server() => Finding::wrong(
            format!("the database server does not answer: {error:#}"),
            "pg_isready --dbname=URL --timeout=5 || sudo systemctl restart postgresql",
        ),
        Err(error) => Finding::wrong(format!("the district does not open: {error:#}"), restore()),
        Ok(None) => Finding::wrong(format!("there is no district {}", place.district), restore()),
        Ok(Some(db)) => match db.version() {
            Ok(0) => Finding::wrong(format!("the district {} is empty", place.district), restore()),
            Ok(_) => Finding::Right(format!("the district {} opens", place.district)),
            Err(error) => Finding::wrong(format!("the district cannot be read: {error}"), restore()),
        },
    }
}

/// May the district be written?
pub(super) fn writing(ground: &Ground) -> Finding {
    let place = &ground.place;
    if place.on_server() {
        let schema = db::district_schema(&place.district);
        let Ok(Some(db)) = &ground.db else { return no_district() };
        return match db.may_write() {
            Ok(true) => Finding::Right(format!("the schema {schema} can be written")),
            Ok(false) => Finding::wrong(
                format!("this user may not write into the schema {schema}, or the server is a copy"),
                format!("sudo -u postgres psql DATABASE -c 'ALTER SCHEMA {schema} OWNER TO USER'"),
            ),
            Err(error) => failed(&error.into()),
        };
    }
    let file = place.file();
    let shown = file.display();
    match fs::OpenOptions::new().read(true).write(true).open(&file) {
        Ok(_) => Finding::Right(format!("{shown} can be written")),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Finding::Skipped(format!("{shown} is not there"))
        }
        Err(error) => Finding::wrong(
            format!("{shown} cannot be written: {error}"),
            format!("sudo chown \"$(id -un)\" {shown}* && chmod u+rw {shown}*"),
        ),
    }
}

/// Does this program know the schema?
pub(super) fn schema(ground: &Ground) -> Finding {
    let known = edge::newest_schema();
    let Ok(Some(db)) = &ground.db else { return no_district() };
    match db.version() {
        Ok(found) if found > known => Finding::wrong(
            format!("the district has schema {found}, this program knows schemas up to {known}"),
            "git pull && cargo build --release -p cli",
        ),
        Ok(found) if found < known => {
            Finding::Right(format!("the district has schema {found} and gets {known} when it is served"))
        }
        Ok(found) => Finding::Right(format!("the district has schema {found}, the newest")),
        Err(error) => failed(&error.into()),
    }
}

/// Does PostgreSQL order and encode texts as SQLite does?
pub(super) fn texts(ground: &Ground) -> Finding {
    match ground.place.location().map(|location| Db::texts_of(&location)) {
        Ok(Ok(None)) => Finding::Skipped("SQLite has one encoding and one order".into()),
        Ok(Ok(Some(texts))) => {
            let is_there = matches!(ground.db, Ok(Some(_)));
            judged(&texts, is_there.then(|| ground.place.options()).as_deref())
        }
        Ok(Err(_)) | Err(_) => Finding::Skipped("the database server does not answer".into()),
    }
}

/// Whether a database was made with the right encoding and collation. Neither can be changed afterwards: a district that
/// is there, at the place of these options, moves to another.
pub(super) fn judged(texts: &Texts, district: Option<&str>) -> Finding {
    let seen = format!("the database has encoding {} and collation {}", texts.encoding, texts.collation);
    if texts.encoding == "UTF8" && texts.by_bytes {
        return Finding::Right(seen);
    }
    let moved = district.map_or_else(String::new, |at| format!(" && lilong move {at} --to URL_OF_NEW"));
    Finding::wrong(
        format!("{seen}, not UTF8 and C: names are refused or lists ordered otherwise than they are cut"),
        format!("createdb --template=template0 --encoding=UTF8 --locale=C NEW{moved}"),
    )
}

/// Does the key open the identity vault?
pub(super) fn key(ground: &Ground) -> Finding {
    let file = ground.place.key_file();
    let mend = format!("cp SAFE/vault.key {}", file.display());
    let key = match ground.place.key() {
        Ok(key) => key,
        Err(error) => return Finding::wrong(format!("the key of the identity vault: {error:#}"), mend),
    };
    with_db(ground, |db| {
        let fit = db.read(|tx| vault::fit(tx, key.as_ref().map(|(vault, _)| vault)))?;
        Ok(match (fit, &key) {
            (Fit::Empty, _) => Finding::Right("nothing is sealed yet".into()),
            (Fit::Opens, _) => Finding::Right("the key opens the identity vault".into()),
            (Fit::Shut, None) => {
                Finding::wrong(format!("{} is missing: no name can be read", file.display()), mend)
            }
            (Fit::Shut, Some((_, from))) => {
                Finding::wrong(format!("{from} is not the key of this district: no name can be read"), mend)
            }
        })
    })
}

/// Is the port free?
pub(super) fn port(ground: &Ground) -> Finding {
    let Some(at) = ground.listen else {
        return Finding::Skipped("--listen ADDR asks whether a port is free".into());
    };
    let serve = |at: SocketAddr| format!("lilong serve {} --listen {at}", ground.place.options());
    match TcpListener::bind(at) {
        Ok(_) => Finding::Right(format!("{at} is free")),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Finding::wrong(
            format!("this user may not listen on {at}"),
            "sudo setcap cap_net_bind_service=+ep \"$(command -v lilong)\"",
        ),
        Err(error) => {
            // A port that is free now; on an address that is not this machine's, on all of its own.
            let free = TcpListener::bind((at.ip(), 0)).or_else(|_| TcpListener::bind("0.0.0.0:0"));
            match free.and_then(|free| free.local_addr()) {
                Ok(free) => Finding::wrong(format!("{at} cannot be had: {error}"), serve(free)),
                Err(_) => Finding::wrong(format!("{at} cannot be had: {error}"), "sudo ip link set lo up"),
            }
        }
    }
}

/// Does the machine's clock go right, as far as the district can tell?
pub(super) fn clock(ground: &Ground) -> Finding {
    with_db(ground, |db| {
        let late = |then: Instant| then.millis() - ground.now.millis() > NEAR;
        let mend = "sudo timedatectl set-ntp true";
        if let Some(server) = db.server_clock()?
            && (server.millis() - ground.now.millis()).abs() > NEAR
        {
            let seen = format!("this machine says {}, the database server {server}", ground.now);
            return Ok(Finding::wrong(seen, mend));
        }
        if !ground.place.on_server() {
            let file = ground.place.file();
            let changed = edge::changed_at(&file)?;
            if late(changed) {
                let seen = format!("it is {}, and {} was changed at {changed}", ground.now, file.display());
                return Ok(Finding::wrong(seen, mend));
            }
        }
        if db.read(settings::stopped_clock)?.is_some() {
            return Ok(Finding::Right(format!("it is {}; the district's own clock is stopped", ground.now)));
        }
        Ok(match db.read(newest)? {
            Some(newest) if late(newest) => {
                let seen = format!("it is {}, and the newest entry of the audit is of {newest}", ground.now);
                Finding::wrong(seen, mend)
            }
            _ => Finding::Right(format!("it is {}; nothing in the district is of later", ground.now)),
        })
    })
}

/// Is the last daily backup good, there, and not too old?
pub(super) fn backup(ground: &Ground) -> Finding {
    let Some(folder) = &ground.backups else {
        return Finding::Skipped("--backups DIR asks how the daily backups are".into());
    };
    let mend = format!("lilong backup {} {}", folder.display(), ground.place.options());
    let state = match state::read(folder, &ground.place.district) {
        Ok(Some(state)) => state,
        Ok(None) => {
            let seen = format!("no backup was ever made into {}", folder.display());
            return Finding::wrong(seen, format!("mkdir -p {} && {mend}", folder.display()));
        }
        Err(error) => return Finding::wrong(format!("{error:#}"), mend),
    };
    if let Some(failed) = &state.failed {
        let at = Instant::from_millis(failed.at);
        return Finding::wrong(format!("the backup of {at} failed: {}", failed.error), mend);
    }
    let Some(good) = &state.good else {
        return Finding::wrong("no backup was ever good", mend);
    };
    let (file, at) = (folder.join(&good.file), Instant::from_millis(good.at));
    if length(&file) != Some(good.bytes) {
        return Finding::wrong(format!("{} is not there as it was made", file.display()), mend);
    }
    if state.is_overdue(ground.now) {
        return Finding::wrong(format!("the last good backup is of {at}"), mend);
    }
    Finding::Right(format!("{} of {at}, {}", file.display(), edge::mebibytes(good.bytes)))
}

fn length(file: &Path) -> Option<u64> {
    fs::metadata(file).ok().map(|it| it.len())
}

/// Looks at a district that opens and whose schema is known; otherwise another check says what is wrong.
fn with_db(ground: &Ground, look: impl FnOnce(&Db) -> Result<Finding>) -> Finding {
    let Ok(Some(db)) = &ground.db else { return no_district() };
    match db.version() {
        Ok(version) if (1..=edge::newest_schema()).contains(&version) => {
            look(db).unwrap_or_else(|error| failed(&error))
        }
        Ok(_) => Finding::Skipped("the schema is not one this program knows".into()),
        Err(error) => failed(&error.into()),
    }
}

fn no_district() -> Finding {
    Finding::Skipped("there is no district that opens".into())
}

/// Something that should be readable is not: the newest good archive is the way back.
fn failed(error: &anyhow::Error) -> Finding {
    Finding::wrong(
        format!("the district cannot be read: {error:#}"),
        "lilong restore ARCHIVE --data NEW_FOLDER",
    )
}

/// Is every row of the audit there, and as it was written?
pub(super) fn audit(ground: &Ground) -> Finding {
    with_db(ground, |db| {
        let Chain { rows, head, broken, .. } = db.read(chain::check)?;
        let Some(broken) = broken else {
            if let Some(missed) = missed(ground, db, rows)? {
                return Ok(missed);
            }
            return Ok(Finding::Right(format!(
                "the {rows} rows of the audit are a whole chain; the last is {head}"
            )));
        };
        let seen = match broken {
            Break::Missing(number) => format!("row {number} of the audit is not there"),
            Break::Changed(number) => format!("row {number} of the audit, or the one before it, was changed"),
            Break::Unnumbered { then, now } => {
                format!("{then} rows of the audit stood before its chain began, {now} do now")
            }
        };
        // Nothing makes a row again: what it said stands in the last backup from before.
        let options = ground.place.options();
        Ok(Finding::wrong(seen, format!("lilong backup EVIDENCE.lilong {options}")))
    })
}

/// Is the end of the chain that a backup remembers not in it any longer? The chain itself cannot tell: who cuts it off, or makes it
/// anew, leaves a whole one.
fn missed(ground: &Ground, db: &Db, rows: i64) -> Result<Option<Finding>> {
    let Some(folder) = &ground.backups else { return Ok(None) };
    // A note that cannot be read is found where the backup is looked at.
    let remembered = state::read(folder, &ground.place.district).ok().flatten().and_then(|state| state.chain);
    let Some(end) = remembered else { return Ok(None) };
    if db.read(|tx| chain::holds(tx, &end.head()))? {
        return Ok(None);
    }
    let (number, at) = (end.number, Instant::from_millis(end.at));
    let what = if rows < number {
        format!("the audit ends at row {rows}, and at the backup of {at} it had {number} rows")
    } else {
        format!("row {number} of the audit is not the one with which it ended at the backup of {at}")
    };
    let seen = format!(
        "{what}: an older backup was restored, or rows were taken away and the chain made anew. If nobody restored one on purpose, keep \
         the database and the backups as they are and tell the security administrator; if somebody did, this says so"
    );
    let mend = format!("lilong backup {} --after-restore {}", folder.display(), ground.place.options());
    Ok(Some(Finding::wrong(seen, mend)))
}

/// Is it known which days of this year are worked, and from December on, of the next? A demonstration lives on its own day.
pub(super) fn calendar(ground: &Ground) -> Finding {
    let calendar = match ground.place.calendar() {
        Ok(calendar) => calendar,
        Err(error) => {
            let mend = format!("ls {}", ground.place.calendars().display());
            return Finding::wrong(format!("{error:#}"), mend);
        }
    };
    with_db(ground, |db| {
        let today = today(ground, db)?;
        let Some(missing) = edge::missing_year(&calendar, today) else {
            return Ok(Finding::Right(format!("the working days of {} are known", edge::last_year(today))));
        };
        let file = ground.place.calendars().join(format!("{missing}.toml"));
        let seen = format!("the calendar of {missing} is missing: no term of working days can end in it");
        Ok(Finding::wrong(seen, format!("install -D -m 644 {missing}.toml {}", file.display())))
    })
}

/// Do the daily rows of coverage add up to what is known of each household?
pub(super) fn coverage(ground: &Ground) -> Finding {
    with_db(ground, |db| {
        if db.version()? < edge::newest_schema() {
            return Ok(Finding::Skipped("an older schema is served first".into()));
        }
        let today = today(ground, db)?;
        let wrong = db.read(|tx| miscounted(tx, today))?.len();
        if wrong > 0 {
            let seen =
                format!("of {wrong} communities the daily rows are not what is known of their households");
            let mend = format!("lilong tidy --recount {}", ground.place.options());
            return Ok(Finding::wrong(seen, mend));
        }
        Ok(Finding::Right(format!("on {today} the daily rows are what is known of each household")))
    })
}

/// The day it is in the district: a demonstration lives on its own.
fn today(ground: &Ground, db: &Db) -> Result<Day> {
    Ok(db.read(settings::stopped_clock)?.unwrap_or(ground.now).day())
}
