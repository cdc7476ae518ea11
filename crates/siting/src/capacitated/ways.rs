//! Which ways are still open in a part of the search.

/// A bit for each way, by site and then by customer; after the last site stands "unserved".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ways {
    words: usize,
    bits: Vec<u64>,
}

impl Ways {
    /// Those for which `open` holds.
    pub fn new(sites: usize, customers: usize, open: impl Fn(usize, usize) -> bool) -> Self {
        let words = customers.div_ceil(64);
        let mut ways = Self { words, bits: vec![0; (sites + 1) * words] };
        for site in 0..=sites {
            for customer in (0..customers).filter(|&customer| open(site, customer)) {
                ways.bits[site * words + customer / 64] |= 1 << (customer % 64);
            }
        }
        ways
    }

    pub fn is_open(&self, site: usize, customer: usize) -> bool {
        self.bits[site * self.words + customer / 64] >> (customer % 64) & 1 == 1
    }

    pub fn shut(&mut self, site: usize, customer: usize) {
        self.bits[site * self.words + customer / 64] &= !(1 << (customer % 64));
    }

    /// Shuts every other way of a customer.
    pub fn only(&mut self, site: usize, customer: usize) {
        let sites = self.bits.len() / self.words.max(1);
        (0..sites).filter(|&other| other != site).for_each(|other| self.shut(other, customer));
    }

    /// Where a customer may still go; one after the last site is "unserved".
    pub fn of(&self, customer: usize) -> impl Iterator<Item = usize> {
        let sites = self.bits.len() / self.words.max(1);
        (0..sites).filter(move |&site| self.is_open(site, customer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_is_shut_stays_shut() {
        let mut ways = Ways::new(2, 70, |site, customer| site < 2 || customer == 69);
        assert_eq!(ways.of(69).collect::<Vec<_>>(), [0, 1, 2]);
        ways.shut(1, 69);
        assert_eq!(ways.of(69).collect::<Vec<_>>(), [0, 2]);
        ways.only(2, 69);
        assert_eq!(ways.of(69).collect::<Vec<_>>(), [2]);
        assert_eq!(ways.of(3).collect::<Vec<_>>(), [0, 1]);
    }
}
