//! Finding a telephone though it is sealed: beside the sealed number stands a keyed hash of its digits (a blind index),
//! whose key is derived from the vault's. Who has the database without the key cannot try numbers out.

use db::{Tx, Value, params};

use super::{Field, Vault, has_key, read, store};
use crate::kit::{Call, Entry, PersonId, Result, Scope, record};
use crate::people::Action;
use crate::register::rules::half_width;

/// Persons looked at in one transaction, so that nobody waits for it.
const AT_A_TIME: i64 = 500;
/// The most persons of one telephone that are looked at: a household with its grandparents.
const MOST_OF_ONE: i64 = 20;

/// A mobile telephone of the mainland, to which a code can be sent: eleven digits that begin with 1, then 3 to 9
/// (工业和信息化部, 电信网编号计划).
#[derive(Clone, PartialEq, Eq)]
pub struct Telephone(String);

impl Telephone {
    /// Reads what somebody typed: spaces, hyphens, wide digits and the country's 86 do not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = digits(text)?;
        let mobile = digits.len() == 11
            && digits.bytes().all(|b| b.is_ascii_digit())
            && digits.starts_with('1')
            && digits.as_bytes()[1] >= b'3';
        mobile.then_some(Self(digits))
    }

    /// Its eleven digits.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

/// Never shows the number: a log is read by many.
impl std::fmt::Debug for Telephone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Telephone(…)")
    }
}

/// The digits of a number without our country's; of another country's with its plus. `None` when there are none.
fn digits(text: &str) -> Option<String> {
    let plain: String = text.chars().map(half_width).filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let local = plain.strip_prefix("+86").or_else(|| plain.strip_prefix("0086")).unwrap_or(&plain);
    let bare = if local.len() == 13 { local.strip_prefix("86").unwrap_or(local) } else { local };
    // What still begins with a plus is of another country, and none of ours.
    (!bare.is_empty()).then(|| bare.to_owned())
}

impl Vault {
    /// What a telephone is found by, under the newest key first: while everything is sealed anew some are found by an
    /// older one.
    pub(crate) fn telephone_indices(&self, telephone: &Telephone) -> Vec<[u8; 32]> {
        self.ring().telephone_indices(telephone.digits())
    }
}

/// What stands beside a telephone that is sealed now.
pub(crate) fn index_of(vault: &Vault, telephone: Option<&str>) -> Value {
    let Some(telephone) = telephone.filter(|text| !text.is_empty()) else { return Value::Null };
    // What has no digits is found by nobody; an empty index says that it was looked at.
    let indices = digits(telephone).map(|digits| vault.ring().telephone_indices(&digits)).unwrap_or_default();
    Value::Bytes(indices.first().map(|index| index.to_vec()).unwrap_or_default())
}

/// The persons with a telephone, whoever they are. Asks no permission: not for outside `district`.
pub(crate) fn persons_of_telephone(
    tx: &mut Tx<'_>,
    vault: &Vault,
    telephone: &Telephone,
) -> Result<Vec<PersonId>> {
    let mut persons = Vec::new();
    for index in vault.telephone_indices(telephone) {
        for mut row in tx.query(&store::PERSONS_OF_INDEX, params![index.to_vec(), MOST_OF_ONE])? {
            persons.push(row.get(0)?);
        }
    }
    Ok(persons)
}

/// Writes what the telephone of a person is found by under the newest key.
fn index_anew(tx: &mut Tx<'_>, vault: &Vault, person: PersonId) -> Result<()> {
    let telephone = read(tx, vault, person, Field::Telephone)?;
    tx.execute(&store::CHANGE_INDEX, params![person, index_of(vault, telephone.as_deref())])?;
    Ok(())
}

/// Writes what the telephones of some persons after one are found by, where it is missing: in a district from before
/// there was such an index. After whom it is to go on; `None`: there is no more.
pub fn index_telephones(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    after: PersonId,
) -> Result<Option<PersonId>> {
    call.authorise(Action::VaultRekey, Scope::District)?;
    has_key(tx, vault)?;
    let mut last = None;
    for mut row in tx.query(&store::NOT_INDEXED, params![after, AT_A_TIME])? {
        let person: PersonId = row.get(0)?;
        index_anew(tx, vault, person)?;
        last = Some(person);
    }
    if last.is_some() {
        record(tx, call, Entry { action: Action::VaultRekey, objects: &[], fields: "telephone_index" })?;
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_is_the_same_however_it_was_typed() {
        for typed in [
            "19900001234",
            " 199 0000 1234",
            "+86 199-0000-1234",
            "008619900001234",
            "8619900001234",
            "１９９００００１２３４",
        ] {
            assert_eq!(Telephone::parse(typed).unwrap().digits(), "19900001234", "{typed}");
        }
        for typed in ["", "021-64000000", "12900001234", "1990000123", "199000012345", "+1 990 000 1234"] {
            assert!(Telephone::parse(typed).is_none(), "{typed}");
        }
        assert_eq!(format!("{:?}", Telephone::parse("19900001234")), "Some(Telephone(…))");
    }

    #[test]
    fn an_index_needs_the_key() {
        let telephone = Telephone::parse("19900001234").unwrap();
        let of = |vault: &Vault| vault.telephone_indices(&telephone);
        let (one, other) = (of(&Vault::new(&[1; 32])), of(&Vault::new(&[2; 32])));
        assert_ne!(one, other);
        assert_eq!(of(&Vault::with_older(&[2; 32], &[[1; 32]])), [other, one].concat());
    }
}
