//! Reading what stands inside a clause: its conditions and its consequence.

use toml::de::DeValue;

use crate::clause::{
    Condition, Consequence, ConsequenceKind, Constant, Deadlines, Factor, OpenHours, Operator, Value, Visits,
    WorkerRule,
};
use crate::fault::Fault;
use crate::nodes::{Node, Reader};
use crate::vocabulary::{GovernanceMode, StationForm, UnknownCode};
use crate::words::Language;

impl<'a> Reader<'a> {
    pub fn condition(&mut self, node: &Node<'a>) -> Result<Condition, Fault> {
        let fields = self.fields(node, &["factor", "operator", "constant"])?;
        let factor = self.code(self.required(&fields, "factor")?, Factor::from_code)?;
        let operator_node = self.required(&fields, "operator")?;
        let operator = self.code(operator_node, Operator::from_code)?;
        if matches!(operator, Operator::Over | Operator::AtMost) && !factor.is_number() {
            let (zh, en) = (factor.name(Language::Zh), factor.name(Language::En));
            return Err(self.wrong_type(
                operator_node,
                &format!("“is”或“in”，因为“{zh}”不是数"),
                &format!("“is” or “in”, because {en} is not a number"),
            ));
        }
        let constant_node = self.required(&fields, "constant")?;
        let constant = if operator == Operator::In {
            let values = self.filled_array(constant_node)?;
            Constant::Many(values.iter().map(|node| self.value(factor, node)).collect::<Result<_, _>>()?)
        } else {
            Constant::One(self.value(factor, constant_node)?)
        };
        Ok(Condition { factor, operator, constant })
    }

    fn value(&mut self, factor: Factor, node: &Node<'a>) -> Result<Value, Fault> {
        if factor.is_number() {
            self.number(node).map(Value::Number)
        } else {
            self.code(node, |code| factor.value_of(code))
        }
    }

    pub fn consequence(&mut self, node: &Node<'a>) -> Result<Consequence, Fault> {
        let DeValue::Table(table) = node.get_ref() else { return Err(self.not_a_table(node)) };
        let mut entries = table.iter();
        let (Some((key, value)), None) = (entries.next(), entries.next()) else {
            return Err(self.wrong_value(node, "每条只能有一个结论", "a clause has exactly one consequence"));
        };
        let kind = ConsequenceKind::from_code(key.get_ref())
            .map_err(|UnknownCode { code, known, .. }| self.unknown_field(&code, &key.span(), &known))?;
        Ok(match kind {
            ConsequenceKind::Modes => {
                let modes = self.filled_array(value)?;
                let modes = modes
                    .iter()
                    .map(|node| self.code(node, GovernanceMode::from_code))
                    .collect::<Result<_, _>>()?;
                Consequence::Modes(modes)
            }
            ConsequenceKind::Station => Consequence::Station(self.code(value, StationForm::from_code)?),
            ConsequenceKind::Workers => {
                let names = ["households_per_worker", "extra_low", "extra_medium", "extra_high"];
                let [households_per_worker, extra_low, extra_medium, extra_high] =
                    self.numbers(value, names)?;
                self.not_zero(value, &[households_per_worker])?;
                Consequence::Workers(WorkerRule {
                    households_per_worker,
                    extra_low,
                    extra_medium,
                    extra_high,
                })
            }
            ConsequenceKind::Visits => {
                let [times, months, days_after_moving_in] =
                    self.numbers(value, ["times", "months", "days_after_moving_in"])?;
                self.not_zero(value, &[times, months])?;
                Consequence::Visits(Visits { times, months, days_after_moving_in })
            }
            ConsequenceKind::Deadlines => {
                let names = ["first_contact", "enquiry", "supervised", "ordinary", "complex"];
                let [first_contact, enquiry, supervised, ordinary, complex] = self.numbers(value, names)?;
                Consequence::Deadlines(Deadlines { first_contact, enquiry, supervised, ordinary, complex })
            }
            ConsequenceKind::OpenHours => {
                let [half_days, hours] = self.numbers(value, ["half_days", "hours"])?;
                Consequence::OpenHours(OpenHours { half_days, hours })
            }
            ConsequenceKind::PriorityVisits => {
                let months = self.number(value)?;
                self.not_zero(value, &[months])?;
                Consequence::PriorityVisits(months)
            }
            ConsequenceKind::StaffedHours => Consequence::StaffedHours(self.number(value)?),
            ConsequenceKind::WalkingLimit => Consequence::WalkingLimit(self.number(value)?),
            ConsequenceKind::Room => Consequence::Room(self.number(value)?),
            ConsequenceKind::WorkersPerTenThousand => Consequence::WorkersPerTenThousand(self.number(value)?),
        })
    }

    fn numbers<const N: usize>(&mut self, node: &Node<'a>, names: [&str; N]) -> Result<[i64; N], Fault> {
        let fields = self.fields(node, &names)?;
        let mut numbers = [0; N];
        for (number, name) in numbers.iter_mut().zip(names) {
            let node = self.required(&fields, name)?;
            *number = self.number(node)?;
        }
        Ok(numbers)
    }

    /// Numbers that something is divided by: nobody visits once in no months.
    fn not_zero(&self, node: &Node<'a>, numbers: &[i64]) -> Result<(), Fault> {
        if numbers.contains(&0) {
            let (zh, en) = ("户数、次数和月数不能为 0", "households, times and months must not be 0");
            return Err(self.wrong_value(node, zh, en));
        }
        Ok(())
    }

    /// A list that holds something.
    fn filled_array<'t>(&self, node: &'t Node<'a>) -> Result<&'t [Node<'a>], Fault> {
        let nodes = self.array(node)?;
        if nodes.is_empty() {
            return Err(self.wrong_value(node, "列表不能为空", "the list must not be empty"));
        }
        Ok(nodes)
    }
}
