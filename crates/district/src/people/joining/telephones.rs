//! A telephone is shown to be one's own by a code that is sent to it.
//!
//! What is kept is the keyed hash of the number and of the code. Whether a number is known here makes no difference to any
//! answer before the code was typed in: whoever holds the telephone may then learn what stands with it.

use base::Instant;
use db::{Tx, params};

use super::{Telephone, store};
use crate::kit::requests::keyed_hash;
use crate::kit::{Call, Entry, Refusal, Result, TextId, record, record_refused};
use crate::people::vault::Vault;
use crate::people::{Action, Token};

/// How long a code may be typed in: as long as it takes to find the telephone and one's glasses.
pub const CODE_MILLIS: i64 = 5 * 60_000;
/// Tries of one code; then it is void. With ten codes a day a guesser hits one of a million with 1 : 20,000 a day.
pub const CODE_TRIES: i64 = 5;
/// How long the proof holds: as long as it takes to fill in a form.
pub const PROOF_MILLIS: i64 = 30 * 60_000;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// The most codes of one telephone within a time: nobody is disturbed, and no bill grows, by somebody else's play.
const MOST: [(usize, i64); 3] = [(1, MINUTE), (5, HOUR), (10, DAY)];
/// How long what was sent is remembered, for the counts above.
const REMEMBERED: i64 = 2 * DAY;

/// A code of six digits. Its text goes to the telephone and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct TextCode(String);

impl TextCode {
    /// A code of fresh randomness; of a million codes none is likelier than another by more than 1 : 10¹³.
    pub fn new(random: [u8; 8]) -> Self {
        Self(format!("{:06}", u64::from_ne_bytes(random) % 1_000_000))
    }

    /// Reads what somebody typed: spaces and wide digits do not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let wide = text.chars().map(crate::register::rules::half_width);
        let digits: String = wide.filter(|c| !c.is_whitespace()).collect();
        (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(Self(digits))
    }

    /// As it is sent.
    pub fn text(&self) -> &str {
        &self.0
    }

    fn hash(&self, vault: &Vault, id: TextId) -> Vec<u8> {
        let said = [id.uuid().as_bytes(), self.0.as_bytes()].concat();
        keyed_hash(vault.requests(), &said).to_vec()
    }
}

/// Never shows the code: a log is read by many.
impl std::fmt::Debug for TextCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TextCode(…)")
    }
}

/// Writes down a code that is to be sent to a telephone once this is committed; earlier ones are void. Refused when the
/// telephone was sent as many as it may be.
pub fn ask_code(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    telephone: &Telephone,
    code: &TextCode,
    wall: Instant,
) -> Result<TextId> {
    call.tries(Action::TelephoneProve, None);
    let id: TextId = call.id();
    // First of all: whoever asks at the same time waits here, and then finds this code among those that were sent.
    let entry = Entry { action: Action::TelephoneProve, objects: &[id.uuid()], fields: "code" };
    record(tx, call, entry)?;
    let index = newest(vault, telephone);
    let mut sent: Vec<Instant> = Vec::new();
    let most = i64::try_from(MOST[2].0).unwrap_or(i64::MAX);
    for mut row in tx.query(&store::CODES_SINCE, params![index.clone(), wall.plus_millis(-DAY), most])? {
        sent.push(row.get(0)?);
    }
    let over = |(most, within): (usize, i64)| Some(sent.get(most - 1)?.plus_millis(within));
    if let Some(until) = MOST.into_iter().filter_map(over).filter(|until| *until > wall).max() {
        return Err(Refusal::new("joining-refused-wait").with("until", until).at("telephone").into());
    }
    tx.execute(&store::VOID_CODES, params![index.clone(), wall])?;
    let until = wall.plus_millis(CODE_MILLIS);
    tx.execute(&store::ADD_CODE, params![id, index, code.hash(vault, id), wall, until])?;
    Ok(id)
}

/// The code could not be sent: it is void, and another may be asked for at once. It still counts for the hour and the day.
pub fn unsent(tx: &mut Tx<'_>, call: &mut Call<'_>, id: TextId, wall: Instant) -> Result<()> {
    tx.execute(&store::UNSENT, params![id, MINUTE, wall])?;
    record_refused(tx, call, Entry { action: Action::TelephoneProve, objects: &[id.uuid()], fields: "code" })
}

/// That whoever holds this token has shown the telephone to be theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The number.
    pub telephone: Telephone,
    /// What the form carries; its hash alone is kept.
    pub token: Token,
}

/// What came of a code that was typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proved {
    /// It is the one that was sent.
    Done,
    /// Another, one that is too old, or one that was tried too often: which is not told.
    Refused,
}

/// Takes a code that was typed in. A wrong one is counted: the transaction is to be kept in either case.
pub fn prove(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    proof: &Proof,
    code: &TextCode,
    wall: Instant,
) -> Result<Proved> {
    call.tries(Action::TelephoneProve, None);
    let index = newest(vault, &proof.telephone);
    let Some(mut row) = tx.find(&store::OPEN_CODE, params![index, wall])? else {
        return Ok(Proved::Refused);
    };
    let (id, hash): (TextId, Vec<u8>) = (row.get(0)?, row.get(1)?);
    let entry = |fields| Entry { action: Action::TelephoneProve, objects: &[], fields };
    // Counted before it is looked at: of many guesses at a time no more are looked at than may be.
    let counted = tx.execute(&store::TRY_CODE, params![id, CODE_TRIES])? == 1;
    if !counted || hash != code.hash(vault, id) {
        record_refused(tx, call, entry("proof"))?;
        return Ok(Proved::Refused);
    }
    tx.execute(&store::PROVE, params![id, wall, proof.token.hash()])?;
    record(tx, call, entry("proof"))?;
    Ok(Proved::Done)
}

/// Refuses a proof that is none, or is too old.
pub(super) fn proven(tx: &mut Tx<'_>, vault: &Vault, proof: &Proof, wall: Instant) -> Result<()> {
    let since = wall.plus_millis(-PROOF_MILLIS);
    let found = tx.find(&store::PROOF, params![proof.token.hash(), since])?;
    let index: Option<Vec<u8>> = found.map(|mut row| row.get(0)).transpose()?;
    let of_telephone = |index: Vec<u8>| {
        vault.telephone_indices(&proof.telephone).iter().any(|known| known.as_slice() == index)
    };
    if index.is_some_and(of_telephone) { Ok(()) } else { Err(Refusal::new("joining-refused-proof").into()) }
}

/// Forgets what was sent a while ago; how many.
pub(in crate::people) fn forget_codes(tx: &mut Tx<'_>, wall: Instant) -> Result<u64> {
    Ok(tx.execute(&store::FORGET_CODES, params![wall.plus_millis(-REMEMBERED)])?)
}

fn newest(vault: &Vault, telephone: &Telephone) -> Vec<u8> {
    vault.telephone_indices(telephone).first().map(|index| index.to_vec()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits_and_stays_out_of_logs() {
        assert_eq!(TextCode::new(7_u64.to_ne_bytes()).text(), "000007");
        assert_eq!(TextCode::parse(" 000 ００7 ").unwrap(), TextCode::new(7_u64.to_ne_bytes()));
        for wrong in ["", "12345", "1234567", "12345x"] {
            assert!(TextCode::parse(wrong).is_none(), "{wrong}");
        }
        assert_eq!(format!("{:?}", TextCode::new([0; 8])), "TextCode(…)");
    }
}
