//! Two handbooks side by side: what changed in the text, and what that changes for communities.

use std::sync::Arc;

use crate::clause::{Clause, ConsequenceKind};
use crate::diff::{Piece, diff};
use crate::facts::Facts;
use crate::file::Handbook;
use crate::prescribe::{Decision, Prescription, prescribe};
use crate::staffing::Staffing;
use crate::vocabulary::StationForm;
use crate::words::{Language, Words};

/// What differs between two handbooks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Parameters added, removed or changed.
    pub parameters: Vec<ParameterChange>,
    /// Clauses added, removed or changed, in the order of the later handbook, removed ones last.
    pub clauses: Vec<ClauseChange>,
    /// Whether weights, scales or bands of difficulty differ.
    pub difficulty: bool,
}

/// A parameter that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterChange {
    /// Its name.
    pub name: String,
    /// What it is.
    pub words: Words,
    /// Its value in the earlier handbook; none where it is new.
    pub before: Option<i64>,
    /// Its value in the later handbook; none where it is gone.
    pub after: Option<i64>,
}

/// A clause that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClauseChange {
    /// New in the later handbook.
    Added(Arc<Clause>),
    /// Gone from it.
    Removed(Arc<Clause>),
    /// In both, and different.
    Changed {
        /// The earlier clause.
        before: Arc<Clause>,
        /// The later clause.
        after: Arc<Clause>,
        /// The Chinese text, word by word.
        zh: Vec<Piece>,
        /// The English text, word by word.
        en: Vec<Piece>,
        /// Whether its conditions differ.
        conditions: bool,
        /// Whether its consequence differs.
        consequence: bool,
        /// Whether its source differs, or that it is an assumption.
        source: bool,
    },
}

impl ClauseChange {
    /// The clause's number.
    pub fn id(&self) -> &str {
        match self {
            Self::Added(clause) | Self::Removed(clause) | Self::Changed { after: clause, .. } => &clause.id,
        }
    }

    /// The text's pieces in a language; the whole text as one piece where the clause is new or gone.
    pub fn pieces(&self, language: Language) -> Vec<Piece> {
        match (self, language) {
            (Self::Added(clause), _) => vec![Piece::Added(clause.text(language).to_owned())],
            (Self::Removed(clause), _) => vec![Piece::Removed(clause.text(language).to_owned())],
            (Self::Changed { zh, .. }, Language::Zh) => zh.clone(),
            (Self::Changed { en, .. }, Language::En) => en.clone(),
        }
    }
}

/// Compares two handbooks by their clauses' numbers and parameters' names.
pub fn compare(before: &Handbook, after: &Handbook) -> Comparison {
    let mut comparison =
        Comparison { difficulty: before.difficulty != after.difficulty, ..Comparison::default() };
    for new in &after.parameters {
        let old = before.parameter(&new.name).map(|parameter| parameter.value);
        if old != Some(new.value) {
            let (name, words) = (new.name.clone(), new.words.clone());
            comparison.parameters.push(ParameterChange { name, words, before: old, after: Some(new.value) });
        }
    }
    for old in before.parameters.iter().filter(|old| after.parameter(&old.name).is_none()) {
        let (name, words) = (old.name.clone(), old.words.clone());
        comparison.parameters.push(ParameterChange { name, words, before: Some(old.value), after: None });
    }
    for new in &after.clauses {
        match before.clause(&new.id) {
            None => comparison.clauses.push(ClauseChange::Added(Arc::clone(new))),
            Some(old) => comparison.clauses.extend(changed(old, new)),
        }
    }
    let gone = before.clauses.iter().filter(|old| after.clause(&old.id).is_none());
    comparison.clauses.extend(gone.map(|old| ClauseChange::Removed(Arc::clone(old))));
    comparison
}

fn changed(old: &Arc<Clause>, new: &Arc<Clause>) -> Option<ClauseChange> {
    let conditions = old.when != new.when || old.priority != new.priority;
    let consequence = old.then != new.then;
    let source = old.source != new.source || old.assumption != new.assumption;
    if old.words == new.words && !conditions && !consequence && !source {
        return None;
    }
    Some(ClauseChange::Changed {
        zh: diff(&old.words.zh, &new.words.zh),
        en: diff(&old.words.en, &new.words.en),
        before: Arc::clone(old),
        after: Arc::clone(new),
        conditions,
        consequence,
        source,
    })
}

/// What another handbook changes for one community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// Which of the given communities.
    pub index: usize,
    /// What the earlier handbook prescribes.
    pub before: Prescription,
    /// What the later one prescribes.
    pub after: Prescription,
    /// What differs; never empty.
    pub changed: Vec<ConsequenceKind>,
}

/// What another handbook changes for many communities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impacts {
    /// The communities for which something changes, in the order they were given.
    pub impacts: Vec<Impact>,
    /// The earlier handbook's totals over all communities.
    pub before: Totals,
    /// The later one's.
    pub after: Totals,
}

/// Totals of prescriptions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Communities with a station of their own.
    pub standalone: usize,
    /// Communities that are points of a joint station.
    pub joint: usize,
    /// Communities without a station.
    pub none: usize,
    /// Communities whose form a named person has yet to decide.
    pub awaited: usize,
    /// Communities of whose form nothing can be said while facts are missing.
    pub unknown: usize,
    /// Whole people for all communities' shares together: the least a plan can do with. How many stations round up
    /// is for the plan to say.
    pub workers: i64,
}

/// Prescribes for every community by both handbooks, and keeps what differs.
pub fn impacts(before: &Handbook, after: &Handbook, communities: &[Facts]) -> Impacts {
    let before: Vec<Prescription> = communities.iter().map(|facts| prescribe(before, facts)).collect();
    impacts_on(&before, after, communities)
}

/// The same where the earlier handbook has prescribed already, a prescription a community.
pub fn impacts_on(before: &[Prescription], after: &Handbook, communities: &[Facts]) -> Impacts {
    let (mut old_totals, mut new_totals) = (Tally::default(), Tally::default());
    let mut impacts = Vec::new();
    for (index, (old, facts)) in before.iter().zip(communities).enumerate() {
        let new = prescribe(after, facts);
        old_totals.add(old);
        new_totals.add(&new);
        let changed: Vec<ConsequenceKind> =
            ConsequenceKind::ALL.iter().copied().filter(|&kind| differs(old, &new, kind)).collect();
        if !changed.is_empty() {
            impacts.push(Impact { index, before: old.clone(), after: new, changed });
        }
    }
    Impacts { impacts, before: old_totals.total(), after: new_totals.total() }
}

fn differs(a: &Prescription, b: &Prescription, kind: ConsequenceKind) -> bool {
    macro_rules! value {
        ($field:ident) => {
            a.$field.as_ref().map(|it| &it.value) != b.$field.as_ref().map(|it| &it.value)
        };
    }
    match kind {
        ConsequenceKind::Modes => value!(modes),
        ConsequenceKind::Station => value!(station),
        // The same people from another ratio are no change for the community.
        ConsequenceKind::Workers => {
            let people = |it: &Prescription| {
                it.workers.as_ref().map(|it| (it.value.people, it.value.share_thousandths))
            };
            people(a) != people(b)
        }
        ConsequenceKind::Visits => value!(visits),
        ConsequenceKind::PriorityVisits => value!(priority_visits),
        ConsequenceKind::Deadlines => value!(deadlines),
        ConsequenceKind::OpenHours => value!(open_hours),
        ConsequenceKind::StaffedHours => value!(staffed_hours),
        ConsequenceKind::WalkingLimit => value!(walking_limit),
        ConsequenceKind::Room => value!(room),
        ConsequenceKind::WorkersPerTenThousand => value!(workers_per_ten_thousand),
    }
}

#[derive(Default)]
struct Tally {
    totals: Totals,
    staffing: Vec<Staffing>,
}

impl Tally {
    fn add(&mut self, prescription: &Prescription) {
        let totals = &mut self.totals;
        *match (prescription.station_form(), &prescription.decision) {
            (Some(StationForm::Decided), _) | (_, Decision::Awaited) => &mut totals.awaited,
            (Some(StationForm::Standalone), _) => &mut totals.standalone,
            (Some(StationForm::Joint), _) => &mut totals.joint,
            (Some(StationForm::None), _) => &mut totals.none,
            (None, _) => &mut totals.unknown,
        } += 1;
        self.staffing.extend(prescription.workers.as_ref().map(|workers| workers.value));
    }

    fn total(mut self) -> Totals {
        self.totals.workers = Staffing::together(&self.staffing);
        self.totals
    }
}
