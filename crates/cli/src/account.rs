//! `lilong account`: who may come in.
//!
//! A district is begun on its page, with three administrators of whom none is enough alone. What is made here comes after
//! them: one person with the file in their hands could otherwise be all three. The password is asked for, or read from
//! standard input, and never stands on a command line.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::{Context as _, Result, bail};
use base::Day;
use clap::{Args, Subcommand};
use db::Db;
use district::kit::{Actor, Call, Grant, PersonId, Role, on_record};
use district::people::vault::{AddPerson, add_persons};
use district::people::{Action, NewAccount, Passwords, add_accounts, may_take_personal_data, scope_named};
use web::kit::Language;

use crate::edge::{self, Where};
use crate::words::Words;

/// What is said while the three are not there.
const NOT_BEGUN: &str = "this district has not begun: its three administrators have not all set a password, and nobody else \
    comes in before. Start it with `lilong serve`: it prints a code with which the district is begun at /begin. Where that \
    was done, the administrators still missing set their passwords at /enrol with their one-time codes";

/// Make accounts
#[derive(Args)]
pub struct AccountCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Add(Add),
}

impl AccountCommand {
    pub fn run(self) -> Result<()> {
        let Command::Add(add) = self.command;
        add.run()
    }
}

/// Make an account with one role; the password is asked for, or read as one line from standard input
#[derive(Args)]
struct Add {
    #[command(flatten)]
    place: Where,
    /// What they type to sign in
    login: String,
    /// Whose it is; kept encrypted
    #[arg(long, value_name = "NAME")]
    name: String,
    /// district-officer, town-officer, grid-leader, community-worker, operator, system-administrator,
    /// security-administrator or audit-administrator
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Role,
    /// The code of the town unit, the grid or the community that the role is for; the whole district without it
    #[arg(long, value_name = "CODE")]
    of: Option<String>,
    /// From this day on; otherwise from today
    #[arg(long, value_name = "DAY")]
    from: Option<Day>,
}

fn role(text: &str) -> Result<Role, String> {
    let names = || Role::GIVEN.map(Role::as_str).join(", ");
    let found = Role::GIVEN.into_iter().find(|role| role.as_str() == text);
    found.ok_or_else(|| format!("a role is one of {}", names()))
}

impl Add {
    fn run(&self) -> Result<()> {
        self.begun()?;
        let password = password()?;
        self.make(&password)
    }

    /// The district, once its three administrators are there.
    fn begun(&self) -> Result<Db> {
        let db = self.place.make()?;
        let (actor, now) = (Actor::program(), edge::now_of(&db)?);
        let call = Call::new(&actor, now, u64::from_ne_bytes(edge::random()?));
        let asked = on_record(&db, &call, |tx, call| {
            call.tries(Action::AccountWrite, None);
            may_take_personal_data(tx, call.today())
        });
        match asked {
            Ok(()) => Ok(db),
            Err(district::Error::Refused(_)) => bail!("{NOT_BEGUN}"),
            Err(error) => Err(error.into()),
        }
    }

    fn make(&self, password: &str) -> Result<()> {
        let words = Words::load(Language::En)?;
        Passwords::check_new(password).map_err(|error| words.error(error))?;
        let db = self.begun()?;
        let vault = self.place.vault(&db)?;
        let hash = Passwords::default().hash(password, edge::random()?)?;
        let (now, seed) = (edge::now_of(&db)?, u64::from_ne_bytes(edge::random()?));
        let from = self.from.unwrap_or(now.day());
        let Some(scope) = db.read(|tx| scope_named(tx, self.role, self.of.as_deref(), now.day()))? else {
            bail!("{}", self.no_such_place())
        };
        let (actor, name) = (Actor::program(), self.name.trim());
        if name.is_empty() {
            bail!("an account belongs to somebody: --name is empty");
        }
        on_record(&db, &Call::new(&actor, now, seed), |tx, call| {
            let id: PersonId = call.id();
            let person = AddPerson { id, name: name.to_owned(), telephone: None, identity_number: None };
            add_persons(tx, call, &vault, &[person])?;
            let account = NewAccount {
                person: id,
                login: self.login.clone(),
                password: Some(hash.clone()),
                demonstration: false,
                grants: vec![Grant { role: self.role, scope }],
                valid_from: from,
            };
            add_accounts(tx, call, &[account])
        })
        .map_err(|error| words.error(error))?;
        edge::say(&format!("{}: {} from {from}", self.login.trim(), self.role.as_str()))
    }

    fn no_such_place(&self) -> String {
        let kind = match self.role {
            Role::TownOfficer => "a town unit",
            Role::GridLeader => "an integrated grid",
            Role::Operator => "a community",
            Role::CommunityWorker => "an integrated grid or a community",
            _ => return format!("{} is for the whole district: leave --of out", self.role.as_str()),
        };
        match &self.of {
            None => format!("{} is for {kind}: give its code with --of", self.role.as_str()),
            Some(code) => format!("{code} is not the code of {kind} on this day"),
        }
    }
}

/// Asked for twice at a terminal; otherwise the first line of standard input.
fn password() -> Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        let first = rpassword::prompt_password("Password: ").context("reading the password")?;
        let again = rpassword::prompt_password("Once more: ").context("reading the password")?;
        if first != again {
            bail!("the two passwords differ: nothing was made");
        }
        return Ok(first);
    }
    let mut line = String::new();
    input.lock().read_line(&mut line).context("reading the password from standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use district::people::{Begin, Code, NewAdministrator, any_account, begin_district, enrol};
    use district::register;

    fn add(place: &Where, login: &str, role: Role, of: Option<&str>) -> Add {
        Add {
            place: place.clone(),
            login: login.into(),
            name: "示例".into(),
            role,
            of: of.map(Into::into),
            from: None,
        }
    }

    /// Begins the district as its page does.
    fn begin(place: &Where) {
        let db = place.make().unwrap();
        let vault = place.vault(&db).unwrap();
        let (actor, now) = (Actor::program(), edge::now());
        let new = |login: &str| NewAdministrator { login: login.into(), name: "示例".into() };
        let codes = [1, 2].map(|byte| Code::new([byte; 20]));
        let begin = Begin {
            name: "示例区".into(),
            name_en: "Example".into(),
            administrators: [new("system"), new("security"), new("audit")],
            password: "$argon2id$".into(),
            codes: codes.clone(),
        };
        let call = |seed| Call::new(&actor, now, seed);
        db.write(|tx| begin_district(tx, &mut call(1), &vault, &begin, now)).unwrap();
        for (seed, (login, code)) in (2..).zip(["security", "audit"].into_iter().zip(&codes)) {
            db.write(|tx| enrol(tx, &mut call(seed), (login, code), "$argon2id$", now)).unwrap();
        }
    }

    #[test]
    fn nobody_comes_in_by_the_command_line_before_the_three_administrators() {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().into(), database_url: None, district: "310112".into() };
        for role in [Role::DistrictOfficer, Role::SystemAdministrator, Role::AuditAdministrator] {
            let refused = add(&place, "first", role, None).make("four words put together").unwrap_err();
            assert!(refused.to_string().contains("/begin"), "{refused}");
        }
        assert!(!place.open().unwrap().read(any_account).unwrap());
        begin(&place);
        add(&place, "first", Role::DistrictOfficer, None).make("four words put together").unwrap();
    }

    #[test]
    fn an_officer_of_a_district_that_has_begun_can_come_in() {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().into(), database_url: None, district: "310112".into() };
        begin(&place);
        let officer = add(&place, "Officer", Role::DistrictOfficer, None);
        let short = officer.make("short").unwrap_err().to_string();
        assert!(short.contains("at least \u{2068}12\u{2069}") || short.contains("at least 12"), "{short}");
        officer.make("four words put together").unwrap();
        assert!(officer.make("four words put together").unwrap_err().to_string().contains("taken"));
        let db = place.open().unwrap();
        let day = edge::now().day();
        let found = db.read(|tx| district::people::credential(tx, "officer", day)).unwrap();
        let (_, hash) = found.unwrap();
        assert!(Passwords::default().matches("four words put together", hash.as_deref()));
        // A role is over a place of its kind.
        for (role, of, said) in [
            (Role::TownOfficer, None, "give its code"),
            (Role::TownOfficer, Some("310112107"), "not the code of a town unit"),
            (Role::DistrictOfficer, Some("310112107"), "leave --of out"),
        ] {
            let refused =
                add(&place, "town", role, of).make("four words put together").unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
        assert!(role("emperor").unwrap_err().contains("town-officer"));
    }

    #[test]
    fn each_role_finds_its_place_by_its_code() {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().into(), database_url: None, district: "310112".into() };
        let db = place.make().unwrap();
        let order = sim::Order { per_mille: 20, with_work: false, ..sim::Order::new(1) };
        sim::make(&db, &place.vault(&db).unwrap(), &order).unwrap();
        let places = db.read(|tx| {
            let day = order.today;
            let town = register::towns(tx, day)?[0].code.clone();
            let grid = register::grids(tx, day)?[0].code.clone();
            let community = register::snapshot(tx, day)?[0].code.clone();
            Ok::<_, district::Error>([
                (Role::TownOfficer, town),
                (Role::GridLeader, grid.clone()),
                (Role::CommunityWorker, grid),
                (Role::CommunityWorker, community.clone()),
                (Role::Operator, community),
            ])
        });
        for (n, (role, code)) in places.unwrap().into_iter().enumerate() {
            add(&place, &format!("new-{n}"), role, Some(&code)).make("four words put together").unwrap();
        }
    }
}
