//! The form of a scenario: its name, its day, its handbook, its weights.

use std::collections::BTreeMap;

use base::Day;
use db::Tx;
use district::handbook as handbooks;
use district::kit::{HandbookId, PlanId};
use district::plan::rules::{Parameters, Unit, WEIGHTS, Weight};
use district::plan::{self, MakePlan};

use super::{id_of, words};
use crate::kit::{Faults, Fields, Shell};

/// A weight as a field.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// The message with its label, and the one with its unit.
    pub(super) label: String,
    pub(super) unit: String,
    pub(super) value: String,
    pub(super) yes_no: bool,
}

/// A version that scenarios can be made by.
pub(super) struct Choice {
    pub(super) id: HandbookId,
    pub(super) version: String,
    pub(super) chosen: bool,
}

/// The form with what stands in it.
pub(super) struct ScenarioForm {
    pub(super) name: String,
    pub(super) on: String,
    pub(super) handbooks: Vec<Choice>,
    pub(super) weights: Vec<Field>,
    /// The scenario whose marks are taken over.
    pub(super) based_on: Option<(PlanId, String)>,
}

impl ScenarioForm {
    /// An empty form: a free name, today, the handbook in force, the default weights.
    pub(super) fn fresh(tx: &mut Tx<'_>, s: &Shell, scenarios: usize) -> district::kit::Result<Self> {
        let today = s.today();
        let in_force = handbooks::in_force(tx, today)?.map(|(id, _)| id);
        Ok(Self {
            name: s.t1("plan-next-name", "number", scenarios + 1),
            on: today.to_string(),
            handbooks: choices(tx, in_force)?,
            weights: fields(&Parameters::default()),
            based_on: None,
        })
    }

    /// The weights, the handbook and the marks of a scenario, from today's stations.
    pub(super) fn copy(
        tx: &mut Tx<'_>,
        s: &Shell,
        of: &plan::Scenario,
        scenarios: usize,
    ) -> district::kit::Result<Self> {
        Ok(Self {
            handbooks: choices(tx, Some(of.handbook))?,
            weights: fields(&of.parameters),
            based_on: Some((of.id, of.name.clone())),
            ..Self::fresh(tx, s, scenarios)?
        })
    }

    /// The weights in two columns.
    pub(super) fn halves(&self) -> [&[Field]; 2] {
        let (first, second) = self.weights.split_at(self.weights.len().div_ceil(2));
        [first, second]
    }

    /// The form again with what was sent.
    pub(super) fn again(mut self, sent: &Fields) -> Self {
        sent.get("name").clone_into(&mut self.name);
        sent.get("on").clone_into(&mut self.on);
        for choice in &mut self.handbooks {
            choice.chosen = choice.id.uuid().to_string() == sent.get("handbook");
        }
        for field in &mut self.weights {
            sent.get(field.name).clone_into(&mut field.value);
        }
        self
    }
}

fn choices(tx: &mut Tx<'_>, chosen: Option<HandbookId>) -> district::kit::Result<Vec<Choice>> {
    let versions = handbooks::versions(tx)?.into_iter();
    Ok(versions
        .map(|version| Choice {
            id: version.id,
            chosen: Some(version.id) == chosen,
            version: version.version,
        })
        .collect())
}

fn fields(parameters: &Parameters) -> Vec<Field> {
    WEIGHTS
        .iter()
        .map(|weight| Field {
            name: weight.name,
            label: words::weight(weight),
            unit: words::unit(weight.unit),
            value: shown(weight, parameters.get(weight.name).unwrap_or(weight.default)),
            yes_no: weight.unit == Unit::YesNo,
        })
        .collect()
}

/// Is this weight money, which people write in yuan?
fn is_money(weight: &Weight) -> bool {
    matches!(weight.unit, Unit::Fen | Unit::FenPerSquareMetre | Unit::FenPerHouseholdMetre)
}

/// A weight as people write it: yuan without needless decimals.
pub(super) fn shown(weight: &Weight, value: i64) -> String {
    match (is_money(weight), value % 100) {
        (false, _) => value.to_string(),
        (true, 0) => (value / 100).to_string(),
        (true, fen) => format!("{}.{fen:02}", value / 100),
    }
}

/// The value that people wrote.
fn value_of(weight: &Weight, text: &str) -> Option<i64> {
    if weight.unit == Unit::YesNo {
        return Some(i64::from(!text.is_empty()));
    }
    if !is_money(weight) {
        return text.parse().ok();
    }
    let (yuan, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(yuan) || !digits(decimals) || yuan.len() > 9 || decimals.len() > 2 {
        return None;
    }
    Some(yuan.parse::<i64>().ok()? * 100 + format!("{decimals:0<2}").parse::<i64>().ok()?)
}

/// What was sent as a command, without the marks of the scenario it is based on; or what is wrong, field by field.
pub(super) fn command(s: &Shell, sent: &Fields) -> Result<MakePlan, Faults> {
    let mut faults = Faults::none();
    let mut parameters = Parameters::default();
    for weight in WEIGHTS {
        let taken =
            value_of(weight, sent.get(weight.name)).and_then(|value| parameters.set(weight.name, value));
        if !matches!(taken, Some(Ok(()))) {
            let (least, most) = (shown(weight, weight.least), shown(weight, weight.most));
            let text = s.t2("plan-bad-weight", ("least", least), ("most", most));
            faults.add(Some(weight.name), text);
        }
    }
    let on = sent.get("on").parse::<Day>();
    if on.is_err() {
        faults.add(Some("on"), s.t("plan-bad-day").to_owned());
    }
    match on {
        Ok(on) if faults.is_empty() => Ok(MakePlan {
            name: sent.get("name").to_owned(),
            handbook: id_of(sent.get("handbook")).ok(),
            on,
            parameters,
            marks: BTreeMap::new(),
            based_on: id_of(sent.get("based_on")).ok(),
        }),
        _ => Err(faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_in_yuan_and_read_back() {
        let weight = |name| WEIGHTS.iter().find(|weight| weight.name == name).unwrap();
        let (wage, walking, detour) = (weight("worker_year"), weight("walking"), weight("detour"));
        assert_eq!((shown(wage, 12_000_000).as_str(), shown(walking, 16).as_str()), ("120000", "0.16"));
        assert_eq!(value_of(wage, "120000.5"), Some(12_000_050));
        assert_eq!((value_of(walking, "0.16"), value_of(detour, "130")), (Some(16), Some(130)));
        for bad in ["", "1,000", "1.234", "-1", "1e5", ".5", "一"] {
            assert_eq!(value_of(wage, bad), None, "{bad}");
        }
        for weight in WEIGHTS {
            let text = shown(weight, weight.default);
            assert_eq!(value_of(weight, &text), Some(weight.default), "{}", weight.name);
        }
    }
}
