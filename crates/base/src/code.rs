//! Codes people and units carry: GB 32100 unified social credit codes, GB/T 2260 town units.

/// What a check of a code's last character says. Real registered firms fail it, so it warns and never refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The check character is right.
    Passes,
    /// The form is right, the check character is not.
    Fails,
    /// Not 18 characters of the code's alphabet.
    Malformed,
}

const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Checks a unified social credit code (GB 32100-2015): weights 3^(i−1) mod 31, check (31 − Σ mod 31) mod 31.
pub fn check_uscc(code: &str) -> Check {
    let value = |byte: u8| USCC_ALPHABET.iter().position(|&c| c == byte);
    let Some(values) = code.bytes().map(value).collect::<Option<Vec<_>>>() else { return Check::Malformed };
    if values.len() != 18 {
        return Check::Malformed;
    }
    let mut weight = 1;
    let mut sum = 0;
    for value in &values[..17] {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    // The second remainder matters: without it a sum divisible by 31 asks for a 32nd letter.
    if (31 - sum % 31) % 31 == values[17] { Check::Passes } else { Check::Fails }
}

/// Checks a resident identity number (GB 11643-1999): weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, map `10X98765432`.
pub fn check_resident_id(number: &str) -> Check {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let bytes = number.as_bytes();
    if bytes.len() != 18
        || !bytes[..17].iter().all(u8::is_ascii_digit)
        || !matches!(bytes[17], b'0'..=b'9' | b'X')
    {
        return Check::Malformed;
    }
    let sum: u32 =
        bytes[..17].iter().zip(WEIGHTS).map(|(&digit, weight)| u32::from(digit - b'0') * weight).sum();
    if b"10X98765432"[(sum % 11) as usize] == bytes[17] { Check::Passes } else { Check::Fails }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_credit_codes() {
        assert_eq!(check_uscc("91350100M000100Y43"), Check::Passes);
        assert_eq!(check_uscc("91110000101623741K"), Check::Passes);
        // A real firm whose code fails.
        assert_eq!(check_uscc("91350211M0000XUF46"), Check::Fails);
        assert_eq!(check_uscc("91350211M0000XUF4"), Check::Malformed);
        assert_eq!(check_uscc("91350211M0000XUFIO"), Check::Malformed);
    }

    #[test]
    fn published_identity_numbers() {
        for number in ["11010519491231002X", "440524188001010014", "34052419800101001X"] {
            assert_eq!(check_resident_id(number), Check::Passes, "{number}");
        }
        assert_eq!(check_resident_id("110105194912310021"), Check::Fails);
        assert_eq!(check_resident_id("1101051949123100"), Check::Malformed);
    }
}
