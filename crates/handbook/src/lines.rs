//! A prescription line by line, as a page or a sheet shows it.

use crate::clause::{Consequence, ConsequenceKind};
use crate::prescribe::{Decision, Prescribed, Prescription};
use crate::say::modes_in_words;
use crate::vocabulary::StationForm;
use crate::words::Language;

/// One line of a prescription as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is settled.
    pub kind: ConsequenceKind,
    /// What is prescribed, in words.
    pub words: String,
    /// The numbers of the clauses that led there.
    pub clauses: Vec<String>,
}

impl Prescription {
    /// Everything prescribed, in words, in the order people read it. The district's total is not among it: it is
    /// no prescription for a community.
    pub fn lines(&self, language: Language) -> Vec<Line> {
        let kinds = ConsequenceKind::ALL.iter();
        kinds
            .filter(|&&kind| kind != ConsequenceKind::WorkersPerTenThousand)
            .filter_map(|&kind| self.line(kind, language))
            .collect()
    }

    /// One line; none where nothing is prescribed or facts are missing.
    pub fn line(&self, kind: ConsequenceKind, language: Language) -> Option<Line> {
        fn line<T>(
            kind: ConsequenceKind,
            prescribed: Option<&Prescribed<T>>,
            words: impl FnOnce(&T) -> String,
        ) -> Option<Line> {
            let prescribed = prescribed?;
            let clauses = prescribed.ids().map(str::to_owned).collect();
            Some(Line { kind, words: words(&prescribed.value), clauses })
        }
        let say = |consequence: Consequence| consequence.words(language);
        match kind {
            ConsequenceKind::Modes => {
                line(kind, self.modes.as_ref(), |modes| modes_in_words(modes, language))
            }
            ConsequenceKind::Station => {
                line(kind, self.station.as_ref(), |form| self.station_in_words(*form, language))
            }
            ConsequenceKind::Workers => {
                line(kind, self.workers.as_ref(), |staffing| staffing.words(language))
            }
            ConsequenceKind::Visits => line(kind, self.visits.as_ref(), |it| say(Consequence::Visits(*it))),
            ConsequenceKind::PriorityVisits => {
                line(kind, self.priority_visits.as_ref(), |it| say(Consequence::PriorityVisits(*it)))
            }
            ConsequenceKind::Deadlines => {
                line(kind, self.deadlines.as_ref(), |it| say(Consequence::Deadlines(*it)))
            }
            ConsequenceKind::OpenHours => {
                line(kind, self.open_hours.as_ref(), |it| say(Consequence::OpenHours(*it)))
            }
            ConsequenceKind::StaffedHours => {
                line(kind, self.staffed_hours.as_ref(), |it| say(Consequence::StaffedHours(*it)))
            }
            ConsequenceKind::WalkingLimit => {
                line(kind, self.walking_limit.as_ref(), |it| say(Consequence::WalkingLimit(*it)))
            }
            ConsequenceKind::Room => line(kind, self.room.as_ref(), |it| say(Consequence::Room(*it))),
            ConsequenceKind::WorkersPerTenThousand => {
                line(kind, self.workers_per_ten_thousand.as_ref(), |it| {
                    say(Consequence::WorkersPerTenThousand(*it))
                })
            }
        }
    }

    fn station_in_words(&self, form: StationForm, language: Language) -> String {
        match &self.decision {
            Decision::Awaited | Decision::Made(_) => self.decision.words(language),
            Decision::NotNeeded | Decision::Unasked(_) => form.name(language).to_owned(),
        }
    }
}
