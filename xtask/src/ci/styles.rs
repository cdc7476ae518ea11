//! The styles keep their promises: small, one rule a line, every colour a token.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::place;

/// All styles together, as a phone in a lift shaft loads them.
const LARGEST: usize = 60 * 1024;
/// In the order in which a page loads them; colours may stand in the first (the tokens) and the last (which overrides
/// them for the care version), in the rules for `:root` only.
const FILES: [&str; 3] = ["tokens.css", "look.css", "care.css"];

/// Looks at the three files.
pub fn check() -> Result<()> {
    let mut total = 0;
    let mut wrong = Vec::new();
    for file in FILES {
        let text = fs::read_to_string(place::frontend().join("styles").join(file)).context(file)?;
        total += text.len();
        let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line));
        for (number, line) in lines {
            if rules_ended(line) > 1 && !line.trim_start().starts_with('@') {
                wrong.push(format!("{file}:{number}: one rule a line"));
            }
            if file == "look.css" && has_colour(line) {
                wrong.push(format!("{file}:{number}: a colour belongs to tokens.css"));
            }
        }
    }
    if total > LARGEST {
        wrong.push(format!("{total} bytes of styles, at most {LARGEST}"));
    }
    if !wrong.is_empty() {
        bail!("\n  {}", wrong.join("\n  "));
    }
    Ok(())
}

/// How many rules a line closes, other than the block it stands in.
fn rules_ended(line: &str) -> usize {
    line.matches('{').count().min(line.matches('}').count())
}

/// Whether a line holds a colour by number (`url(#…)` is none).
fn has_colour(line: &str) -> bool {
    line.match_indices('#').any(|(at, _)| {
        let digits = line[at + 1..].chars().take_while(char::is_ascii_hexdigit).count();
        let after = line[at + 1 + digits..].chars().next();
        [3, 4, 6, 8].contains(&digits)
            && !line[..at].ends_with("url(")
            && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_found_and_a_pattern_is_none() {
        assert!(has_colour(".a { color: #fff; }"));
        assert!(has_colour(".a { color: #93382a }"));
        assert!(!has_colour(".b { fill: url(#dad); }"));
        assert!(!has_colour(".c { color: var(--ink); }"));
    }

    #[test]
    fn two_rules_on_a_line_are_two() {
        assert_eq!(rules_ended(".a { color: red; } .b { color: blue; }"), 2);
        assert_eq!(rules_ended("  .a { color: red; } }"), 1);
    }
}
