//! `cargo xtask bench`: every row of `docs/measures.md`, printed with its floor or peer from the same run.

mod district;
mod districts;
mod fuzz;
mod import;
mod kills;
mod pages;
mod peers;
mod plan;
mod postgres;
mod program;
mod siting;

use anyhow::{Result, bail};

use crate::run;

/// Something that can be measured.
struct Bench {
    /// What it is called on the command line.
    name: &'static str,
    /// The rows of `docs/measures.md` that it fills.
    rows: &'static str,
    /// What it does, in a line.
    about: &'static str,
    /// Measures.
    run: fn() -> Result<Vec<Measured>>,
}

/// The registry: a new measure is a module beside this one and a line here.
const BENCHES: [Bench; 12] = [
    Bench {
        name: "demo",
        rows: "1",
        about: "the full-size district from an empty folder, against bare SQLite inserting its rows",
        run: district::demo,
    },
    Bench {
        name: "import",
        rows: "2",
        about: "the whole register from one workbook into an empty district; the most memory it holds",
        run: import::import,
    },
    Bench {
        name: "pages",
        rows: "3, 5",
        about: "pages at full size under thirty-two readers, against bare axum with one read of SQLite",
        run: pages::pages,
    },
    Bench {
        name: "cascade",
        rows: "4",
        about: "the cascade of the district, cold and warm, against one scan of the daily rows",
        run: district::cascade,
    },
    Bench {
        name: "start",
        rows: "5",
        about: "from starting `lilong serve` on the full-size district to its first answer; memory when idle",
        run: program::start,
    },
    Bench {
        name: "districts",
        rows: "13",
        about: "a page with 1, 16 and 64 districts in one process and one PostgreSQL",
        run: districts::districts,
    },
    Bench {
        name: "kills",
        rows: "15",
        about: "200 kills at random moments of each long operation at full size on both engines (hours)",
        run: kills::kills,
    },
    Bench {
        name: "fuzz",
        rows: "15",
        about: "100,000 inputs for each parser and importer that reads what others wrote",
        run: fuzz::fuzz,
    },
    Bench {
        name: "postgres",
        rows: "5, 12",
        about: "the import and the pages of rows 2 and 3 on PostgreSQL, beside SQLite in the same run; start and memory there",
        run: postgres::postgres,
    },
    Bench {
        name: "build",
        rows: "14",
        about: "a clean release build in a folder that vanishes; the size of the program",
        run: program::build,
    },
    Bench {
        name: "plan",
        rows: "8",
        about: "`lilong plan` on the full-size district, and with each town as one grid, against HiGHS",
        run: plan::plan,
    },
    Bench {
        name: "siting",
        rows: "6, 7",
        about: "`lilong site` on the public location files, against spopt and HiGHS (LILONG_SITING_DATA)",
        run: siting::files_of_others,
    },
];

/// A line of the table.
struct Measured {
    /// The row of `docs/measures.md`.
    row: u8,
    /// What was measured.
    what: String,
    /// What came out, with its unit.
    figure: String,
    /// The floor or peer of the same run, with its figure; "—" where a bound stands alone.
    against: String,
    /// Figure over floor.
    ratio: String,
    /// The bound that `docs/measures.md` sets.
    bound: &'static str,
    /// Whether it holds.
    holds: bool,
}

/// Runs the named measures and prints one table. Fails if a bound is missed.
pub fn bench(names: &[String]) -> Result<()> {
    if names.is_empty() {
        for Bench { name, rows, about, .. } in &BENCHES {
            run::print(&format!("{name:10} row {rows:5} {about}"));
        }
        return Ok(());
    }
    if let Some(unknown) =
        names.iter().find(|name| *name != "all" && BENCHES.iter().all(|bench| bench.name != **name))
    {
        bail!("there is no measure {unknown:?}; cargo xtask bench lists them");
    }
    let chosen = BENCHES.iter().filter(|bench| names.iter().any(|name| name == "all" || name == bench.name));
    let mut table = Vec::new();
    for Bench { name, run, .. } in chosen {
        match run() {
            Ok(lines) => table.extend(lines),
            Err(error) => {
                // What was measured before is not lost with what failed.
                print_table(&table);
                return Err(error.context(format!("measuring {name}")));
            }
        }
    }
    print_table(&table);
    let missed: Vec<&str> = table.iter().filter(|line| !line.holds).map(|line| line.what.as_str()).collect();
    if !missed.is_empty() {
        bail!("missed: {}", missed.join("; "));
    }
    Ok(())
}

/// As Markdown, so that it can be kept.
fn print_table(table: &[Measured]) {
    run::print("| # | measure | figure | floor or peer | ratio | bound | holds |");
    run::print("| --- | --- | --- | --- | --- | --- | --- |");
    for Measured { row, what, figure, against, ratio, bound, holds } in table {
        let holds = if *holds { "yes" } else { "**no**" };
        run::print(&format!("| {row} | {what} | {figure} | {against} | {ratio} | {bound} | {holds} |"));
    }
}
