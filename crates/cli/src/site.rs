//! `lilong site`: solves a location problem of a public benchmark format.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::Args;
use siting::{Answer, Format, Instance, Limit};

use crate::edge;

/// Solve a location problem from a file: p-median, facility location with and without capacity
#[derive(Args)]
pub struct Site {
    /// How the file is written: pmed, cap, pmedcap, sscflp-holmberg, sscflp-orlib, sscflp-yang, ufl
    #[arg(long, value_name = "FORMAT")]
    format: Format,
    /// The file
    file: PathBuf,
    /// Stop after so many seconds with the best answer so far; otherwise when it is proven
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    limit: Option<Duration>,
    /// Print one line of JSON; sites count from 1, in the order of the file; `assign` has the site of each customer in turn, null for one without
    #[arg(long)]
    json: bool,
    /// Also write the model for other solvers, as free MPS
    #[arg(long, value_name = "FILE")]
    write_mps: Option<PathBuf>,
}

impl Site {
    pub fn run(self) -> Result<()> {
        let started = Instant::now();
        let clock = move || started.elapsed();
        let file = self.file.display();
        let text = fs::read_to_string(&self.file).with_context(|| format!("reading {file}"))?;
        let instance = siting::read(self.format, &text).with_context(|| format!("reading {file}"))?;
        if let Some(to) = &self.write_mps {
            fs::write(to, siting::mps(&instance.problem))
                .with_context(|| format!("writing {}", to.display()))?;
        }
        // Reading the file counts.
        let left = self.limit.map(|limit| limit.saturating_sub(clock()));
        let answer = siting::solve(&instance.problem, &Limit::time(&clock, left))
            .with_context(|| format!("solving {file}"))?;
        let took = clock();
        edge::say(&if self.json { json(&instance, &answer, took) } else { words(&instance, &answer, took) })
    }
}

/// Seconds on the command line: a number that is not negative.
fn seconds(word: &str) -> Result<Duration, String> {
    let number: f64 = word.parse().map_err(|_| format!("{word:?} is no number of seconds"))?;
    Duration::try_from_secs_f64(number).map_err(|_| format!("{word:?} is no number of seconds"))
}

/// The answer as one line of JSON. Costs are written digit by digit, in the unit of the file.
fn json(instance: &Instance, answer: &Answer, took: Duration) -> String {
    format!(
        r#"{{"objective":{},"bound":{},"gap":{},"proven":{},"seconds":{:.3},"open":{},"assign":{}}}"#,
        instance.shown(answer.objective),
        instance.shown(answer.bound),
        share(answer.gap_millionths()),
        answer.proven(),
        took.as_secs_f64(),
        serde_json::Value::from(numbers(&answer.open)),
        serde_json::Value::from(
            answer.assign.iter().map(|site| site.map(|site| site + 1)).collect::<Vec<_>>()
        ),
    )
}

/// Sites as their files number them: from 1.
fn numbers(sites: &[usize]) -> Vec<usize> {
    sites.iter().map(|site| site + 1).collect()
}

/// The answer in words, a customer not named.
fn words(instance: &Instance, answer: &Answer, took: Duration) -> String {
    let open: Vec<String> = numbers(&answer.open).iter().map(usize::to_string).collect();
    let mut said = format!("costs {}", instance.shown(answer.objective));
    let bound = instance.shown(answer.bound);
    // Writing to a text cannot fail.
    let _ = if answer.proven() {
        write!(said, ", proven to be the least")
    } else {
        write!(said, "; nothing costs less than {bound} (gap {})", share(answer.gap_millionths()))
    };
    let _ = write!(said, "; {:.3} s\nopen sites, counted from 1: {}", took.as_secs_f64(), open.join(" "));
    said
}

/// Millionths as a decimal.
fn share(millionths: i64) -> String {
    if millionths == 0 {
        "0".to_owned()
    } else {
        format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_of_json_with_every_digit_of_the_file() {
        let text = "2 2\n100 7.5\n100 9\n40 1.25 30.5\n50 8 2.125\n";
        let instance = siting::read(Format::Ufl, text).unwrap();
        let answer = siting::solve(&instance.problem, &Limit::none()).unwrap();
        assert_eq!(
            json(&instance, &answer, Duration::from_millis(1)),
            r#"{"objective":16.75,"bound":16.75,"gap":0,"proven":true,"seconds":0.001,"open":[1],"assign":[1,1]}"#
        );
        assert!(words(&instance, &answer, Duration::ZERO).starts_with("costs 16.75, proven to be the least"));
    }

    #[test]
    fn a_gap_is_a_share() {
        assert_eq!(share(1_358), "0.001358");
        assert_eq!(share(2_000_001), "2.000001");
    }

    #[test]
    fn a_limit_is_a_number_of_seconds() {
        assert_eq!(seconds("1.5"), Ok(Duration::from_millis(1_500)));
        for wrong in ["-1", "soon", "inf", "NaN"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
