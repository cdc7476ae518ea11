//! `hostile NAME COUNT SEED`: runs a target on so many inputs; `hostile` names the targets, `hostile --examples DIR` writes
//! their examples, each target's into a folder of its name.

use std::path::Path;
use std::{env, fs};

use anyhow::{Context as _, Result, bail};
use hostile::{Ground, TARGETS, drive, target};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => TARGETS.iter().for_each(|target| say(target.name)),
        ["--examples", folder] => return examples(Path::new(folder)),
        [name, count, seed] => {
            let target = target(name).with_context(|| format!("there is no target {name}"))?;
            let (count, seed) = (count.parse().context("COUNT")?, seed.parse().context("SEED")?);
            let ground = Ground::make()?;
            match drive(target, &ground, seed, count, None) {
                Ok(count) => say(&format!("{count}")),
                Err(fallen) => {
                    let file = env::temp_dir().join(format!("hostile-{name}-{seed}"));
                    fs::write(&file, &fallen.input).context("keeping the input")?;
                    bail!("{name} fell, {}: the input is in {}", fallen.why, file.display());
                }
            }
        }
        _ => bail!("hostile NAME COUNT SEED"),
    }
    Ok(())
}

fn say(line: &str) {
    #[expect(clippy::print_stdout, reason = "this is a program for people at a terminal")]
    {
        println!("{line}");
    }
}

fn examples(folder: &Path) -> Result<()> {
    let ground = Ground::make()?;
    for target in &TARGETS {
        let own = folder.join(target.name);
        fs::create_dir_all(&own).context("making a folder")?;
        for (number, example) in (target.examples)(&ground).iter().enumerate() {
            fs::write(own.join(format!("example-{number}")), example).context("writing an example")?;
        }
    }
    Ok(())
}
