//! What a handbook may know of a community.

use crate::clause::{Factor, Value};
use crate::date::Date;
use crate::vocabulary::{Committee, CommunityKind, PropertyRight, StationForm};

/// What a handbook may know of a community. Nothing here is about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The kind of community.
    pub kind: CommunityKind,
    /// One owner or several; none when the register does not know.
    pub right: Option<PropertyRight>,
    /// The state of its residents' committee.
    pub committee: Committee,
    /// Planned capacity in households by a dated decision, never live occupancy; none when not decided.
    pub planned_households: Option<i64>,
    /// Residents per hundred rooms.
    pub density: Option<i64>,
    /// Tenancies that changed in a month, per mille.
    pub turnover: Option<i64>,
    /// Property fees collected of those due, per mille.
    pub fee_collection: Option<i64>,
    /// Open disputes.
    pub disputes: Option<i64>,
    /// Metres on foot to public services.
    pub distance: Option<i64>,
    /// A named person's decision on the form of station, where one was made.
    pub decided: Option<Decided>,
}

/// A named person's decision, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The form decided on. `StationForm::Decided` decides nothing and counts as no decision.
    pub form: StationForm,
    /// Who decided.
    pub by: String,
    /// On which day.
    pub on: Date,
    /// Why.
    pub reason: String,
}

impl Facts {
    /// A community without a committee, of which no more is known.
    pub const fn of(kind: CommunityKind, right: PropertyRight, planned_households: i64) -> Self {
        Self {
            kind,
            right: Some(right),
            committee: Committee::None,
            planned_households: Some(planned_households),
            density: None,
            turnover: None,
            fee_collection: None,
            disputes: None,
            distance: None,
            decided: None,
        }
    }

    /// Sets a measured figure by its factor, as a store keeps them; false where the factor is no measured figure.
    pub fn set(&mut self, factor: Factor, value: i64) -> bool {
        let place = match factor {
            Factor::Households => &mut self.planned_households,
            Factor::Density => &mut self.density,
            Factor::Turnover => &mut self.turnover,
            Factor::FeeCollection => &mut self.fee_collection,
            Factor::Disputes => &mut self.disputes,
            Factor::Distance => &mut self.distance,
            Factor::Kind | Factor::PropertyRight | Factor::Committee | Factor::Difficulty => return false,
        };
        *place = Some(value);
        true
    }

    /// A factor's value; none for "no data", and for difficulty, which is no fact but a result.
    pub fn value(&self, factor: Factor) -> Option<Value> {
        match factor {
            Factor::Kind => Some(Value::Kind(self.kind)),
            Factor::PropertyRight => self.right.map(Value::Right),
            Factor::Committee => Some(Value::Committee(self.committee)),
            Factor::Households => self.planned_households.map(Value::Number),
            Factor::Density => self.density.map(Value::Number),
            Factor::Turnover => self.turnover.map(Value::Number),
            Factor::FeeCollection => self.fee_collection.map(Value::Number),
            Factor::Disputes => self.disputes.map(Value::Number),
            Factor::Distance => self.distance.map(Value::Number),
            Factor::Difficulty => None,
        }
    }
}
