//! The scorecard of whoever operates a community: four figures, never one; few are numbers and no share.

use askama::Template;
use base::Day;
use district::matters::{self, Answers, Level, Question, SMALL, Score, Share};
use district::register::{Ask, Snapshot};

use super::{Around, community_of};
use crate::kit::{self, Fault, Shell};

/// Communities offered to be chosen.
const OFFERED: usize = 60;
/// Months that a card looks back over.
const MONTHS: i32 = 12;

#[derive(Template)]
#[template(path = "matters/scores.html")]
struct Show<'a> {
    s: &'a Shell,
    offered: Vec<Snapshot>,
    card: Option<(Around, Score)>,
    /// How the questions after the second key were answered.
    surveyed: Vec<(Question, Answers)>,
    days: (Day, Day),
}

impl Show<'_> {
    /// `92.4 %`, or why there is none.
    fn share(&self, share: Share) -> String {
        match share.per_mille() {
            Some(share) => format!("{}.{} %", share / 10, share % 10),
            None => self.s.t1("matters-too-few", "few", SMALL),
        }
    }

    fn of(&self, share: Share) -> String {
        self.s.t2("matters-of", ("of", share.of), ("all", share.all))
    }

    fn rows(&self, score: &Score) -> Vec<(&str, Share)> {
        vec![
            (self.s.t("matters-score-on-time"), score.punctual()),
            (self.s.t("matters-score-resolved"), score.really()),
            (self.s.t("matters-score-satisfied"), score.content()),
        ]
    }

    fn question(&self, question: Question) -> &str {
        self.s.t(super::question_message(question))
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn few(&self) -> i64 {
        SMALL
    }

    /// A level's share of a question's answers, or that they are too few.
    fn level(&self, answers: Answers, level: Level) -> String {
        answers.of(level).map_or_else(|| "–".to_owned(), |share| self.share(share))
    }

    fn levels(&self, answers: Answers) -> [String; 3] {
        [Level::Good, Level::Fair, Level::Poor].map(|level| self.level(answers, level))
    }

    /// The last day that counts.
    fn last(&self) -> Day {
        self.days.1 - 1
    }
}

/// GET `/desk/matters/scores`, `?community=` a code.
pub(super) async fn show(s: Shell) -> kit::Result {
    let chosen = match s.asked("community") {
        Some(code) => Some(community_of(&s, &code)?.ok_or(Fault::Absent)?),
        None => None,
    };
    let days = (s.today().plus_months(-MONTHS), s.today() + 1);
    let (offered, card, surveyed) = s.state.read(|tx| {
        let roll = s.state.memory.roll(tx, s.today())?;
        let own = Ask { part: Some(s.actor.scope()), limit: Some(OFFERED), ..Ask::default() };
        let offered: Vec<Snapshot> = roll.list(&own).rows.into_iter().cloned().collect();
        // Whose only community it is need not choose it.
        let only = if offered.len() == 1 { offered.first() } else { None };
        let Some(community) = chosen.as_ref().or(only) else { return Ok((offered, None, Vec::new())) };
        let score = matters::score(tx, &s.actor, community.id, days, s.today())?;
        let around = Around::read(&s, tx, community.id, s.today())?;
        let surveyed = matters::surveyed(tx, &s.actor, community.id, days, s.today())?;
        Ok((offered.clone(), Some((around, score)), surveyed))
    })?;
    s.html(&Show { s: &s, offered, card, surveyed, days })
}
