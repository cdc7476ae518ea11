//! Rows as bytes, the same from both engines. A value is a byte 0 for NULL, or a byte 1 and then by the column's type:
//! BIGINT 8 bytes, big end first, two's complement; BOOLEAN one byte, 0 or 1; UUID 16 bytes; TEXT (UTF-8) and BYTEA a
//! length of 4 bytes, big end first, and so many bytes.

use base::Uuid;

use crate::{Error, Ty, Value};

/// Appends a row. What SQLite has no type for (truth, UUIDs) is written as the column's type says.
pub(super) fn put(out: &mut Vec<u8>, columns: &[Ty], row: &[Value]) -> Result<(), Error> {
    for (place, (ty, value)) in columns.iter().zip(row).enumerate() {
        match (ty, value) {
            (_, Value::Null) => out.push(0),
            (Ty::Bigint, Value::Int(int)) => {
                out.push(1);
                out.extend_from_slice(&int.to_be_bytes());
            }
            (Ty::Boolean, Value::Bool(truth)) => out.extend_from_slice(&[1, (*truth).into()]),
            (Ty::Boolean, Value::Int(int @ (0 | 1))) => out.extend_from_slice(&[1, u8::from(*int == 1)]),
            (Ty::Text, Value::Text(text)) => put_long(out, text.as_bytes())?,
            (Ty::Bytea, Value::Bytes(bytes)) => put_long(out, bytes)?,
            (Ty::Uuid, Value::Uuid(uuid)) => put_uuid(out, uuid.as_bytes()),
            (Ty::Uuid, Value::Bytes(bytes)) if bytes.len() == 16 => put_uuid(out, bytes),
            (ty, value) => {
                let found = format!("{value:?} in a column of type {ty:?}");
                return Err(Error::Decode { column: place, expected: "a value of the column's type", found });
            }
        }
    }
    Ok(())
}

fn put_uuid(out: &mut Vec<u8>, uuid: &[u8]) {
    out.push(1);
    out.extend_from_slice(uuid);
}

fn put_long(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Error> {
    let length = u32::try_from(bytes.len())
        .map_err(|_| Error::Engine("a value is longer than an archive can say".into()))?;
    out.push(1);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

/// Takes a row from the front of the bytes; `None` when they are no row of these columns.
pub(super) fn take(bytes: &mut &[u8], columns: &[Ty]) -> Option<Vec<Value>> {
    columns.iter().map(|ty| value(bytes, *ty)).collect()
}

fn value(bytes: &mut &[u8], ty: Ty) -> Option<Value> {
    let [present] = *chunk(bytes)?;
    match present {
        0 => return Some(Value::Null),
        1 => {}
        _ => return None,
    }
    Some(match ty {
        Ty::Bigint => Value::Int(i64::from_be_bytes(*chunk(bytes)?)),
        Ty::Boolean => match *chunk(bytes)? {
            [0] => Value::Bool(false),
            [1] => Value::Bool(true),
            _ => return None,
        },
        Ty::Uuid => Value::Uuid(Uuid::from_bytes(*chunk(bytes)?)),
        Ty::Text => Value::Text(String::from_utf8(long(bytes)?.to_vec()).ok()?),
        Ty::Bytea => Value::Bytes(long(bytes)?.to_vec()),
    })
}

fn chunk<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (chunk, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(chunk)
}

fn long<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_be_bytes(*chunk(bytes)?);
    let (long, rest) = bytes.split_at_checked(length as usize)?;
    *bytes = rest;
    Some(long)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Ty; 5] = [Ty::Uuid, Ty::Bigint, Ty::Text, Ty::Boolean, Ty::Bytea];

    fn bytes(row: &[Value]) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, &COLUMNS, row).unwrap();
        out
    }

    #[test]
    fn a_row_comes_back() {
        let full = [
            Value::Uuid(Uuid::from_u128(7)),
            Value::Int(i64::MIN),
            Value::Text("闵行".into()),
            Value::Bool(true),
            Value::Bytes(vec![0, 255]),
        ];
        let empty = [const { Value::Null }; 5];
        let both = [bytes(&full), bytes(&empty)].concat();
        let rest = &mut &both[..];
        assert_eq!(take(rest, &COLUMNS).unwrap(), full);
        assert_eq!(take(rest, &COLUMNS).unwrap(), empty);
        assert!(rest.is_empty());
        for end in 0..bytes(&full).len() {
            assert_eq!(take(&mut &bytes(&full)[..end], &COLUMNS), None, "cut at {end}");
        }
    }

    #[test]
    fn both_engines_write_the_same_bytes() {
        let uuid = Uuid::from_u128(7);
        let rest = [Value::Int(1), Value::Text(String::new())];
        let postgres = [&[Value::Uuid(uuid)][..], &rest, &[Value::Bool(true), Value::Null]].concat();
        let sqlite =
            [&[Value::Bytes(uuid.as_bytes().to_vec())][..], &rest, &[Value::Int(1), Value::Null]].concat();
        assert_eq!(bytes(&postgres), bytes(&sqlite));
    }

    #[test]
    fn a_value_of_another_type_is_refused() {
        for (ty, value) in
            [(Ty::Boolean, Value::Int(2)), (Ty::Text, Value::Int(1)), (Ty::Uuid, vec![1].into())]
        {
            assert!(put(&mut Vec::new(), &[ty], &[value]).is_err(), "{ty:?}");
        }
        // A boolean that is neither, a text that is no UTF-8, a byte before a value that is neither.
        for (ty, bytes) in [(Ty::Boolean, &[1, 2][..]), (Ty::Text, &[1, 0, 0, 0, 1, 255]), (Ty::Bigint, &[2])]
        {
            assert_eq!(take(&mut &bytes[..], &[ty]), None, "{ty:?}");
        }
    }
}
