//! Public services of the simulated district, and the referrals of its year.

use base::Day;
use district::kit::{Call, PersonId, ProviderId, ReferralId, Result, ServiceId, TenancyId};
use district::services::{
    self, AddPlace, AddService, Advance, Category, Chased, Consent, ConsentBy, ConsentHow, Provider, Refer,
    State, Step, Words, rules,
};

use super::World;
use crate::dice::Dice;
use crate::land;

/// Referrals of a full-size district's year, beside those that begin at a door.
const REFERRALS: i64 = 800;
/// The weeks of thirteen months: four each.
const WEEKS: i64 = 52;
/// How long people consent.
const CONSENT: i64 = 120;
/// How often a household is drawn before a week has one referral fewer.
const DRAWS: usize = 20;

const WEEKDAYS: &str = "周一至周五 09:00-11:30\n周一至周五 13:30-16:30";
/// Offices of the towns are open on Saturday mornings too.
const OFFICE: &str = "周一至周五 09:00-16:30\n周六 09:00-11:30";
const ALWAYS: &str = "每天 08:00-20:00";

/// A service as it is written down here.
struct Kind {
    category: Category,
    name: (&'static str, &'static str),
    provider: (&'static str, &'static str),
    about: (&'static str, &'static str),
    apply: (&'static str, &'static str),
    fees: (&'static str, &'static str),
    place: (&'static str, &'static str),
    hours: &'static str,
    telephone: &'static str,
}

/// Services of the whole district; the first of them are the guide of the first week, in its order.
const DISTRICT: [Kind; 10] = [
    Kind {
        category: Category::Papers,
        name: ("居住证办理", "Residence permit"),
        provider: ("闵行区社区事务受理服务中心（示例）", "Community affairs centres (example)"),
        about: ("为来沪人员办理《上海市居住证》。", "The Shanghai residence permit for newcomers."),
        apply: (
            "带身份证和租赁备案凭证到任一街镇受理大厅办理。",
            "Bring your identity card and the filed lease to the hall of any town.",
        ),
        fees: ("免费", "Free"),
        place: ("受理大厅", "Service hall"),
        hours: OFFICE,
        telephone: "12345",
    },
    Kind {
        category: Category::Schooling,
        name: ("入学咨询", "School enrolment advice"),
        provider: ("闵行区招生考试咨询点（示例）", "Enrolment advice (example)"),
        about: (
            "随迁子女入学条件和登记时间的咨询。",
            "Conditions and dates of school enrolment for children of newcomers.",
        ),
        apply: ("先电话咨询，再带材料到咨询点。", "Telephone first, then bring your papers."),
        fees: ("免费", "Free"),
        place: ("咨询点", "Advice point"),
        hours: WEEKDAYS,
        telephone: "12345",
    },
    Kind {
        category: Category::Party,
        name: ("党组织关系转接", "Transfer of Party membership"),
        provider: ("闵行区党群服务中心（示例）", "Party service centres (example)"),
        about: (
            "流动党员组织关系的接收和转接。",
            "Receiving and transferring the membership of those who moved.",
        ),
        apply: ("带介绍信到居住地的党群服务中心。", "Bring the letter to the centre where you live."),
        fees: ("免费", "Free"),
        place: ("党群服务中心", "Party service centre"),
        hours: ALWAYS,
        telephone: "12371",
    },
    Kind {
        category: Category::Utilities,
        name: ("自来水开户和过户", "Water: opening and transfer"),
        provider: ("自来水营业厅（示例）", "Water office (example)"),
        about: ("开户、过户、报修和缴费。", "Opening, transfer, repairs and payment."),
        apply: ("网上或营业厅办理。", "Online or at the office."),
        fees: ("按表计费", "By the meter"),
        place: ("营业厅", "Office"),
        hours: OFFICE,
        telephone: "962740",
    },
    Kind {
        category: Category::Utilities,
        name: ("用电开户和过户", "Electricity: opening and transfer"),
        provider: ("供电营业厅（示例）", "Electricity office (example)"),
        about: ("开户、过户、报修和缴费。", "Opening, transfer, repairs and payment."),
        apply: ("网上或营业厅办理。", "Online or at the office."),
        fees: ("按表计费", "By the meter"),
        place: ("营业厅", "Office"),
        hours: OFFICE,
        telephone: "95598",
    },
    Kind {
        category: Category::Utilities,
        name: ("燃气开户和安全检查", "Gas: opening and safety check"),
        provider: ("燃气营业厅（示例）", "Gas office (example)"),
        about: ("开户、过户和入户安全检查。", "Opening, transfer and safety checks at home."),
        apply: ("电话预约。", "By telephone."),
        fees: ("安全检查免费", "The check is free"),
        place: ("营业厅", "Office"),
        hours: OFFICE,
        telephone: "962777",
    },
    Kind {
        category: Category::Utilities,
        name: ("宽带办理", "Broadband"),
        provider: ("电信营业厅（示例）", "Network office (example)"),
        about: ("宽带新装和移机。", "New lines and moves."),
        apply: ("营业厅或电话办理。", "At the office or by telephone."),
        fees: ("按套餐", "By the plan"),
        place: ("营业厅", "Office"),
        hours: ALWAYS,
        telephone: "10000",
    },
    Kind {
        category: Category::Work,
        name: ("就业服务和社保咨询", "Work and social insurance advice"),
        provider: ("闵行区就业促进中心（示例）", "Employment centre (example)"),
        about: ("岗位推荐、技能培训、社保咨询。", "Jobs, training, social insurance."),
        apply: ("带身份证现场登记。", "Bring your identity card."),
        fees: ("免费", "Free"),
        place: ("就业服务大厅", "Employment hall"),
        hours: WEEKDAYS,
        telephone: "12333",
    },
    Kind {
        category: Category::Housing,
        name: ("公积金支付房租咨询", "Paying rent from the housing fund"),
        provider: ("公积金管理部（示例）", "Housing fund office (example)"),
        about: ("提取公积金支付房租的条件和材料。", "Conditions and papers for paying rent from the fund."),
        apply: ("网上预约。", "Book online."),
        fees: ("免费", "Free"),
        place: ("服务大厅", "Hall"),
        hours: WEEKDAYS,
        telephone: "12329",
    },
    Kind {
        category: Category::Counselling,
        name: ("心理热线和面询", "Counselling by telephone and in person"),
        provider: ("闵行区心理服务中心（示例）", "Counselling centre (example)"),
        about: ("情绪、家庭、压力方面的倾诉和辅导。", "Talking about moods, family and pressure."),
        apply: ("电话预约面询。", "Telephone for a meeting."),
        fees: ("免费", "Free"),
        place: ("咨询室", "Room"),
        hours: ALWAYS,
        telephone: "962525",
    },
];

/// Services that each town has; the last only some.
const TOWN: [Kind; 4] = [
    Kind {
        category: Category::Health,
        name: ("家庭医生签约", "Family doctor"),
        provider: ("社区卫生服务中心（示例）", "community health centre (example)"),
        about: ("签约家庭医生，预约和转诊。", "Sign up with a family doctor; bookings and referrals."),
        apply: ("带医保卡到服务台签约。", "Bring your insurance card to the desk."),
        fees: ("签约免费", "Signing up is free"),
        place: ("服务台", "Desk"),
        hours: OFFICE,
        telephone: "12320",
    },
    Kind {
        category: Category::Law,
        name: ("租赁纠纷调解和法律咨询", "Mediation and legal advice"),
        provider: ("人民调解委员会（示例）", "mediation committee (example)"),
        about: ("押金、噪声、合同等纠纷的调解和咨询。", "Deposits, noise, contracts: mediation and advice."),
        apply: ("电话或现场登记。", "By telephone or on the spot."),
        fees: ("免费", "Free"),
        place: ("调解室", "Mediation room"),
        hours: WEEKDAYS,
        telephone: "12348",
    },
    Kind {
        category: Category::Care,
        name: ("社区助餐和上门照护", "Meals and care at home"),
        provider: ("综合为老服务中心（示例）", "care centre (example)"),
        about: (
            "老年人和行动不便者的助餐、助浴和照护评估。",
            "Meals, bathing and assessment for the old and those who cannot walk well.",
        ),
        apply: (
            "由本人或家属申请，先做评估。",
            "Apply yourself or by a relative; an assessment comes first.",
        ),
        fees: ("按评估等级", "By the assessment"),
        place: ("为老服务中心", "Care centre"),
        hours: ALWAYS,
        telephone: "962511",
    },
    Kind {
        category: Category::Culture,
        name: ("周末亲子活动", "Family weekends"),
        provider: ("社区文化活动中心（示例）", "culture centre (example)"),
        about: (
            "每月第一个周六的亲子阅读和手工。",
            "Reading and crafts with children on the first Saturday of the month.",
        ),
        apply: ("现场报名，人满为止。", "Sign up on the spot."),
        fees: ("免费", "Free"),
        place: ("活动中心", "Centre"),
        hours: "每月第一个周六 09:00-11:30",
        telephone: "12345",
    },
];

/// Services of the guide, of [`DISTRICT`].
const WEEK_ONE: usize = 7;
/// Towns that have the last kind of [`TOWN`].
const SOME_TOWNS: usize = 8;

/// What a service may be told; none of it is of anybody.
const NOTES: [&str; 5] =
    ["请先电话联系", "希望周末办理", "需要无障碍通道", "带一名儿童同行", "不便出门，请上门"];

/// A referral that may have a next step.
pub struct Open {
    id: ReferralId,
    seen: i64,
    state: State,
    until: Option<Day>,
}

/// What the year knows of services.
#[derive(Default)]
pub struct Referrals {
    /// The services of the whole district, then those of each town.
    services: Vec<(ServiceId, Option<usize>, Category)>,
    open: Vec<Open>,
}

impl Referrals {
    /// A service of a category for a town, if there is one.
    pub(super) fn service(&self, town: usize, category: Category, dice: &mut Dice) -> Option<ServiceId> {
        let near = self.near(town).filter(|(_, of)| *of == category).map(|(id, _)| id);
        let near: Vec<ServiceId> = near.collect();
        if near.is_empty() { None } else { Some(*dice.pick(&near)) }
    }

    fn near(&self, town: usize) -> impl Iterator<Item = (ServiceId, Category)> {
        let services = self.services.iter();
        services.filter(move |it| it.1.is_none_or(|of| of == town)).map(|it| (it.0, it.2))
    }

    /// A referral was made, with a consent.
    pub(super) fn begun(&mut self, id: ReferralId, until: Day) {
        self.open.push(Open { id, seen: 1, state: State::Sent, until: Some(until) });
    }
}

impl World<'_> {
    /// The directory, on the first day.
    pub(super) fn directory(&mut self) -> Result<()> {
        let first = self.order.first_day();
        let made = self.by_program(first, |world, tx, call| {
            let (mut providers, mut services) = (Vec::new(), Vec::new());
            let mut made = Vec::new();
            for (number, kind) in DISTRICT.iter().enumerate() {
                let towns: Vec<usize> =
                    if number == 0 || number == 2 { (0..land::TOWNS.len()).collect() } else { vec![number] };
                let week_one = (number < WEEK_ONE).then(|| i64::try_from(number).unwrap_or(0) + 1);
                let provider = provider(call, kind, "", "", first);
                let service = world.service(call, kind, provider.id, (None, week_one), &towns)?;
                made.push((service.id, None, kind.category));
                providers.push(provider);
                services.push(service);
            }
            for (town, of) in land::TOWNS.iter().enumerate() {
                let kinds = if town < SOME_TOWNS { &TOWN[..] } else { &TOWN[..TOWN.len() - 1] };
                for kind in kinds {
                    let provider = provider(call, kind, of.name, of.name_en, first);
                    let service = world.service(call, kind, provider.id, (Some(town), None), &[town])?;
                    made.push((service.id, Some(town), kind.category));
                    providers.push(provider);
                    services.push(service);
                }
            }
            services::add_providers(tx, call, &providers)?;
            services::add_services(tx, call, &services)?;
            Ok(made)
        })?;
        self.referrals.services = made;
        Ok(())
    }

    fn service(
        &self,
        call: &mut Call<'_>,
        kind: &Kind,
        provider: ProviderId,
        (town, week_one): (Option<usize>, Option<i64>),
        towns: &[usize],
    ) -> Result<AddService> {
        let mut places = Vec::with_capacity(towns.len());
        for &at in towns {
            let of = &land::TOWNS[at];
            let (x, y) = land::centre(at);
            places.push(AddPlace {
                id: call.id(),
                name: format!("{}{}", of.name, kind.place.0),
                name_en: format!("{}: {}", of.name_en, kind.place.1),
                address: format!("{}示例路 {} 号", of.name, 100 + at),
                town: self.ids.towns[at],
                community: None,
                premises: None,
                position: Some(land::position((x, y))),
                telephone: String::new(),
                hours: rules::lines(kind.hours)?,
            });
        }
        let words = Words {
            name: kind.name.0.into(),
            name_en: kind.name.1.into(),
            about: kind.about.0.into(),
            about_en: kind.about.1.into(),
            eligibility: "住在闵行区的居民".into(),
            eligibility_en: "Whoever lives in Minhang".into(),
            apply: kind.apply.0.into(),
            apply_en: kind.apply.1.into(),
            fees: kind.fees.0.into(),
            fees_en: kind.fees.1.into(),
            telephone: kind.telephone.into(),
        };
        let (id, from) = (call.id(), self.order.first_day());
        let town = town.map(|town| self.ids.towns[town]);
        Ok(AddService { id, provider, town, category: kind.category, words, week_one, from, places })
    }

    /// The referrals of a month, week by week: steps of those that are open, new ones, and the job that chases.
    pub(super) fn refer(&mut self, month: Day, end: Day) -> Result<()> {
        for week in 0..4 {
            let day = month + 6 + 7 * week;
            if day >= end {
                break;
            }
            self.take_steps(day)?;
            self.new_referrals(day)?;
            while self.by_program(day, |_, tx, call| services::chase(tx, call))? != Chased::default() {}
        }
        Ok(())
    }

    fn take_steps(&mut self, day: Day) -> Result<()> {
        let mut dice = Dice::new(self.order.seed, "steps of referrals", self.operations);
        let mut commands = Vec::new();
        let mut open = std::mem::take(&mut self.referrals.open);
        // What the job has ended is gone.
        open.retain(|it| it.until.is_none_or(|until| until >= day));
        for it in &mut open {
            let Some(step) = next_step(it.state, &mut dice) else { continue };
            let consent = (step == Step::Consent).then(|| consent(day, &mut dice));
            if let Some(consent) = &consent {
                it.until = Some(consent.until);
            }
            commands.push(Advance { id: it.id, seen: it.seen, step, consent });
            it.seen += 1;
            it.state = it.state.after(step)?;
        }
        open.retain(|it| it.state.is_open());
        self.referrals.open = open;
        if commands.is_empty() {
            return Ok(());
        }
        self.by_program(day, |world, tx, call| services::advance(tx, call, world.vault, &commands))
    }

    fn new_referrals(&mut self, day: Day) -> Result<()> {
        let week = (day - self.order.first_day()) * WEEKS / 396;
        let until_now = |weeks: i64| self.order.share(REFERRALS) * weeks / WEEKS;
        let count = until_now(week + 1) - until_now(week);
        let mut dice = Dice::new(self.order.seed, "referrals", self.operations);
        let mut drawn: Vec<(TenancyId, PersonId, ServiceId, Option<Consent>)> = Vec::new();
        for _ in 0..count {
            let Some((town, tenancy, person)) = self.somebody(day, &mut dice) else { continue };
            let near: Vec<ServiceId> = self.referrals.near(town).map(|(id, _)| id).collect();
            let consents = dice.chance(940).then(|| consent(day, &mut dice));
            drawn.push((tenancy, person, *dice.pick(&near), consents));
        }
        if drawn.is_empty() {
            return Ok(());
        }
        let made = self.by_program(day, |world, tx, call| {
            let commands: Vec<Refer> = drawn
                .iter()
                .map(|(tenancy, person, service, consent)| Refer {
                    id: call.id(),
                    service: *service,
                    tenancy: *tenancy,
                    person: *person,
                    consent: consent.clone(),
                })
                .collect();
            services::refer(tx, call, world.vault, &commands)?;
            Ok(commands)
        })?;
        self.referrals.open.extend(made.into_iter().map(|it| Open {
            id: it.id,
            seen: 1,
            state: if it.consent.is_some() { State::Sent } else { State::Asked },
            // Whoever was asked and says nothing is waited for less than a month.
            until: Some(it.consent.map_or(day + 27, |consent| consent.until)),
        }));
        Ok(())
    }

    /// A household of a day and the first of its people, with the number of its town.
    fn somebody(&self, day: Day, dice: &mut Dice) -> Option<(usize, TenancyId, PersonId)> {
        for _ in 0..DRAWS {
            let below = |dice: &mut Dice, count: usize| {
                usize::try_from(dice.below(i64::try_from(count).unwrap_or(1))).unwrap_or(0)
            };
            let number = below(dice, self.homes.len());
            let home = &self.homes[number];
            if home.heads.is_empty() {
                continue;
            }
            let stay = below(dice, home.heads.len());
            let lives = home.stays[stay].from <= day && home.stays[stay].to.is_none_or(|to| to > day);
            if let (true, Some(tenancy), Some(head)) = (lives, home.tenancies[stay], home.heads[stay]) {
                return Some((self.estates[number].town, tenancy, head));
            }
        }
        None
    }
}

fn provider(call: &mut Call<'_>, kind: &Kind, before: &str, before_en: &str, from: Day) -> Provider {
    Provider {
        id: call.id(),
        organisation: None,
        name: format!("{before}{}", kind.provider.0),
        name_en: format!("{before_en} {}", kind.provider.1).trim().to_owned(),
        telephone: kind.telephone.into(),
        website: String::new(),
        from,
    }
}

/// What somebody agrees to on a day.
pub(super) fn consent(day: Day, dice: &mut Dice) -> Consent {
    let by = if dice.chance(90) { ConsentBy::Guardian } else { ConsentBy::Person };
    let how = *dice.pick(&[ConsentHow::Spoken, ConsentHow::Spoken, ConsentHow::Written, ConsentHow::Message]);
    let note = if dice.chance(600) { *dice.pick(&NOTES) } else { "" };
    Consent { by, how, until: day + CONSENT, note: note.into() }
}

/// What happens within a week; `None`: nothing.
fn next_step(state: State, dice: &mut Dice) -> Option<Step> {
    let draw = dice.below(1000);
    match state {
        State::Asked if draw < 600 => Some(Step::Consent),
        State::Asked if draw < 680 => Some(Step::Withdraw),
        State::Sent if draw < 740 => Some(Step::Accept),
        State::Sent if draw < 790 => Some(Step::Decline),
        State::Accepted if draw < 520 => Some(Step::Attend),
        State::Accepted if draw < 600 => Some(Step::Miss),
        State::Accepted if draw < 620 => Some(Step::Withdraw),
        State::Missed if draw < 300 => Some(Step::Attend),
        State::Missed if draw < 380 => Some(Step::Withdraw),
        State::Attended if draw < 380 => Some(Step::Met),
        State::Attended if draw < 500 => Some(Step::Partly),
        State::Attended if draw < 550 => Some(Step::NotMet),
        _ => None,
    }
}
