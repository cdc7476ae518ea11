//! What a person may ask of what is known of them: a copy, a correction, erasure; and erasure by itself when its time is
//! over (个人信息保护法 art. 19, 44–47). Facts keep the pseudonym: who lived where and who decided what stays true when
//! nobody can say any longer who it was.

use base::{Day, Instant};
use db::{Tx, params};
use serde_json::{Value as Json, json};

use super::vault::{self, Field, Vault, change_person};
use super::{AboutMe, Action, credentials, joining, log, store};
use crate::kit::{AccountId, Call, Entry, Error, PersonId, Refusal, Result, Scope, record, record_about};
use crate::{matters, notices, register, services, stations, visits};

/// How long a name is kept after its person has left every dwelling, post and account: a year, in which deposits are paid
/// back and complaints answered. No law names the number; the law asks for the shortest that serves (art. 19).
pub const KEPT_DAYS: i64 = 365;
/// How long sessions that are over, answered requests and used codes are kept: half a year, as long as network logs have
/// to be (网络安全法 art. 21).
pub const TRACES_MILLIS: i64 = 180 * 86_400_000;
/// Persons looked at in one transaction, so that nobody waits for it.
const AT_A_TIME: i64 = 500;
/// Entries of a copy on who read what.
const ABOUT: i64 = 10_000;

/// Everything that is known of whoever asks, in full, as one object; on record as a reading by themselves.
pub fn copy(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault) -> Result<Json> {
    let (account, person) = own(tx, call)?;
    let mut fields = serde_json::Map::new();
    for field in [Field::Name, Field::Telephone, Field::IdentityNumber] {
        fields.insert(field.as_str().to_owned(), json!(vault::read(tx, vault, person, field)?));
    }
    let read = |it: AboutMe| {
        let AboutMe { at, role, action, fields, place } = it;
        json!({
            "at": at.to_string(), "role": role, "action": action, "fields": fields,
            "unit": place.map(|(name, _)| name),
        })
    };
    let about = log::about(tx, person, ABOUT)?;
    let copy = json!({
        "person": person.to_string(),
        "fields": fields,
        "account": account.to_string(),
        "stays": register::stays_of(tx, person)?,
        "posts": stations::posts_of(tx, person)?,
        "owned": joining::owned_copy(tx, vault, person)?,
        "matters": matters::matters_copy(tx, vault, person)?,
        "referrals": services::copy_of(tx, vault, person)?,
        "visits": visits::copy_of(tx, vault, person)?,
        "notices": notices::copy(tx, vault, account)?,
        "read_by": about.into_iter().map(read).collect::<Vec<_>>(),
    });
    let entry = Entry { action: Action::PersonOwn, objects: &[person.uuid()], fields: "copy" };
    record_about(tx, call, entry, &[person])?;
    Ok(copy)
}

/// Corrects one's own telephone number; an empty one is forgotten.
pub fn correct_telephone(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault, number: &str) -> Result<()> {
    call.tries(Action::PersonOwn, call.actor.account.map(AccountId::uuid));
    let (account, person) = own(tx, call)?;
    // By this number they come in: another one is taken once it was shown to be theirs.
    if joining::enters_by_telephone(tx, account)? {
        return Err(Refusal::new("joining-refused-own-telephone").at("telephone").into());
    }
    let number = stations::rules::telephone(number)
        .ok_or_else(|| Refusal::new("stations-refused-telephone").at("telephone"))?;
    if number.is_empty() {
        tx.execute(&store::FORGET_TELEPHONE, params![person])?;
    } else {
        change_person(tx, call, vault, person, [None, Some(&number), None])?;
    }
    let entry = Entry { action: Action::PersonOwn, objects: &[person.uuid()], fields: "telephone" };
    record_about(tx, call, entry, &[person])
}

fn own(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(AccountId, PersonId)> {
    let account = call.actor.account.ok_or(Error::Forbidden(Action::PersonOwn))?;
    Ok((account, super::person_of(tx, account)?))
}

/// Erases name, telephone and identity number of the person of an account that was ended, at the person's request.
pub fn erase_person(tx: &mut Tx<'_>, call: &mut Call<'_>, account: AccountId) -> Result<()> {
    call.tries(Action::PersonErase, account.uuid());
    call.authorise(Action::PersonErase, Scope::District)?;
    if tx.find(&store::ACCOUNT_IN_FORCE, params![account, call.today()])?.is_some() {
        return Err(Refusal::new("people-refused-erase-in-use").into());
    }
    let person = super::person_of(tx, account)?;
    if is_needed(tx, person, call.today())? {
        return Err(Refusal::new("people-refused-erase-in-use").into());
    }
    erase(tx, call, &[person])
}

/// Does somebody live in a dwelling or own one, hold a post, have an account or wait for an answer on a day or later?
fn is_needed(tx: &mut Tx<'_>, person: PersonId, day: Day) -> Result<bool> {
    Ok(register::lives_from(tx, person, day)?
        || stations::works_from(tx, person, day)?
        || joining::owns_from(tx, person, day)?
        || matters::reports_from(tx, person, day)?
        || tx.find(&store::ACCOUNT_FROM, params![person, day])?.is_some())
}

fn erase(tx: &mut Tx<'_>, call: &mut Call<'_>, persons: &[PersonId]) -> Result<()> {
    for person in persons {
        tx.execute(&store::ERASE, params![*person])?;
        joining::forget_certificates(tx, *person)?;
        matters::forget_words(tx, *person)?;
        services::forget_notes(tx, *person)?;
        visits::forget_person(tx, *person)?;
        notices::forget_person(tx, *person)?;
    }
    let objects: Vec<_> = persons.iter().map(|person| person.uuid()).collect();
    let fields = "name telephone identity_number mail";
    record_about(tx, call, Entry { action: Action::PersonErase, objects: &objects, fields }, persons)
}

/// A step of the job that erases what nobody needs any longer: looks at some persons after one, and says after which it is
/// to go on; `None`: it has looked at all. Safe to run again, and after days of being off.
pub fn retain(tx: &mut Tx<'_>, call: &mut Call<'_>, after: PersonId) -> Result<Option<PersonId>> {
    call.authorise(Action::PersonErase, Scope::District)?;
    let since = call.today() - KEPT_DAYS;
    let (mut last, mut over) = (None, Vec::new());
    for mut row in tx.query(&store::SEALED_AFTER, params![after, AT_A_TIME])? {
        let person: PersonId = row.get(0)?;
        last = Some(person);
        if !is_needed(tx, person, since)? {
            over.push(person);
        }
    }
    if !over.is_empty() {
        erase(tx, call, &over)?;
    }
    Ok(last)
}

/// Forgets sessions, answers of requests, codes, letters, wishes to join and notices whose time is over; how many.
pub fn forget_traces(tx: &mut Tx<'_>, call: &mut Call<'_>, wall: Instant) -> Result<u64> {
    call.authorise(Action::PersonErase, Scope::District)?;
    let before = wall.plus_millis(-TRACES_MILLIS);
    let mut forgotten = 0;
    for statement in [&store::FORGET_SESSIONS, &store::FORGET_CODES, &store::FORGET_REQUESTS] {
        forgotten += tx.execute(statement, params![before])?;
    }
    forgotten += credentials::forget_ceremonies(tx, before)?;
    forgotten += tx.execute(&joining::store::FORGET_LETTERS, params![before])?;
    forgotten += joining::forget_codes(tx, wall)?;
    forgotten += joining::forget_requests(tx, call.today(), wall)?;
    forgotten += joining::forget_statements(tx, call.today(), wall)?;
    forgotten += services::forget_old_notes(tx, call.today())?;
    forgotten += notices::forget_old(tx, call.now, wall)?;
    forgotten += matters::forget_old_photos(tx, call.today())?;
    if forgotten > 0 {
        let fields = "sessions codes requests letters joining notes notices photos";
        let entry = Entry { action: Action::PersonErase, objects: &[], fields };
        record(tx, call, entry)?;
    }
    Ok(forgotten)
}
