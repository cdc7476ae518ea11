//! The identity vault: names, telephones and identity numbers, encrypted; every other table has a pseudonym.
//!
//! A sealed field is: algorithm byte, 12 bytes of nonce, ciphertext with its 16-byte tag. The pseudonym and the field's
//! name are authenticated with it, so a ciphertext cannot be moved to another person or another field.

mod find;
mod mask;
mod rekey;
mod ring;
pub(crate) mod store;

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use base::Uuid;
use db::{Tx, Value, params};
use sha2::{Digest as _, Sha256};

use crate::kit::requests::keyed_hash;
use crate::kit::{Call, Entry, Error, PersonId, Result, Scope, record, record_about};
use crate::people::{Action, may_take_personal_data};

pub use find::{Telephone, index_telephones};
pub(crate) use find::{index_of, persons_of_telephone};
pub use mask::{masked_name, masked_number, masked_telephone};
use rekey::has_key;
pub(crate) use rekey::may_seal;
pub use rekey::{begin_rekey, reseal};
use ring::{Opened, Ring};

/// AES-256-GCM. SM4-GCM will be another number.
const AES_256_GCM: u8 = 1;
const NONCE: usize = 12;

/// A field of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// 姓名.
    Name,
    /// 电话.
    Telephone,
    /// 证件号码.
    IdentityNumber,
}

impl Field {
    /// The name in the audit and in what is authenticated.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Telephone => "telephone",
            Self::IdentityNumber => "identity_number",
        }
    }
}

/// The keys and the cipher.
pub struct Vault {
    ring: RwLock<Ring>,
    requests: [u8; 32],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// A vault with this key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self::with_older(key, &[])
    }

    /// A vault that seals with a key, and opens with older ones as well.
    pub fn with_older(newest: &[u8; 32], older: &[[u8; 32]]) -> Self {
        // The oldest: a form of before is known again while keys change.
        let requests = keyed_hash(older.last().unwrap_or(newest), b"lilong requests");
        Self { ring: RwLock::new(Ring::new(newest, older)), requests }
    }

    /// Takes other keys while the program runs.
    pub fn reload(&self, newest: &[u8; 32], older: &[[u8; 32]]) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Ring::new(newest, older);
    }

    fn ring(&self) -> RwLockReadGuard<'_, Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What names the key it seals with.
    fn mark(&self) -> String {
        self.ring().mark().to_owned()
    }

    /// Is the key of this mark among its keys?
    fn has(&self, mark: &str) -> bool {
        self.ring().has(mark)
    }

    /// A field sealed with the newest key, and what it says; `None` when it is already.
    fn anew(
        &self,
        person: PersonId,
        field: Field,
        sealed: &[u8],
        fresh: Uuid,
    ) -> Result<Option<(Vec<u8>, String)>> {
        let about = associated(person, field);
        let (Opened::Older, bytes) = self.opened(&about, sealed)? else { return Ok(None) };
        let anew = self.seal_bytes(&about, &bytes, fresh)?;
        Ok(Some((anew, text(bytes)?)))
    }

    /// What [`Vault::seal_bytes`] sealed, sealed with the newest key; `None` when it is already.
    pub fn anew_bytes(&self, about: &[u8], sealed: &[u8], fresh: Uuid) -> Result<Option<Vec<u8>>> {
        match self.opened(about, sealed)? {
            (Opened::Newest, _) => Ok(None),
            (Opened::Older, bytes) => self.seal_bytes(about, &bytes, fresh).map(Some),
        }
    }

    /// The secret that hashes of forms are keyed by, derived from the key.
    pub fn requests(&self) -> &[u8; 32] {
        &self.requests
    }

    /// Seals a field. `fresh` must not repeat for one person and field: take it from the call's ids.
    pub fn seal(&self, person: PersonId, field: Field, text: &str, fresh: Uuid) -> Result<Vec<u8>> {
        self.seal_bytes(&associated(person, field), text.as_bytes(), fresh)
    }

    /// Opens a field; an error when the key is another or the bytes were changed.
    pub fn open(&self, person: PersonId, field: Field, sealed: &[u8]) -> Result<String> {
        text(self.open_bytes(&associated(person, field), sealed)?)
    }

    /// Seals what may hold names and stands outside of `persons` for a while. `about` says what it is and is
    /// authenticated with it.
    pub fn seal_bytes(&self, about: &[u8], bytes: &[u8], fresh: Uuid) -> Result<Vec<u8>> {
        let mut hash = Sha256::new();
        hash.update(about);
        hash.update(fresh.as_bytes());
        let mut nonce = [0_u8; NONCE];
        nonce.copy_from_slice(&hash.finalize()[..NONCE]);
        let ciphertext = self
            .ring()
            .seal(nonce, about, bytes)
            .ok_or_else(|| Error::Internal("what is to be sealed is too long".into()))?;
        let mut sealed = Vec::with_capacity(1 + NONCE + ciphertext.len());
        sealed.push(AES_256_GCM);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Opens what [`Vault::seal_bytes`] sealed.
    pub fn open_bytes(&self, about: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        self.opened(about, sealed).map(|(_, bytes)| bytes)
    }

    fn opened(&self, about: &[u8], sealed: &[u8]) -> Result<(Opened, Vec<u8>)> {
        let [AES_256_GCM, rest @ ..] = sealed else { return Err(wrong_key()) };
        let Some((nonce, ciphertext)) = rest.split_first_chunk::<NONCE>() else { return Err(wrong_key()) };
        self.ring().open(*nonce, about, ciphertext).ok_or_else(wrong_key)
    }
}

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| wrong_key())
}

fn wrong_key() -> Error {
    Error::Internal("a field of the vault does not open: is this the district's key?".into())
}

fn associated(person: PersonId, field: Field) -> Vec<u8> {
    [person.uuid().as_bytes(), field.as_str().as_bytes()].concat()
}

/// How a key and a district belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Nothing is sealed yet: any key will do.
    Empty,
    /// What is sealed opens.
    Opens,
    /// What is sealed does not open with this key, or there is none.
    Shut,
}

/// Does this key open what the district has sealed? Asked before anything is sealed, so that two keys never mix.
pub fn fit(tx: &mut Tx<'_>, vault: Option<&Vault>) -> Result<Fit> {
    let Some(mut row) = tx.find(&store::SOME_PERSON, params![])? else { return Ok(Fit::Empty) };
    let (person, sealed): (PersonId, Vec<u8>) = (row.get(0)?, row.get(1)?);
    let opens = vault.is_some_and(|vault| vault.open(person, Field::Name, &sealed).is_ok());
    Ok(if opens { Fit::Opens } else { Fit::Shut })
}

/// A person as they come in.
#[derive(Clone)]
pub struct AddPerson {
    /// The pseudonym.
    pub id: PersonId,
    /// 姓名; empty when only the pseudonym is known, as in a district that was exported and imported again.
    pub name: String,
    /// 电话.
    pub telephone: Option<String>,
    /// 证件号码.
    pub identity_number: Option<String>,
}

impl AddPerson {
    /// Is anything known of them but the pseudonym?
    pub(crate) fn says_anything(&self) -> bool {
        !self.name.is_empty() || self.telephone.is_some() || self.identity_number.is_some()
    }
}

/// Says the pseudonym only: no name may reach a log.
impl std::fmt::Debug for AddPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddPerson").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Puts persons into the vault.
pub fn add_persons(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault, persons: &[AddPerson]) -> Result<()> {
    call.authorise(Action::RegisterWrite, Scope::District)?;
    keep_persons(tx, call, vault, persons)
}

/// The same for an operation that has asked permission for the households these persons belong to.
pub(crate) fn keep_persons(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    persons: &[AddPerson],
) -> Result<()> {
    seal_persons(tx, call, vault, persons)?;
    let ids: Vec<Uuid> = persons.iter().map(|person| person.id.uuid()).collect();
    record(
        tx,
        call,
        Entry { action: Action::RegisterWrite, objects: &ids, fields: "name telephone identity_number" },
    )
}

/// Seals persons and writes them. The caller has asked permission and leaves the audit row. Pseudonyms of whom nothing is
/// known come in before the district has begun, too.
pub(crate) fn seal_persons(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    persons: &[AddPerson],
) -> Result<()> {
    if persons.iter().any(AddPerson::says_anything) {
        may_take_personal_data(tx, call.today())?;
    }
    put_persons(tx, call, vault, persons)
}

/// The same for the three without whom nobody else comes in.
pub(crate) fn put_persons(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    persons: &[AddPerson],
) -> Result<()> {
    has_key(tx, vault)?;
    let mut rows: Vec<[Value; 5]> = Vec::with_capacity(persons.len());
    for person in persons {
        let mut seal = |field: Field, text: Option<&str>| -> Result<Value> {
            let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Value::Null) };
            let fresh: PersonId = call.id();
            Ok(Value::Bytes(vault.seal(person.id, field, text, fresh.uuid())?))
        };
        rows.push([
            person.id.into(),
            seal(Field::Name, Some(&person.name))?,
            seal(Field::Telephone, person.telephone.as_deref())?,
            seal(Field::IdentityNumber, person.identity_number.as_deref())?,
            index_of(vault, person.telephone.as_deref()),
        ]);
    }
    tx.bulk(&store::ADD_PERSONS, rows)?;
    Ok(())
}

/// Writes what changed of a person; a field that is `None` stays. The caller has asked permission and leaves the audit row.
pub(crate) fn change_person(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    person: PersonId,
    fields: [Option<&str>; 3],
) -> Result<()> {
    may_seal(tx, vault, call.today())?;
    let statements = [
        (Field::Name, &store::CHANGE_NAME),
        (Field::Telephone, &store::CHANGE_TELEPHONE),
        (Field::IdentityNumber, &store::CHANGE_IDENTITY_NUMBER),
    ];
    for ((field, statement), text) in statements.into_iter().zip(fields) {
        if let Some(text) = text {
            let fresh: PersonId = call.id();
            tx.execute(statement, params![person, vault.seal(person, field, text, fresh.uuid())?])?;
            if field == Field::Telephone {
                tx.execute(&store::CHANGE_INDEX, params![person, index_of(vault, Some(text))])?;
            }
        }
    }
    Ok(())
}

/// Name and telephone of a person in full, for whoever asked for them.
#[derive(Clone, PartialEq, Eq)]
pub struct Revealed {
    /// 姓名.
    pub name: String,
    /// 电话.
    pub telephone: Option<String>,
}

/// Never shows them: a log is read by many.
impl std::fmt::Debug for Revealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Revealed(…)")
    }
}

/// Name and telephone of a person in full. It is a POST: the reading is on record before it is shown.
pub fn reveal(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    person: PersonId,
    scope: Scope,
) -> Result<Revealed> {
    call.authorise(Action::PersonReveal, scope)?;
    reveal_with(tx, call, vault, person, "name telephone")
}

/// The same where the caller has asked permission for something that cannot be done without; `fields` names what is shown.
pub(crate) fn reveal_with(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    person: PersonId,
    fields: &str,
) -> Result<Revealed> {
    let name = read(tx, vault, person, Field::Name)?.unwrap_or_default();
    let telephone = read(tx, vault, person, Field::Telephone)?;
    record_about(
        tx,
        call,
        Entry { action: Action::PersonReveal, objects: &[person.uuid()], fields },
        &[person],
    )?;
    Ok(Revealed { name, telephone })
}

/// A person's field, for masking; not for a page in full.
pub(crate) fn read(tx: &mut Tx<'_>, vault: &Vault, person: PersonId, field: Field) -> Result<Option<String>> {
    let mut row = tx.find(&store::PERSON, params![person])?.ok_or(Error::Absent("person"))?;
    let column = match field {
        Field::Name => 0,
        Field::Telephone => 1,
        Field::IdentityNumber => 2,
    };
    let sealed: Option<Vec<u8>> = row.get(column)?;
    sealed.map(|sealed| vault.open(person, field, &sealed)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_opens_for_its_person_and_field_alone() {
        let vault = Vault::new(&[7; 32]);
        let person = PersonId::from_uuid(Uuid::from_u128(1));
        let sealed = vault.seal(person, Field::Name, "欧阳示例", Uuid::from_u128(9)).unwrap();
        assert_eq!(sealed[0], AES_256_GCM);
        assert!(!sealed.windows(3).any(|w| w == "欧".as_bytes()));
        assert_eq!(vault.open(person, Field::Name, &sealed).unwrap(), "欧阳示例");
        assert!(vault.open(person, Field::Telephone, &sealed).is_err());
        assert!(vault.open(PersonId::from_uuid(Uuid::from_u128(2)), Field::Name, &sealed).is_err());
        assert!(Vault::new(&[8; 32]).open(person, Field::Name, &sealed).is_err());
        let mut changed = sealed.clone();
        changed[20] ^= 1;
        assert!(vault.open(person, Field::Name, &changed).is_err());
        assert!(vault.open(person, Field::Name, &[]).is_err());
        let again = vault.seal(person, Field::Name, "欧阳示例", Uuid::from_u128(10)).unwrap();
        assert_ne!(again, sealed);
    }

    #[test]
    fn no_name_reaches_a_debug_print() {
        let person = AddPerson {
            id: PersonId::from_uuid(Uuid::from_u128(1)),
            name: "示例".into(),
            telephone: Some("19900001234".into()),
            identity_number: None,
        };
        let printed = format!("{person:?} {:?}", Vault::new(&[1; 32]));
        assert!(!printed.contains("示例") && !printed.contains("1990"), "{printed}");
    }
}
