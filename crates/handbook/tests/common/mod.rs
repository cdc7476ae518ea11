//! A small handbook that tests change line by line.

/// Head, one parameter, difficulty of one factor; 39 lines, so that what follows begins at line 40.
pub const HEAD: &str = r#"[handbook]
id = "small"
version = "1"
standing = "trial"
title_zh = "小手册"
title_en = "A small handbook"
label_zh = "依据公开报道整理，非官方文本"
label_en = "Compiled from public reports; not the official text"
above_zh = "工作指引（试行）"
above_en = "Guidelines (trial)"
from = "2026-01-01"

[[parameter]]
name = "limit"
value = 1000
least = 1
most = 5000
zh = "户数线"
en = "The limit"

[difficulty]
low_at_most = 40
medium_at_most = 60
zh = "只看规模"
en = "Size alone"
source_zh = "假设"
source_en = "assumed"
assumption = true

[[difficulty.factor]]
factor = "households"
weight = 700
scale = [[0, 0], [1000, 100]]

[[difficulty.factor]]
factor = "disputes"
weight = 300
scale = [[0, 0], [10, 100]]

"#;

/// One clause in five lines and an empty one, or more where there are conditions.
pub fn clause(id: &str, when: &str, then: &str) -> String {
    let when = if when.is_empty() { String::new() } else { format!("when = [{when}]\n") };
    format!(
        "[[clause]]\nid = \"{id}\"\nzh = \"条文\"\nen = \"A clause\"\nsource_zh = \"假设\"\nsource_en = \"assumed\"\n{when}then = {{ {then} }}\n\n"
    )
}

/// Unconditional clauses for everything a handbook must settle, but the form of station.
pub fn rest() -> String {
    [
        clause("m", "", "modes = [\"station\"]"),
        clause(
            "w",
            "",
            "workers = { households_per_worker = 500, extra_low = 0, extra_medium = 0, extra_high = 0 }",
        ),
        clause("v", "", "visits = { times = 1, months = 12, days_after_moving_in = 30 }"),
        clause(
            "d",
            "",
            "deadlines = { first_contact = 1, enquiry = 1, supervised = 3, ordinary = 5, complex = 15 }",
        ),
    ]
    .concat()
}
