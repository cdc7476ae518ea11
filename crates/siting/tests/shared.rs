//! The public benchmark files, where they lie: `LILONG_SITING_DATA`, or `../shared/data/siting` beside the checkout.
//! They are no part of the project; without them the test says so and passes over them.

use std::path::PathBuf;
use std::{env, fs};

use siting::{Format, Limit, read, solve};

/// A file of each format with its published optimum, in the digits of the file.
const FILES: [(Format, &str, &str); 8] = [
    (Format::Pmed, "pmed/pmed1.txt", "5819"),
    (Format::Pmed, "pmed/pmed15.txt", "1729"),
    (Format::Cap, "cap/cap72.txt", "977799.4"),
    (Format::PmedCap, "pmedcap/pmedcap01.txt", "713"),
    (Format::Holmberg, "sscflp_holmberg/p1.txt", "8848"),
    (Format::OrLibrary, "sscflp_orlib/cap61", "932615.75"),
    (Format::Ufl, "ufl_bk/B1.1", "23468"),
    (Format::Ufl, "ufl_m/MO1", "1305.95141"),
];

#[test]
fn the_published_optima_are_found_and_proven() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/siting");
    let data = env::var_os("LILONG_SITING_DATA").map_or(beside, PathBuf::from);
    if !data.is_dir() {
        println!("passed over: there is no {}", data.display());
        return;
    }
    for (format, file, optimum) in FILES {
        let text = fs::read_to_string(data.join(file)).unwrap();
        let instance = read(format, &text).unwrap();
        let answer = solve(&instance.problem, &Limit::none()).unwrap();
        assert!(answer.proven(), "{file}");
        assert_eq!(instance.shown(answer.objective), optimum, "{file}");
        assert_eq!(instance.problem.price(&answer.assign).unwrap().objective, answer.objective, "{file}");
    }
    let yang = fs::read_to_string(data.join("sscflp_yang/p1")).unwrap();
    let yang = read(Format::Yang, &yang).unwrap().problem;
    let answer = solve(&yang, &Limit::steps(400)).unwrap();
    // The optimum is 30181 (Yang, Chu and Chen 2012).
    assert!(answer.bound <= 30_181 && 30_181 <= answer.objective, "{} {}", answer.bound, answer.objective);
}
