//! Reading a handbook file: every value is taken with its place, every field known, every fault said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::check::check;
use crate::clause::{
    Clause, Condition, Consequence, ConsequenceKind, Constant, Deadlines, Factor, OpenHours, Operator, Value,
    Visits, WorkerRule,
};
use crate::difficulty::{DifficultyRule, HIGHEST, Score, WHOLE, WeightedFactor};
use crate::fault::{Code, Fault, Source};
use crate::file::{Handbook, Head, Parameter, Standing};
use crate::nodes::{Fields, Node, Reader};
use crate::vocabulary::{GovernanceMode, StationForm, UnknownCode};
use crate::words::{Language, Words, grouped};

impl Handbook {
    /// Reads and checks a file. `file` is the name that faults carry; the first fault is returned.
    pub fn read(file: &str, text: &str) -> Result<Self, Fault> {
        Self::read_all(file, text).map_err(|mut faults| faults.swap_remove(0))
    }

    /// Reads and checks a file; every fault found, in the order of the file, never an empty list.
    pub fn read_all(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let source = Source { file, text };
        let root = DeTable::parse(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let message = error.message();
            vec![source.fault(
                Code::Syntax,
                &span,
                format!("不是有效的 TOML：{message}"),
                format!("not TOML: {message}"),
            )]
        })?;
        let mut reader =
            Reader { source, parameters: BTreeMap::new(), used: BTreeSet::new(), faults: Vec::new() };
        let parts = reader.root(&root);
        let mut faults = reader.faults;
        if faults.is_empty()
            && let Some((head, parameters, clauses, difficulty)) = parts
        {
            faults = check(&source, &clauses);
            if faults.is_empty() {
                return Ok(Self::of((file, text), head, parameters, clauses, difficulty));
            }
        }
        faults.sort_by_key(|fault| (fault.place.line, fault.place.column));
        Err(faults)
    }
}

type Parts = (Head, Vec<Parameter>, Vec<Arc<Clause>>, DifficultyRule);

impl<'a> Reader<'a> {
    fn root(&mut self, root: &Spanned<DeTable<'a>>) -> Option<Parts> {
        let known = ["handbook", "parameter", "difficulty", "clause"];
        let fields = Fields { table: root.get_ref(), span: 0..0 };
        if let Err(fault) = self.known(&fields, &known) {
            self.faults.push(fault);
        }
        let head = self.kept(|reader| reader.head(reader.required(&fields, "handbook")?));
        let parameters = self.all(&fields, "parameter", Self::parameter)?;
        let difficulty = self.kept(|reader| reader.difficulty(reader.required(&fields, "difficulty")?));
        let head = head?;
        let clauses = self.all(&fields, "clause", |reader, node| reader.clause(&head, node))?;
        self.unique(&clauses);
        if self.faults.is_empty() {
            self.unused(&parameters);
        }
        let clauses = clauses.into_iter().map(Arc::new).collect();
        Some((head, parameters, clauses, difficulty?))
    }

    /// Runs a step and keeps its fault, so that the next part is read all the same.
    fn kept<T>(&mut self, step: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Option<T> {
        step(self).map_err(|fault| self.faults.push(fault)).ok()
    }

    /// Every element of an array of tables, each read whatever became of the others.
    fn all<T>(
        &mut self,
        fields: &Fields<'_, 'a>,
        name: &str,
        mut read: impl FnMut(&mut Self, &Node<'a>) -> Result<T, Fault>,
    ) -> Option<Vec<T>> {
        let nodes = self.kept(|reader| reader.array(reader.required(fields, name)?))?;
        Some(nodes.iter().filter_map(|node| self.kept(|reader| read(reader, node))).collect())
    }

    fn head(&mut self, node: &Node<'a>) -> Result<Head, Fault> {
        let names = [
            "id",
            "version",
            "standing",
            "title_zh",
            "title_en",
            "label_zh",
            "label_en",
            "above_zh",
            "above_en",
            "from",
            "until",
            "term_assumption",
        ];
        let fields = self.fields(node, &names)?;
        let standing = self.required(&fields, "standing")?;
        let version = self.required(&fields, "version")?;
        let first = self.required(&fields, "from")?;
        let until = fields.get("until").map(|node| self.date(node)).transpose()?;
        let from = self.date(first)?;
        if until.is_some_and(|until| until < from) {
            return Err(self.wrong_value(
                first,
                "施行日期晚于截止日期",
                "the first day comes after the last",
            ));
        }
        Ok(Head {
            id: self.text_of(&fields, "id")?,
            version: self.text(version)?,
            standing: self.code(standing, Standing::from_code)?,
            title: self.words(&fields, "title_zh", "title_en")?,
            label: self.words(&fields, "label_zh", "label_en")?,
            above: self.words(&fields, "above_zh", "above_en")?,
            from,
            until,
            term_assumption: self.flag(&fields, "term_assumption")?,
            version_span: version.span(),
            standing_span: standing.span(),
            from_span: first.span(),
        })
    }

    fn parameter(&mut self, node: &Node<'a>) -> Result<Parameter, Fault> {
        // Declared first, so that a fault below does not call up another wherever the parameter is used.
        if let DeValue::Table(table) = node.get_ref()
            && let Some(DeValue::String(name)) = table.get("name").map(Spanned::get_ref)
            && self.parameters.insert(name.to_string(), 1).is_some()
        {
            return Err(self.source.fault(
                Code::DuplicateId,
                &node.span(),
                format!("参数“{name}”重复"),
                format!("parameter “{name}” is declared twice"),
            ));
        }
        let fields = self.fields(node, &["name", "value", "least", "most", "zh", "en", "assumption"])?;
        let value = self.required(&fields, "value")?;
        let parameter = Parameter {
            name: self.text_of(&fields, "name")?,
            value: self.plain_number(value)?,
            least: self.plain_number(self.required(&fields, "least")?)?,
            most: self.plain_number(self.required(&fields, "most")?)?,
            words: self.words(&fields, "zh", "en")?,
            assumption: self.flag(&fields, "assumption")?,
            span: value.span(),
        };
        if !(parameter.least..=parameter.most).contains(&parameter.value) {
            let (least, most) = (grouped(parameter.least), grouped(parameter.most));
            return Err(self.wrong_value(
                value,
                &format!("参数值应在 {least} 与 {most} 之间"),
                &format!("the value must lie between {least} and {most}"),
            ));
        }
        self.parameters.insert(parameter.name.clone(), parameter.value);
        Ok(parameter)
    }

    fn difficulty(&mut self, node: &Node<'a>) -> Result<DifficultyRule, Fault> {
        let names =
            ["low_at_most", "medium_at_most", "zh", "en", "source_zh", "source_en", "assumption", "factor"];
        let fields = self.fields(node, &names)?;
        let factor_node = self.required(&fields, "factor")?;
        let mut factors: Vec<WeightedFactor> = Vec::new();
        for node in self.array(factor_node)? {
            let factor = self.weighted(node)?;
            if factors.iter().any(|other| other.factor == factor.factor) {
                return Err(self.wrong_value(
                    node,
                    "难度因素重复",
                    "this factor of difficulty is given twice",
                ));
            }
            factors.push(factor);
        }
        if factors.iter().map(|factor| factor.weight).sum::<i64>() != WHOLE {
            return Err(self.wrong_value(
                factor_node,
                "各难度因素的权重合计应为 1000‰",
                "the weights of the factors of difficulty must sum to 1000 per mille",
            ));
        }
        let (low, medium) =
            (self.required(&fields, "low_at_most")?, self.required(&fields, "medium_at_most")?);
        let (low_at_most, medium_at_most) = (self.up_to(low, HIGHEST)?, self.up_to(medium, HIGHEST)?);
        if low_at_most >= medium_at_most {
            return Err(self.wrong_value(medium, "“中”的上限应高于“低”的上限", "medium must end above low"));
        }
        Ok(DifficultyRule {
            factors,
            low_at_most,
            medium_at_most,
            words: self.words(&fields, "zh", "en")?,
            source: self.words(&fields, "source_zh", "source_en")?,
            assumption: self.flag(&fields, "assumption")?,
        })
    }

    fn weighted(&mut self, node: &Node<'a>) -> Result<WeightedFactor, Fault> {
        let fields = self.fields(node, &["factor", "weight", "scale", "single_owner", "several_owners"])?;
        let factor_node = self.required(&fields, "factor")?;
        let factor = self.code(factor_node, Factor::from_code)?;
        let weight = self.up_to(self.required(&fields, "weight")?, WHOLE)?;
        let score = if factor == Factor::PropertyRight {
            Score::Right {
                single_owner: self.up_to(self.required(&fields, "single_owner")?, HIGHEST)?,
                several_owners: self.up_to(self.required(&fields, "several_owners")?, HIGHEST)?,
            }
        } else if factor.is_number() {
            Score::Line(self.scale(self.required(&fields, "scale")?)?)
        } else {
            return Err(self.wrong_value(
                factor_node,
                "这个因素不能计入难度",
                "this factor cannot be part of difficulty",
            ));
        };
        Ok(WeightedFactor { factor, weight, score })
    }

    /// Cut points with rising values: `[[0, 0], [1000, 75]]`.
    fn scale(&mut self, node: &Node<'a>) -> Result<Vec<(i64, i64)>, Fault> {
        let mut points: Vec<(i64, i64)> = Vec::new();
        for point in self.array(node)? {
            let [value, score] = self.array(point)? else {
                return Err(self.wrong_type(
                    point,
                    "一对整数 [数值, 得分]",
                    "a pair of whole numbers [value, score]",
                ));
            };
            let (value, score) = (self.plain_number(value)?, self.up_to(score, HIGHEST)?);
            if points.last().is_some_and(|last| last.0 >= value) {
                return Err(self.wrong_value(point, "分段点应由小到大", "cut points must rise"));
            }
            points.push((value, score));
        }
        if points.is_empty() {
            return Err(self.wrong_value(node, "至少要有一个分段点", "a scale needs a cut point"));
        }
        Ok(points)
    }

    fn clause(&mut self, head: &Head, node: &Node<'a>) -> Result<Clause, Fault> {
        let names = ["id", "zh", "en", "source_zh", "source_en", "assumption", "when", "then", "priority"];
        let fields = self.fields(node, &names)?;
        let before = std::mem::take(&mut self.used);
        let template = self.words(&fields, "zh", "en")?;
        let words = Words {
            zh: self.filled(&template.zh, self.required(&fields, "zh")?)?,
            en: self.filled(&template.en, self.required(&fields, "en")?)?,
        };
        let when = match fields.get("when") {
            Some(node) => {
                self.array(node)?.iter().map(|node| self.condition(node)).collect::<Result<_, _>>()?
            }
            None => Vec::new(),
        };
        let then = fields.get("then").map(|node| self.consequence(node)).transpose()?;
        if let Some((node, Consequence::WorkersPerTenThousand(_))) = fields.get("when").zip(then.as_ref()) {
            return Err(self.wrong_value(
                node,
                "全区总数不能附条件",
                "a total of the whole district cannot depend on a community",
            ));
        }
        let id_node = self.required(&fields, "id")?;
        let id = self.text(id_node)?;
        let used = std::mem::replace(&mut self.used, before);
        self.used.extend(used.iter().cloned());
        Ok(Clause {
            code: format!("{}-{id}", head.version),
            id,
            words,
            template,
            source: self.words(&fields, "source_zh", "source_en")?,
            label: head.label.clone(),
            assumption: self.flag(&fields, "assumption")?,
            when,
            then,
            priority: fields.get("priority").map_or(Ok(0), |node| self.plain_number(node))?,
            parameters: used.into_iter().collect(),
            line: self.source.place(&fields.span).line,
            span: id_node.span(),
        })
    }

    fn condition(&mut self, node: &Node<'a>) -> Result<Condition, Fault> {
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
            let values = self.array(constant_node)?;
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

    fn consequence(&mut self, node: &Node<'a>) -> Result<Consequence, Fault> {
        let DeValue::Table(table) = node.get_ref() else { return Err(self.not_a_table(node)) };
        let mut entries = table.iter();
        let (Some((key, value)), None) = (entries.next(), entries.next()) else {
            return Err(self.wrong_value(node, "每条只能有一个结论", "a clause has exactly one consequence"));
        };
        let kind = ConsequenceKind::from_code(key.get_ref())
            .map_err(|UnknownCode { code, known, .. }| self.unknown_field(&code, &key.span(), &known))?;
        Ok(match kind {
            ConsequenceKind::Modes => {
                let modes = self.array(value)?;
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
                if households_per_worker == 0 {
                    return Err(self.wrong_value(
                        value,
                        "每名工作人员至少对应 1 户",
                        "a worker needs at least 1 household",
                    ));
                }
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
            ConsequenceKind::PriorityVisits => Consequence::PriorityVisits(self.number(value)?),
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
}
