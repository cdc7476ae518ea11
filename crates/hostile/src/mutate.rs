//! Inputs: examples, changed a little here and there.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// The most changes to one input.
const MOST_CHANGES: u64 = 8;
/// The most bytes that one change adds or takes away.
const MOST_BYTES: u64 = 64;
/// Bytes at which parsers part.
const EDGES: &[u8] = b"\0\n\r\t \"',;:=-+.0129<>[]{}()/\\&?%#@\x7f\x80\xbf\xc3\xe4\xef\xff";

/// Makes inputs that follow from a seed.
#[derive(Debug)]
pub struct Mutator {
    random: ChaCha8Rng,
    examples: Vec<Vec<u8>>,
    words: &'static [&'static str],
}

impl Mutator {
    /// Changes these examples, among others by these words.
    pub fn new(seed: u64, examples: Vec<Vec<u8>>, words: &'static [&'static str]) -> Self {
        let examples = if examples.is_empty() { vec![Vec::new()] } else { examples };
        Self { random: ChaCha8Rng::seed_from_u64(seed), examples, words }
    }

    /// The next input.
    pub fn input(&mut self) -> Vec<u8> {
        let example = self.below(self.examples.len());
        let mut input = self.examples[example].clone();
        for _ in 0..=self.random.next_u64() % MOST_CHANGES {
            self.change(&mut input);
        }
        input
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.random.next_u64() % end).unwrap_or(0)
    }

    /// A place in the input and a bit after it.
    fn range(&mut self, input: &[u8]) -> std::ops::Range<usize> {
        let start = self.below(input.len() + 1);
        let longest = usize::try_from(self.random.next_u64() % MOST_BYTES).unwrap_or(0);
        start..(start + longest).min(input.len())
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let range = self.range(input);
        let at = range.start;
        let piece: Vec<u8> = match self.random.next_u64() % 8 {
            0 => Vec::new(),
            1 => vec![EDGES[self.below(EDGES.len())]],
            2 => {
                let byte = self.random.next_u64().to_le_bytes()[0];
                vec![byte; self.below(4) + 1]
            }
            3 if !self.words.is_empty() => self.words[self.below(self.words.len())].into(),
            4 => self.number().into_bytes(),
            5 => {
                // Something from elsewhere in it, or from another example.
                let other = self.below(self.examples.len());
                let from = self.range(&self.examples[other].clone());
                self.examples[other][from].to_vec()
            }
            6 => input[range.clone()].repeat(2),
            _ => {
                // One bit of one byte.
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << (self.random.next_u64() % 8);
                }
                return;
            }
        };
        // Put in, or put in the place of what stood there.
        let end = if self.random.next_u64().is_multiple_of(2) { at } else { range.end };
        input.splice(at..end, piece);
    }

    /// A number at the edge of some type.
    fn number(&mut self) -> String {
        const NUMBERS: [&str; 14] = [
            "0",
            "-1",
            "255",
            "65536",
            "2147483648",
            "4294967295",
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551616",
            "0.1",
            "1e400",
            "NaN",
            "99999999999999999999999999999999999999",
            "00000000000000000000000000000001",
        ];
        NUMBERS[self.below(NUMBERS.len())].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_follow_from_the_seed() {
        let inputs = |seed| {
            let mut mutator = Mutator::new(seed, vec![b"a,b\n1,2\n".to_vec()], &["word"]);
            (0..100).map(|_| mutator.input()).collect::<Vec<_>>()
        };
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
    }
}
