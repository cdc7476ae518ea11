//! A named person's decision on the form of station, where the handbook leaves it to one.

use axum::extract::Path;
use base::Day;
use district::Refusal;
use district::handbook::{self as handbooks, DecideForm};
use handbook::{Decision, StationForm, prescribe};
use http::StatusCode;

use super::prescription::{Typed, of_address, page};
use crate::kit::{self, Fault, Posted, Shell, see_other};

/// Records the decision of whoever is signed in, with its reason, from a day on.
pub(super) async fn decide(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let id = of_address(&s, &key, s.today())?;
    let field = |name: &str| posted.fields.get(name).to_owned();
    let (form, reason, from) = (field("form"), field("reason"), field("from"));
    let typed = Typed { form, reason, from, ..Typed::default() };
    let decided = s.state.once(&s.actor, &posted, |tx, call| {
        let today = s.today();
        let (_, facts) = handbooks::facts_for(tx, id, today)?.ok_or(district::Error::Absent("community"))?;
        let (_, handbook) = handbooks::in_force(tx, today)?.ok_or(district::Error::Absent("handbook"))?;
        if !matches!(prescribe(&handbook, &facts).decision, Decision::Awaited | Decision::Made(_)) {
            return Err(Refusal::new("handbook-refused-decision-unasked").into());
        }
        let form = StationForm::from_code(&typed.form)
            .map_err(|_| Refusal::new("handbook-refused-decision-form").at("form"))?;
        let from: Day = typed.from.parse().map_err(|_| Refusal::new("handbook-day-wrong").at("from"))?;
        let (reason, replacing) = (typed.reason.clone(), replacing(&posted));
        let command = DecideForm { community: id, form, reason, from, replacing };
        handbooks::decide_forms(tx, call, &[command])?;
        Ok(format!("/communities/{key}/prescription"))
    });
    match decided {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            page(&s, id, s.today(), typed, s.faults(&refusal), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(fault) => Err(fault),
    }
}

/// What the ticked box names: the first days of the decisions that may go, of which there may be none.
fn replacing(posted: &Posted) -> Option<Vec<Day>> {
    let ticked = Some(posted.fields.get("replacing")).filter(|value| !value.is_empty())?;
    Some(ticked.split(' ').filter_map(|day| day.parse().ok()).collect())
}
