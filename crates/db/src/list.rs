//! Lists: a registered family of queries with a closed set of filters and orders, and keyset paging.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::{Error, Registered, Row, Tx, Value};

/// A condition a reader may set: a text with `{}` for its value, such as `c.town_id = {}`.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    /// The name in the address.
    pub name: &'static str,
    /// SQL with `{}` wherever the value stands; `?1` … are the parameters of the base.
    pub sql: &'static str,
}

/// An order a reader may choose.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    /// The name in the address.
    pub name: &'static str,
    /// A column or expression that is never NULL.
    pub sql: &'static str,
}

/// A list: `SELECT columns FROM source WHERE base AND filters ORDER BY sort, id`.
#[derive(Debug)]
pub struct List {
    /// Module and name, for errors.
    pub name: &'static str,
    /// The columns of a row.
    pub columns: &'static str,
    /// FROM and joins.
    pub source: &'static str,
    /// What always holds; its parameters come first, as `?1`, `?2` …
    pub base: &'static str,
    /// How many parameters `base` and `source` have.
    pub base_params: usize,
    /// The id that ends every order.
    pub id: &'static str,
    /// What may be filtered.
    pub filters: &'static [Filter],
    /// What it may be ordered by; the first is the default.
    pub sorts: &'static [Sort],
}

/// What a reader asks of a list.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Parameters of the base.
    pub base: Vec<Value>,
    /// Filters by their place in [`List::filters`], each with its value.
    pub filters: Vec<(usize, Value)>,
    /// Order by its place in [`List::sorts`].
    pub sort: usize,
    /// Largest first?
    pub descending: bool,
    /// Go on after this row: its sort value and its id.
    pub after: Option<(Value, Value)>,
    /// At most so many rows; `None` for all (exports).
    pub limit: Option<i64>,
}

/// A page of a list.
#[derive(Debug)]
pub struct Listed {
    /// The rows: the list's columns, then the sort value, then the id.
    pub rows: Vec<Row>,
    /// Whether there are more.
    pub more: bool,
}

impl List {
    /// A page.
    pub fn page(&self, tx: &mut Tx<'_>, query: &ListQuery) -> Result<Listed, Error> {
        let (sql, params) = self.select(query);
        let mut rows = tx.query_text(&sql, &params)?;
        let limit = query.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok(Listed { rows, more })
    }

    /// How many rows the filters leave.
    pub fn count(&self, tx: &mut Tx<'_>, query: &ListQuery) -> Result<i64, Error> {
        let (condition, params) = self.condition(query);
        let sql = format!("SELECT COUNT(*) FROM {} WHERE {condition}", self.source);
        tx.query_text(&sql, &params)?.pop().ok_or_else(|| Error::Engine("COUNT gave no row".into()))?.get(0)
    }

    fn condition(&self, query: &ListQuery) -> (String, Vec<Value>) {
        let mut sql = self.base.to_owned();
        let mut params = query.base.clone();
        for (place, value) in &query.filters {
            params.push(value.clone());
            let filter = self.filters[*place].sql.replace("{}", &format!("?{}", params.len()));
            let _ = write!(sql, " AND ({filter})");
        }
        (sql, params)
    }

    fn select(&self, query: &ListQuery) -> (String, Vec<Value>) {
        let (mut condition, mut params) = self.condition(query);
        let sort = self.sorts[query.sort].sql;
        let (than, direction) = if query.descending { ("<", "DESC") } else { (">", "ASC") };
        if let Some((value, id)) = &query.after {
            params.push(value.clone());
            params.push(id.clone());
            let _ = write!(
                condition,
                " AND ({sort}, {}) {than} (?{}, ?{})",
                self.id,
                params.len() - 1,
                params.len()
            );
        }
        let mut sql = format!(
            "SELECT {}, {sort}, {} FROM {} WHERE {condition} ORDER BY {sort} {direction}, {} {direction}",
            self.columns, self.id, self.source, self.id
        );
        if let Some(limit) = query.limit {
            // One more than asked for says whether there is a next page.
            params.push(Value::Int(limit + 1));
            let _ = write!(sql, " LIMIT ?{}", params.len());
        }
        (sql, params)
    }

    /// The place of a filter by its name.
    pub fn filter(&self, name: &str) -> Option<usize> {
        self.filters.iter().position(|filter| filter.name == name)
    }

    /// The place of an order by its name.
    pub fn sort(&self, name: &str) -> Option<usize> {
        self.sorts.iter().position(|sort| sort.name == name)
    }
}

impl Registered for List {
    fn name(&self) -> &'static str {
        self.name
    }

    /// Every order with no filter, with each filter, and with all of them; and the next page of each.
    fn texts(&self, postgres: bool) -> Vec<String> {
        let all: Vec<usize> = (0..self.filters.len()).collect();
        let mut choices: Vec<Vec<usize>> = vec![vec![], all.clone()];
        choices.extend(all.iter().map(|&place| vec![place]));
        let mut texts = Vec::new();
        for sort in 0..self.sorts.len() {
            for choice in &choices {
                for after in [None, Some((Value::Null, Value::Null))] {
                    let filters = choice.iter().map(|&place| (place, Value::Null)).collect();
                    let base = vec![Value::Null; self.base_params];
                    let query = ListQuery { base, filters, sort, after, limit: Some(50), descending: false };
                    let (sql, _) = self.select(&query);
                    texts.push(if postgres { crate::statement::dollars(&sql) } else { sql });
                }
            }
        }
        texts
    }

    fn text(&self, postgres: bool) -> Cow<'_, str> {
        Cow::Owned(self.texts(postgres).swap_remove(0))
    }
}
