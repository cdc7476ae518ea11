//! Gaps and conflicts, found exactly: every case that the conditions of a handbook can tell apart is looked at.
//!
//! A condition on a number changes its answer only next to its constant, so one value on each side of every
//! constant stands for all others. Factors that no clause of a kind asks for are left out.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::clause::{Clause, ConsequenceKind, Factor, Operator, Value};
use crate::fault::{Code, Fault, Source};
use crate::say;
use crate::words::{Language, grouped};

/// The most looks (a clause held against a case) for one kind of consequence: ten thousand times what the shipped
/// handbooks need, and still a fraction of a second.
pub const MOST_LOOKS: usize = 1_000_000;

/// One case: a value for each factor that is asked for; none for "no data".
pub(crate) type Case = Vec<(Factor, Option<Value>)>;

/// Every gap and every conflict of a file's clauses, each with an example.
pub(crate) fn check(source: &Source<'_>, clauses: &[Arc<Clause>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for &kind in ConsequenceKind::ALL {
        let of_kind: Vec<&Clause> = clauses
            .iter()
            .map(AsRef::as_ref)
            .filter(|clause| clause.then.as_ref().is_some_and(|then| then.kind() == kind))
            .collect();
        if !of_kind.is_empty() || ConsequenceKind::REQUIRED.contains(&kind) {
            check_kind(source, kind, &of_kind, &mut faults);
        }
    }
    faults
}

fn check_kind(source: &Source<'_>, kind: ConsequenceKind, clauses: &[&Clause], faults: &mut Vec<Fault>) {
    let last = clauses.last().map_or(0..0, |clause| clause.span.clone());
    let axes = axes(clauses);
    let looks = axes.iter().try_fold(clauses.len(), |looks, axis| looks.checked_mul(axis.1.len()));
    if looks.is_none_or(|looks| looks > MOST_LOOKS) {
        let (zh, en) = (kind.name(Language::Zh), kind.name(Language::En));
        let most = grouped(i64::try_from(MOST_LOOKS).unwrap_or(i64::MAX));
        faults.push(source.fault(
            Code::TooManyCases,
            &last,
            format!("关于“{zh}”的条文与情形的组合超过 {most} 个，请减少条件"),
            format!("the clauses on {en} and the cases they tell apart make more than {most} pairs; use fewer conditions"),
        ));
        return;
    }
    let mut gap: Option<Case> = None;
    let mut conflicts: BTreeSet<(usize, usize)> = BTreeSet::new();
    for_each_case(&axes, |case| {
        let top = winners(clauses, case);
        match top.split_first() {
            None if gap.is_none() && !kind.may_be_partial() => gap = Some(case.clone()),
            None => {}
            Some((&first, others)) => {
                for &other in others.iter().filter(|&&other| clauses[other].then != clauses[first].then) {
                    if conflicts.insert((first, other)) {
                        faults.push(conflict(source, kind, clauses[first], clauses[other], case));
                    }
                }
            }
        }
    });
    if let Some(case) = gap {
        let (zh, en) = (kind.name(Language::Zh), kind.name(Language::En));
        let (case_zh, case_en) = (say::case(&case, Language::Zh), say::case(&case, Language::En));
        faults.push(source.fault(
            Code::Gap,
            &last,
            format!("有情形没有条文规定“{zh}”，例如：{case_zh}"),
            format!("no clause settles {en} for, for example, {case_en}"),
        ));
    }
}

fn conflict(
    source: &Source<'_>,
    kind: ConsequenceKind,
    first: &Clause,
    other: &Clause,
    case: &Case,
) -> Fault {
    let (zh, en) = (kind.name(Language::Zh), kind.name(Language::En));
    let (case_zh, case_en) = (say::case(case, Language::Zh), say::case(case, Language::En));
    let (a, b, line) = (&first.id, &other.id, first.line);
    source.fault(
        Code::Conflict,
        &other.span,
        format!("第 {b} 条与第 {a} 条（第 {line} 行）对“{zh}”的规定不同，又没有先后，例如：{case_zh}"),
        format!(
            "clause {b} and clause {a} (line {line}) differ on {en}, and neither has priority, for example: {case_en}"
        ),
    )
}

/// The applying clauses of highest priority, by index.
fn winners(clauses: &[&Clause], case: &Case) -> Vec<usize> {
    let applying: Vec<usize> = (0..clauses.len()).filter(|&i| applies(clauses[i], case)).collect();
    let top = applying.iter().map(|&i| clauses[i].priority).max();
    applying.into_iter().filter(|&i| Some(clauses[i].priority) == top).collect()
}

fn applies(clause: &Clause, case: &Case) -> bool {
    clause.when.iter().all(|condition| {
        case.iter()
            .find(|(factor, _)| *factor == condition.factor)
            .and_then(|(_, value)| *value)
            .is_some_and(|value| condition.holds(value))
    })
}

/// For each factor asked for, the values that stand for all its values.
fn axes(clauses: &[&Clause]) -> Vec<(Factor, Vec<Option<Value>>)> {
    let asked: BTreeSet<Factor> =
        clauses.iter().flat_map(|clause| &clause.when).map(|condition| condition.factor).collect();
    asked
        .into_iter()
        .map(|factor| {
            if !factor.is_number() {
                return (factor, factor.words().into_iter().map(Some).collect());
            }
            let mut numbers = BTreeSet::from([0]);
            for condition in clauses.iter().flat_map(|clause| &clause.when) {
                if condition.factor == factor {
                    for &value in condition.constant.values() {
                        let Value::Number(number) = value else { continue };
                        let before = matches!(condition.operator, Operator::Is | Operator::In);
                        numbers.extend([number, number + 1]);
                        numbers.extend(before.then_some(number - 1));
                    }
                }
            }
            let numbers = numbers.into_iter().filter(|&number| number >= 0);
            let mut values: Vec<Option<Value>> = numbers.map(|number| Some(Value::Number(number))).collect();
            if factor != Factor::Households {
                values.push(None);
            }
            (factor, values)
        })
        .collect()
}

fn for_each_case(axes: &[(Factor, Vec<Option<Value>>)], mut look: impl FnMut(&Case)) {
    let mut at = vec![0; axes.len()];
    let mut case: Case = axes.iter().map(|(factor, values)| (*factor, values[0])).collect();
    loop {
        look(&case);
        // The next case, counting as an odometer does.
        let Some(wheel) = (0..axes.len()).rev().find(|&i| at[i] + 1 < axes[i].1.len()) else { return };
        at[wheel] += 1;
        at[wheel + 1..].fill(0);
        for i in wheel..axes.len() {
            case[i].1 = axes[i].1[at[i]];
        }
    }
}
