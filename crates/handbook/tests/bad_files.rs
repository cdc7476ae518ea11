//! Bad handbook files are refused with file, line, column and reason, in both languages.

mod common;

use common::{HEAD, clause, rest};
use handbook::{Code, Fault, Handbook, Language, report};

/// Reads a text that must be good.
fn good(text: &str) -> Handbook {
    Handbook::read("small.toml", text).unwrap_or_else(|fault| panic!("{fault}"))
}

const OVER: &str = r#"{ factor = "households", operator = "over", constant = "{limit}" }"#;
const AT_MOST: &str = r#"{ factor = "households", operator = "at_most", constant = "{limit}" }"#;

/// Line 40: the first line after the head.
const FIRST: usize = 40;

fn faults(text: &str) -> Vec<Fault> {
    Handbook::read_all("small.toml", text).expect_err("the file is bad")
}

/// The only fault of a file, as `code line:column reason`.
fn fault(text: &str) -> String {
    let faults = faults(text);
    assert_eq!(faults.len(), 1, "{faults:?}");
    let Fault { code, place, reason } = &faults[0];
    assert_eq!(place.file, "small.toml");
    assert!(!reason.zh.is_ascii(), "{reason:?}");
    format!("{} {}:{} {}", code.as_code(), place.line, place.column, reason.en)
}

fn with_station(stations: &str) -> String {
    format!("{HEAD}{stations}{}", rest())
}

fn two_stations() -> String {
    with_station(
        &(clause("1", OVER, "station = \"standalone\"") + &clause("2", AT_MOST, "station = \"joint\"")),
    )
}

#[test]
fn the_small_handbook_is_good() {
    let handbook = good(&two_stations());
    assert_eq!(handbook.clauses()[0].line, FIRST);
    assert_eq!(handbook.clauses()[0].code, "1-1");
    assert_eq!(handbook.clauses()[0].parameters, ["limit"]);
}

#[test]
fn what_is_not_toml_is_said_with_its_line() {
    let said = fault(&two_stations().replace("least = 1\n", "least = = 1\n"));
    assert!(said.starts_with("handbook_syntax 16:9 not TOML: "), "{said}");
    assert!(faults("")[0].reason.en.contains("“handbook” is missing"));
}

#[test]
fn an_unknown_field_is_said_with_those_known() {
    assert_eq!(
        fault(&two_stations().replace("least = 1\n", "lesat = 1\n")),
        "handbook_unknown_field 16:1 unknown field “lesat”; known here: name, value, least, most, zh, en, assumption"
    );
    assert_eq!(
        fault(&two_stations().replace("operator = \"over\"", "op = \"over\"")),
        "handbook_unknown_field 46:34 unknown field “op”; known here: factor, operator, constant"
    );
    let said = fault(&two_stations().replace("station = \"joint\"", "statoin = \"joint\""));
    assert!(said.starts_with("handbook_unknown_field 56:10 unknown field “statoin”"), "{said}");
    let said = fault(&format!("colour = 1\n{}", two_stations()));
    assert!(said.starts_with("handbook_unknown_field 1:1 "), "{said}");
}

#[test]
fn a_missing_field_is_said() {
    assert_eq!(
        fault(&two_stations().replace("above_en = \"Guidelines (trial)\"\n", "")),
        "handbook_missing_field 1:1 field “above_en” is missing"
    );
}

#[test]
fn a_constant_of_the_wrong_type_is_said() {
    let constant = |constant: &str| {
        fault(&two_stations().replacen("constant = \"{limit}\"", &format!("constant = {constant}"), 1))
    };
    assert_eq!(constant("10.5"), "handbook_wrong_type 46:64 expected a whole number, found a decimal number");
    assert_eq!(
        constant("\"many\""),
        "handbook_wrong_type 46:64 expected a whole number, or “{parameter}”, found a text"
    );
    assert_eq!(constant("-1"), "handbook_wrong_value 46:64 the number must lie between 0 and 1,000,000,000");
    assert_eq!(constant("\"{none}\""), "handbook_parameter 46:64 there is no parameter “none”");
    let of_kind = |operator: &str, constant: &str| {
        let condition = format!("{{ factor = \"kind\", operator = \"{operator}\", constant = {constant} }}");
        fault(&two_stations().replacen(OVER, &condition, 1))
    };
    assert_eq!(
        of_kind("is", "1000"),
        "handbook_wrong_type 46:56 expected one of affordable_rental, market_rental, quasi_residential, other, found a whole number"
    );
    assert_eq!(
        of_kind("is", "\"rental\""),
        "handbook_wrong_value 46:56 there is no “rental”; known: affordable_rental, market_rental, quasi_residential, other"
    );
    assert_eq!(
        of_kind("over", "\"other\""),
        "handbook_wrong_type 46:39 expected “is” or “in”, because kind is not a number, found a text"
    );
    assert_eq!(of_kind("in", "\"other\""), "handbook_wrong_type 46:56 expected a list, found a text");
}

#[test]
fn two_clauses_in_conflict_are_both_named_with_a_case() {
    let text = with_station(
        &(clause("1", OVER, "station = \"standalone\"")
            + &clause("2", AT_MOST, "station = \"joint\"")
            + &clause(
                "3",
                r#"{ factor = "kind", operator = "is", constant = "other" }"#,
                "station = \"joint\"",
            )),
    );
    assert_eq!(
        fault(&text),
        "handbook_conflict 59:6 clause 3 and clause 1 (line 40) differ on form of station, and neither has priority, for example: another kind, 1,001 households"
    );
    // A priority settles it, and so does saying the same.
    good(&text.replace("id = \"3\"", "id = \"3\"\npriority = 1"));
    good(&text.replace("station = \"joint\"", "station = \"standalone\""));
}

#[test]
fn a_gap_is_said_with_a_case() {
    let affordable = r#"{ factor = "kind", operator = "is", constant = "affordable_rental" }, "#;
    let text = with_station(
        &(clause("1", &format!("{affordable}{OVER}"), "station = \"standalone\"")
            + &clause("2", AT_MOST, "station = \"joint\"")),
    );
    assert_eq!(
        fault(&text),
        "handbook_gap 50:6 no clause settles form of station for, for example, market rental, 1,001 households"
    );
    let without = fault(&with_station(&clause("p", OVER, "priority_visits = 3")));
    assert_eq!(without, "handbook_gap 1:1 no clause settles form of station for, for example, any community");
    // A threshold that moved in one clause only leaves a gap on one side or an overlap on the other.
    let moved = |limit: &str| two_stations().replacen("\"{limit}\"", limit, 1);
    assert!(fault(&moved("1200")).ends_with("for example, 1,001 households"));
    assert!(fault(&moved("900")).ends_with("for example: 901 households"));
}

#[test]
fn names_and_numbers_are_unique_and_used() {
    assert_eq!(
        fault(&two_stations().replace("id = \"2\"", "id = \"1\"")),
        "handbook_duplicate_id 50:6 clause id “1” stands already at line 40"
    );
    let spare = "[[parameter]]\nname = \"spare\"\nvalue = 1\nleast = 1\nmost = 2\nzh = \"备\"\nen = \"Spare\"\n\n[difficulty]";
    assert_eq!(
        fault(&two_stations().replace("[difficulty]", spare)),
        "handbook_parameter 23:9 no clause uses parameter “spare”"
    );
    let twice = spare.replace("spare", "limit");
    assert_eq!(
        fault(&two_stations().replace("[difficulty]", &twice)),
        "handbook_duplicate_id 21:1 parameter “limit” is declared twice"
    );
    assert_eq!(
        fault(&two_stations().replace("value = 1000", "value = 9000")),
        "handbook_wrong_value 15:9 the value must lie between 1 and 5,000"
    );
}

#[test]
fn difficulty_is_checked() {
    assert_eq!(
        fault(&two_stations().replace("weight = 300", "weight = 200")),
        "handbook_wrong_value 30:1 the weights of the factors of difficulty must sum to 1000 per mille"
    );
    assert_eq!(
        fault(&two_stations().replace("[1000, 100]", "[0, 100]")),
        "handbook_wrong_value 33:18 cut points must rise"
    );
    assert_eq!(
        fault(&two_stations().replace("medium_at_most = 60", "medium_at_most = 40")),
        "handbook_wrong_value 23:18 medium must end above low"
    );
}

#[test]
fn several_faults_are_said_at_once_in_the_order_of_the_file() {
    let text =
        two_stations().replace("station = \"joint\"", "station = \"shared\"").replace("1000", "1000.5");
    let report = report("small.toml", &text);
    assert!(!report.is_good());
    let lines = report.lines(Language::Zh);
    assert_eq!(lines[0], "small.toml 第 15 行第 9 列：这里应是整数，不是小数");
    assert_eq!(
        lines.last().map(String::as_str),
        Some("small.toml 第 56 行第 20 列：没有“shared”；可用：standalone, joint, decided, none")
    );
    assert_eq!(Handbook::read("small.toml", &text).expect_err("bad").place.line, 15);
}

#[test]
fn too_many_cases_are_refused_instead_of_looked_through_for_hours() {
    let factors = ["density", "turnover", "fee_collection", "disputes", "distance"];
    let stations: String = (0..60)
        .map(|i| {
            let when: Vec<String> = factors
                .iter()
                .map(|factor| {
                    format!("{{ factor = \"{factor}\", operator = \"over\", constant = {} }}", i * 10)
                })
                .collect();
            clause(&format!("s{i}"), &when.join(", "), "station = \"joint\"")
        })
        .collect();
    let text = with_station(&(stations + &clause("p", OVER, "priority_visits = 3")));
    assert_eq!(faults(&text)[0].code, Code::TooManyCases);
}

#[test]
fn no_text_makes_the_reader_panic() {
    // Every prefix of a good file, cut at any byte that ends a letter, is answered with a fault or a handbook.
    let text = two_stations();
    for (at, _) in text.char_indices() {
        let _ = Handbook::read("small.toml", &text[..at]);
    }
}
