//! What a district holds, as a count and a digest: two districts with the same facts have the same digest, on any
//! machine and engine.

use db::{Schema, Table, Tx, Value};
use sha2::{Digest as _, Sha256};

use super::Result;

/// Tables that are no facts of the district: which schema it has, who is signed in, comes by a token or was sent a code,
/// what is half done, which answers are kept, which devices hold a round. An archive leaves them out: it names its schema itself, and nobody comes in by
/// restoring one.
pub const NOT_FACTS: [&str; 7] = [
    "schema_versions",
    "sessions",
    "personal_tokens",
    "ceremonies",
    "requests",
    "telephone_codes",
    "visit_devices",
];

/// Columns whose bytes differ with the installation's key.
pub const SEALED: [(&str, &str); 16] = [
    ("persons", "name"),
    ("persons", "telephone"),
    ("persons", "identity_number"),
    ("persons", "telephone_index"),
    ("ownerships", "certificate"),
    ("matters", "words"),
    ("matter_steps", "note"),
    ("referrals", "note"),
    ("visits", "note"),
    ("visit_inbox", "note"),
    ("mail_addresses", "address"),
    ("webhooks", "secret"),
    ("webhooks", "older_secret"),
    ("matter_photos", "preview"),
    ("matter_photos", "picture"),
    ("uploads", "content"),
];

/// The facts of a district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Rows of all tables that hold facts.
    pub facts: i64,
    /// SHA-256 in hexadecimal digits.
    pub hex: String,
}

/// Reads every row of every table that holds facts. `schema` is that of the database. What is sealed in the vault counts
/// as there or not there: its bytes depend on the key.
pub fn digest(tx: &mut Tx<'_>, schema: &Schema) -> Result<Digest> {
    let mut facts = 0;
    let mut whole = Sha256::new();
    for (name, table) in schema.tables.iter().filter(|(name, _)| !NOT_FACTS.contains(&name.as_str())) {
        // The sum of the rows' hashes: engines order texts differently.
        let mut sum = [0_u64; 4];
        let mut rows: i64 = 0;
        tx.scan(name, table, |values| {
            rows += 1;
            for (sum, part) in sum.iter_mut().zip(row_hash(name, table, values)) {
                *sum = sum.wrapping_add(part);
            }
        })?;
        facts += rows;
        whole.update(name);
        whole.update(rows.to_be_bytes());
        for part in sum {
            whole.update(part.to_be_bytes());
        }
    }
    Ok(Digest { facts, hex: base::hex(&whole.finalize()) })
}

/// Takes a value into a hash.
pub(super) fn feed(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Null => tagged(hash, 0, &[]),
        // SQLite keeps truth as 0 and 1.
        Value::Bool(truth) => tagged(hash, 2, &i64::from(*truth).to_be_bytes()),
        Value::Int(int) => tagged(hash, 2, &int.to_be_bytes()),
        Value::Text(text) => tagged(hash, 3, text.as_bytes()),
        Value::Bytes(bytes) => tagged(hash, 4, bytes),
        Value::Uuid(uuid) => tagged(hash, 4, uuid.as_bytes()),
    }
}

/// A tag and a length before each value, so that no two rows read the same.
fn tagged(hash: &mut Sha256, tag: u8, bytes: &[u8]) {
    hash.update([tag]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

fn row_hash(name: &str, table: &Table, values: &[Value]) -> [u64; 4] {
    let mut hash = Sha256::new();
    for (column, value) in table.columns.iter().zip(values) {
        let sealed = SEALED.contains(&(name, column.name.as_str()));
        if sealed && *value != Value::Null { tagged(&mut hash, 1, &[]) } else { feed(&mut hash, value) }
    }
    let bytes = hash.finalize();
    std::array::from_fn(|part| {
        bytes[part * 8..part * 8 + 8].iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that the vault has not sealed: what is compared and never read back, what an authenticator gave, an empty form.
    const OPEN: [(&str, &str); 15] = [
        ("audit", "hash"),
        ("audit", "ids_digest"),
        ("ceremonies", "key_hash"),
        ("enrolments", "code_hash"),
        ("letters", "code_hash"),
        ("matters", "secret_hash"),
        ("passkeys", "credential_id"),
        ("personal_tokens", "token_hash"),
        ("report_forms", "content"),
        ("requests", "body_hash"),
        ("sessions", "token_hash"),
        ("telephone_codes", "code_hash"),
        ("telephone_codes", "proof_hash"),
        ("telephone_codes", "telephone_index"),
        ("visit_devices", "secret"),
    ];

    testkit::db_test!(whatever_is_kept_as_bytes_is_known_to_be_sealed_or_not, crate::MIGRATIONS, |db| {
        let schema = db.schema().unwrap();
        let columns = schema.tables.iter().flat_map(|(name, table)| {
            let bytes = table.columns.iter().filter(|column| column.ty == "BYTEA");
            bytes.map(move |column| (name.as_str(), column.name.as_str()))
        });
        let there: std::collections::BTreeSet<_> = columns.collect();
        let known = SEALED.into_iter().chain(OPEN).collect();
        assert_eq!(there, known, "what is sealed is left out of the digest and sealed anew with a new key");
    });
}
