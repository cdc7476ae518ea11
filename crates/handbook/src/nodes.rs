//! The values of a handbook file, one by one: what is expected, and what is said when something else stands there.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::clause::Clause;
use crate::date::Date;
use crate::fault::{Code, Fault, Source};
use crate::file::Parameter;
use crate::vocabulary::UnknownCode;
use crate::words::{Words, grouped};

/// The largest whole number of a file. Far above any district, far below where sums would overflow.
const LARGEST: i64 = 1_000_000_000;

pub(crate) type Node<'a> = Spanned<DeValue<'a>>;

/// A table whose fields are all known.
pub(crate) struct Fields<'t, 'a> {
    pub table: &'t DeTable<'a>,
    pub span: Range<usize>,
}

impl<'t, 'a> Fields<'t, 'a> {
    pub fn get(&self, name: &str) -> Option<&'t Node<'a>> {
        self.table.iter().find(|(key, _)| key.get_ref().as_ref() == name).map(|(_, value)| value)
    }
}

/// Reads values, fills parameters in, and remembers which were used.
pub(crate) struct Reader<'a> {
    pub source: Source<'a>,
    pub parameters: BTreeMap<String, i64>,
    pub used: BTreeSet<String>,
    pub faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// A table with no fields but these.
    pub fn fields<'t>(&self, node: &'t Node<'a>, known: &[&str]) -> Result<Fields<'t, 'a>, Fault> {
        let DeValue::Table(table) = node.get_ref() else { return Err(self.not_a_table(node)) };
        let fields = Fields { table, span: node.span() };
        self.known(&fields, known)?;
        Ok(fields)
    }

    pub fn known(&self, fields: &Fields<'_, 'a>, known: &[&str]) -> Result<(), Fault> {
        let stranger = fields.table.keys().find(|key| !known.contains(&key.get_ref().as_ref()));
        stranger.map_or(Ok(()), |key| Err(self.unknown_field(key.get_ref(), &key.span(), &known.join(", "))))
    }

    pub fn unknown_field(&self, name: &str, span: &Range<usize>, known: &str) -> Fault {
        self.source.fault(
            Code::UnknownField,
            span,
            format!("未知字段“{name}”；这里可用：{known}"),
            format!("unknown field “{name}”; known here: {known}"),
        )
    }

    pub fn required<'t>(&self, fields: &Fields<'t, 'a>, name: &str) -> Result<&'t Node<'a>, Fault> {
        fields.get(name).ok_or_else(|| {
            self.source.fault(
                Code::MissingField,
                &fields.span,
                format!("缺少字段“{name}”"),
                format!("field “{name}” is missing"),
            )
        })
    }

    pub fn array<'t>(&self, node: &'t Node<'a>) -> Result<&'t [Node<'a>], Fault> {
        match node.get_ref() {
            DeValue::Array(array) => Ok(array),
            _ => Err(self.wrong_type(node, "列表", "a list")),
        }
    }

    /// A text that says something.
    pub fn text(&self, node: &Node<'a>) -> Result<String, Fault> {
        match node.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                Err(self.wrong_value(node, "文字不能为空", "the text must not be empty"))
            }
            DeValue::String(text) => Ok(text.to_string()),
            _ => Err(self.wrong_type(node, "文字", "a text")),
        }
    }

    pub fn text_of(&self, fields: &Fields<'_, 'a>, name: &str) -> Result<String, Fault> {
        self.text(self.required(fields, name)?)
    }

    pub fn words(&self, fields: &Fields<'_, 'a>, zh: &str, en: &str) -> Result<Words, Fault> {
        Ok(Words { zh: self.text_of(fields, zh)?, en: self.text_of(fields, en)? })
    }

    /// A flag, off when it is left out.
    pub fn flag(&self, fields: &Fields<'_, 'a>, name: &str) -> Result<bool, Fault> {
        match fields.get(name).map(|node| (node, node.get_ref())) {
            None => Ok(false),
            Some((_, DeValue::Boolean(flag))) => Ok(*flag),
            Some((node, _)) => Err(self.wrong_type(node, "true 或 false", "true or false")),
        }
    }

    /// A word of a vocabulary.
    pub fn code<T>(
        &self,
        node: &Node<'a>,
        read: impl FnOnce(&str) -> Result<T, UnknownCode>,
    ) -> Result<T, Fault> {
        let DeValue::String(code) = node.get_ref() else {
            // Asked for an impossible word, the vocabulary says which words it has.
            let known = read("\u{0}").err().map(|unknown| unknown.known).unwrap_or_default();
            return Err(self.wrong_type(node, &format!("以下之一：{known}"), &format!("one of {known}")));
        };
        read(code).map_err(|UnknownCode { code, known, .. }| {
            self.wrong_value(
                node,
                &format!("没有“{code}”；可用：{known}"),
                &format!("there is no “{code}”; known: {known}"),
            )
        })
    }

    /// A whole number, or `"{name}"` for a parameter's value.
    pub fn number(&mut self, node: &Node<'a>) -> Result<i64, Fault> {
        if let DeValue::String(text) = node.get_ref() {
            let name = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            let Some(name) = name else {
                return Err(self.wrong_type(node, "整数，或“{参数名}”", "a whole number, or “{parameter}”"));
            };
            return self.parameter_value(name, node);
        }
        self.plain_number(node)
    }

    /// A whole number from 0 to the largest.
    pub fn plain_number(&self, node: &Node<'a>) -> Result<i64, Fault> {
        self.up_to(node, LARGEST)
    }

    /// A whole number from 0 to `most`.
    pub fn up_to(&self, node: &Node<'a>, most: i64) -> Result<i64, Fault> {
        let DeValue::Integer(integer) = node.get_ref() else {
            return Err(self.wrong_type(node, "整数", "a whole number"));
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        number.filter(|number| (0..=most).contains(number)).ok_or_else(|| {
            let most = grouped(most);
            self.wrong_value(
                node,
                &format!("整数应在 0 与 {most} 之间"),
                &format!("the number must lie between 0 and {most}"),
            )
        })
    }

    fn parameter_value(&mut self, name: &str, node: &Node<'a>) -> Result<i64, Fault> {
        let value = self.parameters.get(name).copied().ok_or_else(|| {
            self.source.fault(
                Code::Parameter,
                &node.span(),
                format!("没有参数“{name}”"),
                format!("there is no parameter “{name}”"),
            )
        })?;
        self.used.insert(name.to_owned());
        Ok(value)
    }

    /// A text with every `{parameter}` filled in, thousands separated.
    pub fn filled(&mut self, template: &str, node: &Node<'a>) -> Result<String, Fault> {
        let mut text = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return Err(self.wrong_value(node, "“{”没有对应的“}”", "a “{” has no “}”"));
            };
            text.push_str(before);
            text.push_str(&grouped(self.parameter_value(name, node)?));
            rest = after;
        }
        text.push_str(rest);
        Ok(text)
    }

    pub fn date(&self, node: &Node<'a>) -> Result<Date, Fault> {
        let text = self.text(node)?;
        Date::parse(&text).map_err(|_| {
            self.wrong_value(
                node,
                &format!("“{text}”不是 2026-03-14 这样的日期"),
                &format!("“{text}” is not a date like 2026-03-14"),
            )
        })
    }

    /// Two clauses with one number.
    pub fn unique(&mut self, clauses: &[Clause]) {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for clause in clauses {
            if let Some(line) = seen.insert(&clause.id, clause.line) {
                self.faults.push(self.source.fault(
                    Code::DuplicateId,
                    &clause.span,
                    format!("编号“{}”已用于第 {line} 行的条文", clause.id),
                    format!("clause id “{}” stands already at line {line}", clause.id),
                ));
            }
        }
    }

    /// A parameter that changes nothing would deceive whoever drafts with it.
    pub fn unused(&mut self, parameters: &[Parameter]) {
        for parameter in parameters.iter().filter(|parameter| !self.used.contains(&parameter.name)) {
            self.faults.push(self.source.fault(
                Code::Parameter,
                &parameter.span,
                format!("参数“{}”没有任何条文使用", parameter.name),
                format!("no clause uses parameter “{}”", parameter.name),
            ));
        }
    }

    pub fn not_a_table(&self, node: &Node<'a>) -> Fault {
        self.wrong_type(node, "一组字段", "a table")
    }

    pub fn wrong_type(&self, node: &Node<'a>, zh: &str, en: &str) -> Fault {
        let (found_zh, found_en) = match node.get_ref() {
            DeValue::String(_) => ("文字", "a text"),
            DeValue::Integer(_) => ("整数", "a whole number"),
            DeValue::Float(_) => ("小数", "a decimal number"),
            DeValue::Boolean(_) => ("true/false", "true or false"),
            DeValue::Datetime(_) => ("日期", "a date"),
            DeValue::Array(_) => ("列表", "a list"),
            DeValue::Table(_) => ("一组字段", "a table"),
        };
        self.source.fault(
            Code::WrongType,
            &node.span(),
            format!("这里应是{zh}，不是{found_zh}"),
            format!("expected {en}, found {found_en}"),
        )
    }

    pub fn wrong_value(&self, node: &Node<'a>, zh: &str, en: &str) -> Fault {
        self.source.fault(Code::WrongValue, &node.span(), zh.to_owned(), en.to_owned())
    }
}
