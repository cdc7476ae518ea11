//! Words of a file with their lines; numbers as exact decimals.

/// Where a file cannot be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What was expected, and what was found.
    pub what: String,
}

/// The most ways that are read: far above the largest public file, and within a gigabyte.
const MOST_WAYS: usize = 50_000_000;

/// The words of a text, one after the other.
pub struct Tokens<'a> {
    words: Vec<(usize, &'a str)>,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub fn new(text: &'a str) -> Self {
        let lines = text.lines().enumerate();
        let words = lines.flat_map(|(line, text)| text.split_whitespace().map(move |word| (line + 1, word)));
        Self { words: words.collect(), at: 0 }
    }

    /// A fault at the word that was read last.
    pub fn fault(&self, what: String) -> Fault {
        let last = self.words.get(self.at.saturating_sub(1)).or(self.words.last());
        Fault { line: last.map_or(1, |(line, _)| *line), what }
    }

    /// The next word, without taking it.
    pub fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).map(|(_, word)| *word)
    }

    pub fn word(&mut self, expected: &str) -> Result<&'a str, Fault> {
        let word = self.peek();
        self.at += 1;
        word.ok_or_else(|| self.fault(format!("the file ends where {expected} was expected")))
    }

    fn wrong(&self, expected: &str, found: &str) -> Fault {
        self.fault(format!("expected {expected}, found {found:?}"))
    }

    /// A whole number that is not negative; `62.0` is one.
    pub fn whole(&mut self, expected: &str) -> Result<i64, Fault> {
        let word = self.word(expected)?;
        let number = Decimal::parse(word).filter(|number| number.places == 0);
        number.map(|number| number.digits).ok_or_else(|| self.wrong(expected, word))
    }

    /// A whole number that counts something in memory.
    pub fn count(&mut self, expected: &str) -> Result<usize, Fault> {
        let number = self.whole(expected)?;
        usize::try_from(number).map_err(|_| self.fault(format!("{expected}: {number} is too large")))
    }

    /// The numbers of sites and of customers.
    pub fn size(&mut self) -> Result<(usize, usize), Fault> {
        let sites = self.count("the number of sites")?;
        let customers = self.count("the number of customers")?;
        if sites.checked_mul(customers).is_none_or(|ways| ways > MOST_WAYS) {
            return Err(self.fault(format!("{sites} sites and {customers} customers are more than is read")));
        }
        Ok((sites, customers))
    }

    /// A decimal that is not negative.
    pub fn decimal(&mut self, expected: &str) -> Result<Decimal, Fault> {
        let word = self.word(expected)?;
        Decimal::parse(word).ok_or_else(|| self.wrong(expected, word))
    }

    /// So many decimals.
    pub fn decimals(&mut self, count: usize, expected: &str) -> Result<Vec<Decimal>, Fault> {
        (0..count).map(|_| self.decimal(expected)).collect()
    }

    /// Passes over a number that has to be there.
    pub fn exactly(&mut self, number: usize, expected: &str) -> Result<(), Fault> {
        let word = self.word(expected)?;
        if word.parse() == Ok(number) { Ok(()) } else { Err(self.wrong(expected, word)) }
    }

    /// Nothing may follow.
    pub fn end(&mut self) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(word) => {
                self.at += 1;
                Err(self.wrong("the end of the file", word))
            }
        }
    }
}

/// `digits / 10^places`, never negative, without zeros at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    pub digits: i64,
    pub places: u32,
}

impl Decimal {
    /// Reads `7500.`, `2.37627`, `.5`.
    fn parse(word: &str) -> Option<Self> {
        let (whole, part) = word.split_once('.').unwrap_or((word, ""));
        let all_digits = whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
        if !all_digits || whole.len() + part.len() == 0 {
            return None;
        }
        let part = part.trim_end_matches('0');
        let digits = format!("0{whole}{part}").parse().ok()?;
        Some(Self { digits, places: u32::try_from(part.len()).ok()? })
    }

    fn scaled(self, places: u32) -> Option<i64> {
        self.digits.checked_mul(10_i64.checked_pow(places - self.places)?)
    }
}

/// All lists as whole numbers by one power of ten, and that power.
pub fn scale<const N: usize>(tokens: &Tokens, lists: [&[Decimal]; N]) -> Result<([Vec<i64>; N], u32), Fault> {
    let places = lists.iter().flat_map(|list| list.iter()).map(|number| number.places).max().unwrap_or(0);
    let mut scaled = lists.map(|_| Vec::new());
    for (list, into) in lists.iter().zip(&mut scaled) {
        let whole: Option<Vec<i64>> = list.iter().map(|number| number.scaled(places)).collect();
        *into = whole.ok_or_else(|| {
            tokens.fault(format!("with {places} decimal places the numbers of the file are too large"))
        })?;
    }
    Ok((scaled, places))
}
