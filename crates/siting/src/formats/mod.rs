//! Readers of the public benchmark formats. Costs become whole numbers by an exact power of ten.

mod cap;
mod edges;
mod pmedcap;
mod rows;
mod tokens;

use std::str::FromStr;

pub use self::tokens::Fault;
use self::tokens::Tokens;
use crate::problem::Problem;

/// A format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// OR-Library p-median (Beasley 1985): a graph; everyone is a site and a customer.
    Pmed,
    /// OR-Library warehouse location (Beasley 1988, 1993), read as uncapacitated: the capacities, where a number stands
    /// there and not the word `capacity`, are passed over, since some demands are larger than any of them.
    Cap,
    /// OR-Library capacitated p-median (Osman and Christofides 1994): points in the plane.
    PmedCap,
    /// Single source, Holmberg, Rönnqvist and Yuan (1999).
    Holmberg,
    /// Single source, OR-Library: rows by site, the optimum at the end.
    OrLibrary,
    /// Single source, Yang, Chu and Chen (2012); also Gadegaard, Klose and Nielsen (2018).
    Yang,
    /// Uncapacitated: "simple" as Bilde and Krarup's (`FILE:` first), or as OR-Library's `cap`.
    Ufl,
}

/// Every format with its name on the command line.
const NAMES: [(&str, Format); 7] = [
    ("pmed", Format::Pmed),
    ("cap", Format::Cap),
    ("pmedcap", Format::PmedCap),
    ("sscflp-holmberg", Format::Holmberg),
    ("sscflp-orlib", Format::OrLibrary),
    ("sscflp-yang", Format::Yang),
    ("ufl", Format::Ufl),
];

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map(|(_, format)| *format).ok_or_else(|| {
            let all: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            format!("there is no format {name:?}; there are {}", all.join(", "))
        })
    }
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The problem, its costs multiplied by ten to the power of `places`.
    pub problem: Problem,
    /// The decimal places of the costs.
    pub places: u32,
    /// The optimum as the file tells it, often rounded.
    pub known: Option<String>,
}

impl Instance {
    /// A cost of the problem in the unit of the file, exactly.
    pub fn shown(&self, cost: i64) -> String {
        if self.places == 0 {
            return cost.to_string();
        }
        let width = usize::try_from(self.places).unwrap_or(0);
        let digits = format!("{:0>1$}", cost.unsigned_abs(), width + 1);
        let (whole, part) = digits.split_at(digits.len() - width);
        let part = part.trim_end_matches('0');
        let sign = if cost < 0 { "-" } else { "" };
        let dot = if part.is_empty() { "" } else { "." };
        format!("{sign}{whole}{dot}{part}")
    }
}

/// Reads a file's text.
///
/// ```
/// use siting::{Format, read};
///
/// let wrong = read(Format::Pmed, "3 2 1\n1 2 5\n2 x 7\n").unwrap_err();
/// assert_eq!(wrong.to_string(), "line 3: expected a node, found \"x\"");
/// ```
pub fn read(format: Format, text: &str) -> Result<Instance, Fault> {
    let mut tokens = Tokens::new(text);
    let instance = match format {
        Format::Pmed => edges::read(&mut tokens)?,
        Format::PmedCap => pmedcap::read(&mut tokens)?,
        Format::Holmberg | Format::Yang => rows::read(&mut tokens, false)?,
        Format::OrLibrary => rows::read(&mut tokens, true)?,
        Format::Ufl if tokens.peek() == Some("FILE:") => rows::read_simple(&mut tokens)?,
        Format::Cap | Format::Ufl => cap::read(&mut tokens)?,
    };
    tokens.end()?;
    Ok(instance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Rule;

    #[test]
    fn the_last_cost_of_a_repeated_edge_counts() {
        let instance = read(Format::Pmed, "3 3 1\n1 2 5\n2 3 7\n2 1 4\n").unwrap();
        assert_eq!(instance.problem.costs.get(0, 2), Some(11));
        assert_eq!(instance.problem.rule, Rule::Exactly(1));
    }

    #[test]
    fn decimals_become_whole_by_one_power_of_ten() {
        let text = "2 1\ncapacity 0.5\n10 7500.\n4 1.25 30.125\n";
        let instance = read(Format::Cap, text).unwrap();
        assert_eq!(instance.places, 3);
        assert_eq!(instance.problem.sites[1].open, 7_500_000);
        assert_eq!(instance.problem.costs.get(1, 0), Some(30_125));
        assert_eq!(instance.shown(30_125), "30.125");
        assert_eq!(instance.shown(7_500_000), "7500");
        assert_eq!(instance.shown(5), "0.005");
    }

    #[test]
    fn a_row_for_each_site_and_the_optimum_at_the_end() {
        let instance =
            read(Format::OrLibrary, "2 2\r\n10 1\r\n20 2\r\n3 4\r\n1 2\r\n3 4\r\n5.0\r\n").unwrap();
        assert_eq!(instance.known.as_deref(), Some("5.0"));
        assert_eq!(instance.problem.costs.get(1, 0), Some(3));
        assert_eq!(instance.problem.sites[1].capacity, Some(20));
        assert_eq!(instance.problem.customers[1].demand, 4);
    }

    #[test]
    fn distances_of_points_are_cut_to_whole_numbers() {
        let instance = read(Format::PmedCap, " 1 9\n 2 1 120\n 1 0 0 3\n 2 2 2 4\n").unwrap();
        assert_eq!(instance.problem.costs.get(0, 1), Some(2));
        assert_eq!(instance.problem.sites[0].capacity, Some(120));
    }

    #[test]
    fn a_fault_says_its_line_and_what_was_expected() {
        for (format, text, says) in [
            (Format::Pmed, "2 1 1\n1 9 3\n", "line 2: there is no node 9, only 1 to 2"),
            (Format::Pmed, "2 1 3\n1 2 3\n", "line 1: 3 medians of 2 nodes"),
            (Format::Yang, "1 1\n5 -3\n", "line 2: expected a fixed cost, found \"-3\""),
            (Format::Yang, "1 1\n5 3\n2\n", "line 3: the file ends where a cost was expected"),
            (Format::Yang, "1 1\n5 3\n2\n7\n9\n", "line 5: expected the end of the file, found \"9\""),
            (Format::Ufl, "FILE: x\n1 1 0\n2 5 3\n", "line 3: expected site 1, found \"2\""),
            (Format::Cap, "", "line 1: the file ends where the number of sites was expected"),
            (
                Format::Cap,
                "9999999 9999999",
                "line 1: 9999999 sites and 9999999 customers are more than is read",
            ),
            (
                Format::Yang,
                "1 1\n5 9999999999999999999999\n",
                "line 2: expected a fixed cost, found \"9999999999999999999999\"",
            ),
        ] {
            assert_eq!(read(format, text).unwrap_err().to_string(), says);
        }
    }
}
