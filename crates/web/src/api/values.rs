//! Values as programs read and write them: days, instants, positions, codes, and where a list goes on.

use std::borrow::Cow;

use base::{Day, Instant, Position, PositionError, degrees, degrees_text};
use district::coverage::Figure;
use district::coverage::functions::Function;
use district::coverage::rules::Step;
use district::exchange::{self, Check, Grade, SheetId, UploadState};
use district::kit::{DONE, REFUSED, Role};
use district::matters;
use district::notices;
use district::people::Action;
use district::plan::gaps;
use district::plan::rules::{Change, Mark, State};
use district::register::Order;
use district::services;
use district::visits::rules as visits;
use handbook::{Band, CommunityKind, ConsequenceKind, Factor, GovernanceMode, PropertyRight, StationForm};
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::kit::Fault;

/// Rows of a list that nobody says how long it should be.
const LIMIT: u16 = 50;
/// The most rows of one answer: four of its pages, and far below what a connection is given up for.
pub(super) const MOST_ROWS: u16 = 200;

/// A text that stands for something, with its schema.
macro_rules! text_value {
    ($name:ident, $schema:expr) => {
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let object: ObjectBuilder = $schema;
                RefOr::T(Schema::Object(object.build()))
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    };
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date(pub Day);

text_value!(
    Date,
    Object::builder()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        .description(Some("A day between 1900-01-01 and 2199-12-31, as the calendar of Shanghai has it."))
        .examples([serde_json::json!("2026-01-31")])
);

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl From<Day> for Date {
    fn from(day: Day) -> Self {
        Self(day)
    }
}

/// An instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time(pub Instant);

text_value!(
    Time,
    Object::builder()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some("An instant, as a clock in Shanghai shows it."))
        .examples([serde_json::json!("2026-01-31T10:00:00.000+08:00")])
);

/// Shanghai is eight hours ahead of UTC, all year since 1991.
const SHANGHAI_MILLIS: i64 = 8 * 3_600_000;

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let of_day = (self.0.millis() + SHANGHAI_MILLIS).rem_euclid(86_400_000);
        let (seconds, millis) = (of_day / 1000, of_day % 1000);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let day = self.0.day();
        to.collect_str(&format_args!("{day}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}+08:00"))
    }
}

impl From<Instant> for Time {
    fn from(at: Instant) -> Self {
        Self(at)
    }
}

/// A position (WGS-84), in degrees, on the territory that the program serves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Degrees")]
pub(super) struct Place {
    /// Degrees north, to the seventh decimal.
    #[schema(minimum = 18, maximum = 54, example = 31.2304)]
    latitude: f64,
    /// Degrees east, to the seventh decimal.
    #[schema(minimum = 73, maximum = 136, example = 121.4737)]
    longitude: f64,
    #[serde(skip)]
    #[schema(ignore)]
    at: Position,
}

/// Two numbers that may be a position.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Degrees {
    latitude: f64,
    longitude: f64,
}

impl TryFrom<Degrees> for Place {
    type Error = PositionError;

    fn try_from(sent: Degrees) -> Result<Self, PositionError> {
        let whole = |number: f64| degrees(&format!("{number:.7}")).ok_or(PositionError::Outside);
        Position::new(whole(sent.latitude)?, whole(sent.longitude)?).map(Self::from)
    }
}

impl From<Position> for Place {
    fn from(at: Position) -> Self {
        // Written as decimals and read as a number: the shortest number that is those decimals again.
        let number = |degrees: i64| degrees_text(degrees).parse().unwrap_or_default();
        Self { latitude: number(at.lat()), longitude: number(at.lon()), at }
    }
}

impl Place {
    /// The position.
    pub fn position(self) -> Position {
        self.at
    }
}

/// A word of a closed list, by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code<T>(pub T);

/// The words of a closed list.
pub(super) trait Coded: Copy + 'static {
    /// What the list is called in the documentation.
    const NAME: &'static str;
    /// Every word.
    fn all() -> Vec<Self>;
    /// Its code.
    fn code(self) -> &'static str;
}

impl<T: Coded> Serialize for Code<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.code())
    }
}

impl<'de, T: Coded> Deserialize<'de> for Code<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let known = T::all().into_iter().find(|word| word.code() == text);
        known.map(Self).ok_or_else(|| {
            let codes: Vec<&str> = T::all().into_iter().map(Coded::code).collect();
            D::Error::invalid_value(Unexpected::Str(&text), &codes.join(", ").as_str())
        })
    }
}

impl<T: Coded> PartialSchema for Code<T> {
    fn schema() -> RefOr<Schema> {
        let codes: Vec<&str> = T::all().into_iter().map(Coded::code).collect();
        RefOr::T(Schema::Object(Object::builder().schema_type(Type::String).enum_values(Some(codes)).build()))
    }
}

impl<T: Coded> ToSchema for Code<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

/// Declares the lists, and every schema that an operation may name without holding it itself.
macro_rules! codes {
    ($($alias:ident = $type:ty, $name:literal, $all:expr, $code:ident;)*) => {
        $(
            #[doc = concat!("A code of ", stringify!($type), ".")]
            pub(super) type $alias = Code<$type>;

            impl Coded for $type {
                const NAME: &'static str = $name;

                fn all() -> Vec<Self> {
                    $all.to_vec()
                }

                fn code(self) -> &'static str {
                    self.$code()
                }
            }
        )*

        /// The schemas of values: parameters name them, and nothing collects what parameters name.
        pub(super) fn schemas() -> Vec<(String, RefOr<Schema>)> {
            let named = |name: Cow<'static, str>, schema| (name.into_owned(), schema);
            vec![
                $(named($alias::name(), $alias::schema()),)*
                named(Date::name(), Date::schema()),
                named(Time::name(), Time::schema()),
                named(Place::name(), Place::schema()),
                named(Limit::name(), Limit::schema()),
                named(After::name(), After::schema()),
            ]
        }
    };
}

codes! {
    Kind = CommunityKind, "CommunityKind", CommunityKind::ALL, as_code;
    Mode = GovernanceMode, "GovernanceMode", GovernanceMode::ALL, as_code;
    Right = PropertyRight, "PropertyRight", PropertyRight::ALL, as_code;
    Form = StationForm, "StationForm", StationForm::ALL, as_code;
    Prescribes = ConsequenceKind, "Consequence", ConsequenceKind::ALL, as_code;
    Fact = Factor, "Factor", Factor::ALL, as_code;
    Difficulty = Band, "Band", Band::ALL, as_code;
    Sort = Order, "CommunityOrder", Order::ALL, as_str;
    CoverageStep = Step, "CoverageStep", Step::ALL, as_str;
    StationFunction = Function, "StationFunction", Function::ALL, as_str;
    PublicFigure = Figure, "PublicFigure", Figure::ALL, as_str;
    Finding = Check, "Check", Check::ALL, as_str;
    FindingGrade = Grade, "Grade", Grade::ALL, as_str;
    GapKind = gaps::Kind, "GapKind", gaps::Kind::ALL, as_str;
    GapStanding = gaps::Standing, "GapStanding", gaps::Standing::ALL, as_str;
    SiteMark = Mark, "Mark", [Mark::Pin, Mark::Forbid], as_str;
    PlanState = State, "PlanState", [State::Scenario, State::Adopted, State::Superseded], as_str;
    Sheet = SheetId, "Sheet", SheetId::ALL, as_str;
    UploadStanding = UploadState, "UploadStanding", UploadState::ALL, as_str;
    RegisterFile = exchange::Form, "RegisterFile", exchange::Form::ALL, as_str;
    RoleCode = Role, "Role", Role::HELD, as_str;
    Did = Action, "Action", Action::ALL, as_str;
    AuditOutcome = Outcome, "AuditOutcome", [Outcome::Done, Outcome::Refused], as_str;
    MatterState = matters::State, "MatterState", matters::State::ALL, as_str;
    MatterHolder = matters::Holder, "MatterHolder", matters::Holder::ALL, as_str;
    MatterSource = matters::Source, "MatterSource", matters::Source::ALL, as_str;
    MatterOutcome = matters::Outcome, "MatterOutcome", matters::Outcome::ALL, as_str;
    SurveyQuestion = matters::Question, "SurveyQuestion", matters::Question::ALL, as_str;
    MatterQueue = matters::Queue, "MatterQueue", matters::Queue::ALL, as_str;
    ServiceCategory = services::Category, "ServiceCategory", services::Category::ALL, as_str;
    ReferralState = services::State, "ReferralState", services::State::ALL, as_str;
    ReferralStep = services::Step, "ReferralStep", services::Step::ALL, as_str;
    WhoConsents = services::ConsentBy, "WhoConsents", services::ConsentBy::ALL, as_str;
    WayOfConsent = services::ConsentHow, "WayOfConsent", services::ConsentHow::ALL, as_str;
    OutcomeCode = visits::Outcome, "VisitOutcome", visits::Outcome::ALL, as_str;
    SlotCode = visits::Slot, "VisitSlot", visits::Slot::ALL, as_str;
    WhyCode = visits::Why, "VisitWhy", visits::Why::ALL, as_str;
    NeedCode = visits::Category, "NeedCategory", visits::Category::ALL, as_str;
    MisfitCode = visits::Misfit, "VisitMisfit", visits::Misfit::ALL, as_str;
    VisitMark = visits::Mark, "VisitMark", visits::Mark::ALL, as_str;
    NoticeKind = notices::Kind, "NoticeKind", notices::Kind::ALL, as_str;
    NoticeChannel = notices::Channel, "NoticeChannel", notices::Channel::ALL, as_str;
    NoticeLanguage = notices::Tongue, "NoticeLanguage", notices::Tongue::ALL, as_str;
    NoticeThing = notices::Thing, "NoticeThing", notices::Thing::ALL, as_str;
    MessageState = notices::State, "MessageState", notices::State::ALL, as_str;
    Unsendable = notices::Why, "Unsendable", notices::Why::ALL, as_str;
    PlanChange = Change, "PlanChange", [Change::Kept, Change::Opens, Change::Moves, Change::Closes], as_str;
}

/// What came of something that somebody did or tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused,
}

impl Outcome {
    /// As the audit has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => DONE,
            Self::Refused => REFUSED,
        }
    }
}

/// At most so many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit(pub u16);

text_value!(
    Limit,
    Object::builder()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(MOST_ROWS))
        .default(Some(serde_json::json!(LIMIT)))
        .description(Some("At most so many rows."))
);

impl Default for Limit {
    fn default() -> Self {
        Self(LIMIT)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let limit = u16::deserialize(from)?;
        if (1..=MOST_ROWS).contains(&limit) {
            return Ok(Self(limit));
        }
        Err(D::Error::invalid_value(Unexpected::Unsigned(limit.into()), &"1 to 200"))
    }
}

/// Where a list goes on, as `next` of the answer before said it: the key of a row, in hexadecimal digits so that nobody
/// makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct After(String);

text_value!(
    After,
    Object::builder()
        .schema_type(Type::String)
        .description(Some("Go on after this row: `next` of the answer before."))
);

impl After {
    /// After the row of a key.
    pub fn key(key: &str) -> Self {
        let length = key.len() * 2;
        Self(key.bytes().fold(String::with_capacity(length), |mut text, byte| {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
            text
        }))
    }

    /// As the address of the next rows holds it.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The key of the row. What no list said is no row to go on after.
    pub fn read(&self) -> Result<String, Fault> {
        self.decoded().ok_or(Fault::Absent)
    }

    fn decoded(&self) -> Option<String> {
        let digits: Option<Vec<u32>> = self.0.chars().map(|c| c.to_digit(16)).collect();
        let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
        let bytes = digits.chunks_exact(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok());
        String::from_utf8(bytes.collect::<Option<_>>()?).ok().filter(|text| !text.contains('\0'))
    }
}

/// A reference to a schema of the documentation.
pub(super) fn reference<T: ToSchema>() -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(T::name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_their_text() {
        let day = Day::parse("2026-01-31").unwrap();
        assert_eq!(serde_json::to_string(&Date(day)).unwrap(), "\"2026-01-31\"");
        assert_eq!(serde_json::from_str::<Date>("\"2026-01-31\"").unwrap().0, day);
        assert!(serde_json::from_str::<Date>("\"31.1.2026\"").is_err());
        let time = serde_json::to_string(&Time(Instant::at(day, 9, 5))).unwrap();
        assert_eq!(time, "\"2026-01-31T09:05:00.000+08:00\"");
        let at = Position::new(312_304_001, 1_214_737_009).unwrap();
        let place = Place::from(at);
        let text = serde_json::to_string(&place).unwrap();
        assert_eq!(text, r#"{"latitude":31.2304001,"longitude":121.4737009}"#);
        assert_eq!(serde_json::from_str::<Place>(&text).unwrap().position(), at);
        for bad in [
            r#"{"latitude":-91,"longitude":121}"#,
            r#"{"latitude":31}"#,
            r#"{"latitude":121,"longitude":31}"#,
        ] {
            assert!(serde_json::from_str::<Place>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_code_that_nobody_knows_is_refused_with_those_that_are_known() {
        assert_eq!(serde_json::from_str::<Kind>("\"other\"").unwrap().0, CommunityKind::Other);
        let refused = serde_json::from_str::<Kind>("\"hotel\"").unwrap_err().to_string();
        assert!(refused.contains("market_rental"), "{refused}");
        for (limit, good) in [(0, false), (1, true), (200, true), (201, false)] {
            assert_eq!(serde_json::from_str::<Limit>(&limit.to_string()).is_ok(), good, "{limit}");
        }
    }

    #[test]
    fn where_a_list_goes_on_is_read_back_and_nothing_else_is() {
        assert_eq!(After::key("闵行区 1|x").read().unwrap(), "闵行区 1|x");
        for bad in ["7", "zz", "ff"] {
            assert!(matches!(After(bad.into()).read(), Err(Fault::Absent)), "{bad}");
        }
    }
}
