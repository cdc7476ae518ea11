//! Sentences in both languages, made from a clause's own fields.

use crate::check::Case;
use crate::clause::{Clause, Condition, Consequence, Factor, Operator, Value};
use crate::difficulty::Difficulty;
use crate::facts::Decided;
use crate::file::DraftError;
use crate::prescribe::{Considered, Decision, Missing, Reason, So};
use crate::staffing::Staffing;
use crate::vocabulary::{Band, GovernanceMode};
use crate::words::{Language, grouped, pick, tenths};

impl Value {
    /// The value as people read it, with the unit of its factor: `612 户`, `1.45 residents a room`.
    pub fn words(self, factor: Factor, language: Language) -> String {
        match self {
            Self::Kind(kind) => kind.name(language).to_owned(),
            Self::Right(right) => right.name(language).to_owned(),
            Self::Committee(committee) => committee.name(language).to_owned(),
            Self::Band(band) => band.name(language).to_owned(),
            Self::Number(number) => measure(factor, number, language),
        }
    }
}

fn measure(factor: Factor, number: i64, language: Language) -> String {
    let count = grouped(number);
    match (factor, language) {
        (Factor::Households, Language::Zh) => format!("{count} 户"),
        (Factor::Households, Language::En) => counted(number, "household", "households"),
        (Factor::Density, Language::Zh) => format!("{}.{:02} 人/间", grouped(number / 100), number % 100),
        (Factor::Density, Language::En) => {
            format!("{}.{:02} residents a room", grouped(number / 100), number % 100)
        }
        (Factor::Turnover, Language::Zh) => format!("每月 {}% 换租", tenths(number)),
        (Factor::Turnover, Language::En) => format!("{}% new tenancies a month", tenths(number)),
        (Factor::FeeCollection, Language::Zh) => format!("收缴 {}%", tenths(number)),
        (Factor::FeeCollection, Language::En) => format!("{}% collected", tenths(number)),
        (Factor::Disputes, Language::Zh) => format!("{count} 件"),
        (Factor::Disputes, Language::En) => counted(number, "open dispute", "open disputes"),
        (Factor::Distance, Language::Zh) => format!("步行 {count} 米"),
        (Factor::Distance, Language::En) => format!("{count} m on foot"),
        _ => count,
    }
}

fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// A case in words: `affordable rental, 1,001 households`.
pub(crate) fn case(case: &Case, language: Language) -> String {
    let parts: Vec<String> = case
        .iter()
        .map(|(factor, value)| match value {
            Some(Value::Band(band)) => match language {
                Language::Zh => format!("治理难度“{}”", band.name(language)),
                Language::En => format!("difficulty {}", band.name(language)),
            },
            Some(value) => value.words(*factor, language),
            None => format!("{}{}", factor.name(language), pick(language, "没有数据", ": no data")),
        })
        .collect();
    if parts.is_empty() {
        return pick(language, "任何社区", "any community").to_owned();
    }
    parts.join(pick(language, "，", ", "))
}

impl Clause {
    /// When the clause applies: `类型：保障性租赁住房；规划容量超过 1,000 户`.
    pub fn when_words(&self, language: Language) -> String {
        if self.when.is_empty() {
            return pick(language, "适用于每一个社区", "Every community").to_owned();
        }
        let parts: Vec<String> = self.when.iter().map(|condition| condition.words(language)).collect();
        capitalised(&parts.join(pick(language, "；", "; ")))
    }

    /// What follows where it applies: `站点形式：单独设站`; none for a clause that explains.
    pub fn then_words(&self, language: Language) -> Option<String> {
        self.then.as_ref().map(|consequence| named(consequence, &consequence.words(language), language))
    }
}

impl Condition {
    /// What is asked: `规划容量超过 1,000 户`.
    pub fn words(&self, language: Language) -> String {
        let name = self.factor.name(language);
        let constants: Vec<String> =
            self.constant.values().iter().map(|value| value.words(self.factor, language)).collect();
        let constant = constants.join(pick(language, "、", " or "));
        match (self.factor, self.operator, language) {
            // A committee's state names itself.
            (Factor::Committee, ..) => constant,
            (_, Operator::Is | Operator::In, Language::Zh) => format!("{name}：{constant}"),
            (_, Operator::Is | Operator::In, Language::En) => format!("{name}: {constant}"),
            (_, Operator::Over, Language::Zh) => format!("{name}超过 {constant}"),
            (_, Operator::Over, Language::En) => format!("{name} over {constant}"),
            (_, Operator::AtMost, Language::Zh) => format!("{name}不超过 {constant}"),
            (_, Operator::AtMost, Language::En) => format!("{name} at most {constant}"),
        }
    }
}

impl Reason {
    /// The reason in words: `规划容量 612 户，不超过 1,000 户`.
    pub fn words(&self, language: Language) -> String {
        let name = self.factor.name(language);
        let Some(value) = self.value else {
            return match language {
                Language::Zh => format!("{name}没有数据"),
                Language::En => format!("{name}: no data"),
            };
        };
        let here = value.words(self.factor, language);
        let here = match (self.factor, self.factor.is_number(), language) {
            // A committee's state names itself.
            (Factor::Committee, _, _) => here,
            (_, true, _) => format!("{name} {here}"),
            (_, false, Language::Zh) => format!("{name}：{here}"),
            (_, false, Language::En) => format!("{name}: {here}"),
        };
        let verdict = self.verdict(language);
        if verdict.is_empty() { here } else { here + pick(language, "，", ", ") + &verdict }
    }

    /// How the value stands to the constant: `不超过 1,000 户`; empty where the value itself says it.
    fn verdict(&self, language: Language) -> String {
        let constants: Vec<String> =
            self.constant.values().iter().map(|value| value.words(self.factor, language)).collect();
        let constant = constants.join(pick(language, "、", " or "));
        let stands = match (self.operator, self.holds) {
            (Operator::Over, true) => pick(language, "超过 ", "over "),
            (Operator::Over, false) => pick(language, "没有超过 ", "not over "),
            (Operator::AtMost, true) => pick(language, "不超过 ", "at most "),
            (Operator::AtMost, false) => pick(language, "超过了 ", "more than "),
            (Operator::Is | Operator::In, true) => return String::new(),
            (Operator::Is | Operator::In, false) => pick(language, "不是", "not "),
        };
        format!("{stands}{constant}")
    }
}

impl Considered {
    /// "Here": what this community is, held against the clause's conditions.
    pub fn here(&self, language: Language) -> String {
        if self.because.is_empty() {
            return pick(language, "适用于每一个社区", "Applies to every community").to_owned();
        }
        let mut text = String::new();
        let mut before = None;
        for reason in &self.because {
            if before == Some(reason.factor) && reason.value.is_some() {
                // Two bounds on one number: the number is not said twice.
                text.push_str(pick(language, "，", ", "));
                text.push_str(&reason.verdict(language));
            } else {
                if before.is_some() {
                    text.push_str(pick(language, "；", "; "));
                }
                text.push_str(&reason.words(language));
            }
            before = Some(reason.factor);
        }
        capitalised(&text)
    }

    /// "So": what follows for this community.
    pub fn outcome(&self, language: Language) -> String {
        match &self.so {
            So::Nothing => pick(language, "没有影响", "No effect").to_owned(),
            So::Superseded(by) => match language {
                Language::Zh => format!("由第 {by} 条优先规定"),
                Language::En => format!("Clause {by} takes precedence"),
            },
            So::Unknown => {
                pick(language, "缺少数据，还不能判断", "Cannot be said while data are missing").to_owned()
            }
            So::Prescribes(consequence) => named(consequence, &consequence.words(language), language),
            So::Staffs(staffing) => match language {
                Language::Zh => format!("工作人员：{}", staffing.words(language)),
                Language::En => format!("Workers: {}", staffing.words(language)),
            },
            So::Decides(decision) => match language {
                Language::Zh => format!("站点形式：{}", decision.words(language)),
                Language::En => format!("Form of station: {}", decision.words(language)),
            },
        }
    }

    /// Both in one sentence.
    pub fn sentence(&self, language: Language) -> String {
        match language {
            Language::Zh => format!("{}，所以{}。", self.here(language), self.outcome(language)),
            Language::En => format!("{}. {}.", self.here(language), self.outcome(language)),
        }
    }
}

fn named(consequence: &Consequence, words: &str, language: Language) -> String {
    let name = consequence.kind().name(language);
    match language {
        Language::Zh => format!("{name}：{words}"),
        Language::En => capitalised(&format!("{name}: {words}")),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + letters.as_str()
}

impl Consequence {
    /// What it prescribes, in words.
    pub fn words(&self, language: Language) -> String {
        let zh = language == Language::Zh;
        match self {
            Self::Modes(modes) => modes_in_words(modes, language),
            Self::Station(form) => form.name(language).to_owned(),
            Self::Workers(rule) => {
                let per = grouped(rule.households_per_worker);
                if zh { format!("每 {per} 户 1 人") } else { format!("1 for every {per} households") }
            }
            Self::Visits(visits) => {
                let (times, months, days) = (visits.times, visits.months, visits.days_after_moving_in);
                if zh {
                    format!("{months} 个月 {times} 次，入住 {days} 天内 1 次")
                } else {
                    format!(
                        "{} in {months} months, and one within {days} days of moving in",
                        counted(times, "contact", "contacts")
                    )
                }
            }
            Self::PriorityVisits(months) if zh => format!("对需要更多关心的住户，{months} 个月 1 次"),
            Self::PriorityVisits(months) => format!(
                "one contact in {} with households that need more",
                counted(*months, "month", "months")
            ),
            Self::Deadlines(days) => {
                let (first, enquiry, supervised) = (days.first_contact, days.enquiry, days.supervised);
                let (ordinary, complex) = (days.ordinary, days.complex);
                if zh {
                    format!(
                        "先行联系 {first} 个、咨询 {enquiry} 个、督办 {supervised} 个、一般 {ordinary} 个、复杂 {complex} 个工作日"
                    )
                } else {
                    format!(
                        "first contact {first}, enquiries {enquiry}, supervised {supervised}, ordinary {ordinary}, complex {complex} working days"
                    )
                }
            }
            Self::OpenHours(open) if zh => {
                format!("每周至少 {} 个半天，{} 小时", open.half_days, open.hours)
            }
            Self::OpenHours(open) => format!(
                "at least {} a week, {}",
                counted(open.half_days, "half-day", "half-days"),
                counted(open.hours, "hour", "hours")
            ),
            Self::StaffedHours(hours) if zh => format!("每周至少 {} 小时有人在岗", grouped(*hours)),
            Self::StaffedHours(hours) => {
                format!("somebody at work for at least {} a week", counted(*hours, "hour", "hours"))
            }
            Self::WalkingLimit(metres) if zh => format!("步行不超过 {} 米", grouped(*metres)),
            Self::WalkingLimit(metres) => format!("at most {} m on foot", grouped(*metres)),
            Self::Room(square) if zh => format!("不少于 {} ㎡", grouped(*square)),
            Self::Room(square) => format!("at least {} ㎡", grouped(*square)),
            Self::WorkersPerTenThousand(workers) if zh => {
                format!("全区每 10,000 名居民 {} 名，按全区总数计，不分摊到站点", grouped(*workers))
            }
            Self::WorkersPerTenThousand(workers) => format!(
                "{} for every 10,000 residents, a total of the whole district and of no single station",
                grouped(*workers)
            ),
        }
    }
}

pub(crate) fn modes_in_words(modes: &[GovernanceMode], language: Language) -> String {
    let names: Vec<&str> = modes.iter().map(|mode| mode.name(language)).collect();
    names.join(pick(language, "，", ", "))
}

impl Staffing {
    /// People, and how they were counted.
    pub fn words(&self, language: Language) -> String {
        let (per, band) = (grouped(self.households_per_worker), self.band.name(language));
        let extra = self.extra;
        match (language, self.band, self.extra) {
            (Language::Zh, Band::NoData, _) => {
                format!("{} 人（每 {per} 户 1 人，难度没有数据，不加人）", self.people)
            }
            (Language::Zh, _, 0) => {
                format!("{} 人（每 {per} 户 1 人，难度“{band}”不加人）", self.people)
            }
            (Language::Zh, _, _) => {
                format!("{} 人（每 {per} 户 1 人，难度“{band}”加 {extra}%）", self.people)
            }
            (Language::En, Band::NoData, _) => {
                format!(
                    "{} (1 for every {per} households; no data on difficulty, which adds nobody)",
                    self.people
                )
            }
            (Language::En, _, 0) => {
                format!("{} (1 for every {per} households; {band} difficulty adds nobody)", self.people)
            }
            (Language::En, _, _) => {
                format!("{} (1 for every {per} households; {band} difficulty adds {extra}%)", self.people)
            }
        }
    }
}

impl Decision {
    /// Where the decision stands.
    pub fn words(&self, language: Language) -> String {
        match self {
            Self::NotNeeded => pick(language, "条文已定，不需要另行决定", "settled by the clause").to_owned(),
            Self::Awaited => pick(language, "待指定人员决定", "to be decided by a named person").to_owned(),
            Self::Made(decided) => decided.words(language),
            Self::Unasked(decided) => match language {
                Language::Zh => format!("条文已定；另有决定不影响结论：{}", decided.words(language)),
                Language::En => {
                    format!("settled by the clause; not affected by: {}", decided.words(language))
                }
            },
        }
    }
}

impl Decided {
    /// Who decided what, when and why.
    pub fn words(&self, language: Language) -> String {
        let Self { form, by, on, reason } = self;
        let form = form.name(language);
        match language {
            Language::Zh => format!("{form}（{by} {on} 决定，理由：{reason}）"),
            Language::En => format!("{form} (decided by {by} on {on}: {reason})"),
        }
    }
}

impl Difficulty {
    /// The result and its band: `45.4，中`; or that there is no data.
    pub fn words(&self, language: Language) -> String {
        let band = self.band.name(language);
        match self.result {
            Some(result) => tenths(result) + pick(language, "，", ", ") + band,
            None => band.to_owned(),
        }
    }
}

impl Factor {
    /// The name in a table of difficulty, where planned capacity stands for size.
    pub const fn difficulty_name(self, language: Language) -> &'static str {
        match self {
            Self::Households => pick(language, "规模", "size"),
            _ => self.name(language),
        }
    }
}

impl Missing {
    /// What cannot be said, and why: `站点形式：缺少规划容量，还不能判断`.
    pub fn words(&self, language: Language) -> String {
        let factors: Vec<&str> = self.factors.iter().map(|factor| factor.name(language)).collect();
        let (kind, factors) = (self.kind.name(language), factors.join(pick(language, "、", " and ")));
        match language {
            Language::Zh => format!("{kind}：缺少{factors}，还不能判断"),
            Language::En => capitalised(&format!("{kind}: cannot be said without {factors}")),
        }
    }
}

impl DraftError {
    /// Why the draft cannot be made.
    pub fn words(&self, language: Language) -> String {
        match (self, language) {
            (Self::Refused(fault), _) => fault.words(language),
            (_, Language::En) => self.to_string(),
            (Self::NoParameter(name), Language::Zh) => format!("手册没有参数“{name}”"),
            (Self::OutOfRange { name, value, least, most }, Language::Zh) => {
                format!(
                    "参数“{name}”应在 {} 与 {} 之间，不能是 {}",
                    grouped(*least),
                    grouped(*most),
                    grouped(*value)
                )
            }
        }
    }
}
