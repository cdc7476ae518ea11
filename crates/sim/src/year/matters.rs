//! What people ask for during the year: by the hotline about 2.3 for each thousand residents a month, in the house some forty
//! repairs, more in summer than at the spring festival; and what becomes of it. (Published figures of 北新泾: docs/measures.md.)

use base::{Calendar, Day, Instant};
use district::kit::{Actor, CommunityId, MatterId, Result, TenancyId};
use district::matters::{
    self, Advance, Category, Level, Receive, Reporter, ReturnReason, Rule, Source, Step, Survey,
    SuspendReason, TemplateWords, tree,
};

use super::{World, pictures};
use crate::dice::Dice;
use crate::people;

/// Calls of the hotline for a million residents in a month.
const HOTLINE: i64 = 2_300;
/// Repairs asked for in the house, for the same.
const REPAIRS: i64 = 42_000;
/// What workers find, for the same.
const FOUND: i64 = 1_500;
/// So many of a thousand leave a name and a telephone.
const NAMED: i64 = 40;

/// Thousandths of those who confirm that answer the questions.
const ANSWERED: i64 = 450;

/// A category with its weight among others.
type Kind = (&'static str, i64);

/// What the hotline is called for, with weights; a third is about property services.
const HOTLINE_KINDS: [Kind; 9] = [
    ("property-fee", 10),
    ("property-security", 9),
    ("property-cleaning", 9),
    ("lease-deposit", 14),
    ("lease-contract", 8),
    ("neighbours-noise", 22),
    ("safety-ebike", 10),
    ("service-school", 8),
    ("advice-question", 10),
];
const REPAIR_KINDS: [Kind; 7] = [
    ("property-repair-home", 70),
    ("property-repair-common", 14),
    ("property-lift", 4),
    ("property-cleaning", 5),
    ("property-security", 4),
    ("service-permit", 2),
    ("advice-suggestion", 1),
];
const FOUND_KINDS: [Kind; 4] =
    [("safety-fire", 20), ("neighbours-corridor", 45), ("safety-ebike", 25), ("service-amenity", 10)];

/// What is still to happen to matters, the earliest first.
#[derive(Default)]
pub(super) struct Pending(Vec<(Instant, MatterId, Step, &'static str)>);

impl Pending {
    /// What is still to happen to a matter that came in.
    pub(super) fn add(
        &mut self,
        dice: &mut Dice,
        (id, at, kind): (MatterId, Instant, &str),
        calendar: &Calendar,
    ) {
        self.0.extend(story(dice, id, at, kind, calendar));
    }
}

fn drawn(dice: &mut Dice, kinds: &[Kind]) -> &'static str {
    let all: i64 = kinds.iter().map(|(_, weight)| weight).sum();
    let mut at = dice.below(all);
    for (kind, weight) in kinds {
        if at < *weight {
            return kind;
        }
        at -= weight;
    }
    kinds[0].0
}

/// How many, where it is so many for a million and a month: whole ones, and one more by chance.
fn count(dice: &mut Dice, residents: i64, per_million: i64, season: i64) -> i64 {
    let millionths = residents * per_million * season / 100;
    millionths / 1_000_000 + i64::from(dice.below(1_000_000) < millionths % 1_000_000)
}

/// More in the hot months, less at the spring festival, in hundredths.
fn season(month: Day) -> i64 {
    match month.ymd().1 {
        2 => 72,
        6..=8 => 124,
        10 => 92,
        _ => 100,
    }
}

impl World<'_> {
    /// The matters of a month, and what happens during it to those of before.
    pub(super) fn matters(&mut self, month: Day, end: Day, pending: &mut Pending) -> Result<()> {
        let calendar = Calendar::published().map_err(|error| district::Error::Internal(error.to_string()))?;
        let operation = self.operations;
        let later = self.by_program(end - 1, |world, tx, call| {
            // The last minute of the month: everything that happened in it is over.
            call.now =
                if end > world.order.today { world.order.clock() } else { Instant::at(end - 1, 23, 59) };
            let mut dice = Dice::new(world.order.seed, "matters", operation);
            let mut received: Vec<Receive> = Vec::new();
            let mut steps = pending.0.clone();
            for number in 0..world.estates.len() {
                let homes = world.lived_in(number, month);
                for (at, source, kind) in world.asked(&mut dice, (number, &homes), (month, end)) {
                    let id: MatterId = call.id();
                    let command = world.receive(&mut dice, (id, number), (at, source, kind), &homes, call);
                    steps.extend(story(&mut dice, id, at, kind, &calendar));
                    received.push(command);
                }
            }
            let now = call.now;
            received.retain(|it| it.at.is_some_and(|at| at <= now));
            received.sort_by_key(|it| (it.at, it.id));
            let made = matters::receive(tx, call, (world.vault, &calendar), &received)?;
            pictures::give(tx, call, world.vault, (&received, &made))?;
            steps.sort_by_key(|(at, id, ..)| (*at, *id));
            let over = steps.partition_point(|(at, ..)| *at <= now);
            let rest = steps.split_off(over);
            let mut answering = Dice::new(world.order.seed, "surveys", operation);
            let confirmed = |step: &Step| matches!(step, Step::Confirm { .. });
            let confirmed: Vec<MatterId> =
                steps.iter().filter(|it| confirmed(&it.2)).map(|it| it.1).collect();
            let answered = confirmed.into_iter().filter(|_| answering.chance(ANSWERED)).collect::<Vec<_>>();
            let surveys: Vec<_> =
                answered.into_iter().map(|matter| (matter, survey(&mut answering))).collect();
            let commands: Vec<Advance> = steps
                .into_iter()
                .map(|(at, matter, step, note)| Advance {
                    matter,
                    seen: None,
                    step,
                    note: note.into(),
                    at: Some(at),
                })
                .collect();
            matters::advance(tx, call, (world.vault, &calendar), &commands)?;
            matters::record_surveys(tx, call, &surveys)?;
            while matters::pass_time(tx, call, &calendar)? > 0 {}
            Ok(rest)
        })?;
        pending.0 = later;
        Ok(())
    }

    /// Answers that the district gives often.
    pub(super) fn answers(&mut self, officer: &Actor) -> Result<()> {
        let first = self.order.first_day();
        self.write(officer, first, |_, tx, call| {
            let said = |it: &[&str; 5]| TemplateWords {
                category: Some(it[0].to_owned()).filter(|code| !code.is_empty()),
                title: it[1].into(),
                title_en: it[2].into(),
                words: it[3].into(),
                words_en: it[4].into(),
            };
            let templates: Vec<_> = ANSWERS.iter().map(|it| (call.id(), said(it))).collect();
            matters::add_templates(tx, call, &templates)
        })
    }

    /// The households that live in a community at the beginning of a month.
    fn lived_in(&self, number: usize, month: Day) -> Vec<(TenancyId, i64)> {
        let home = &self.homes[number];
        let stays = home.stays[..home.begun].iter().zip(&home.tenancies);
        let lives = stays.filter(|(stay, _)| stay.from <= month && stay.to.is_none_or(|to| to > month));
        lives.filter_map(|(stay, tenancy)| Some(((*tenancy)?, stay.people))).collect()
    }

    /// What is asked for in a community during a month: when, by which way, of what kind.
    fn asked(
        &self,
        dice: &mut Dice,
        (number, homes): (usize, &[(TenancyId, i64)]),
        (month, end): (Day, Day),
    ) -> Vec<(Instant, Source, &'static str)> {
        let estate = &self.estates[number];
        let listed = estate.from <= month && estate.left.as_ref().is_none_or(|(left, _)| *left >= end);
        if !listed || homes.is_empty() {
            return Vec::new();
        }
        let residents: i64 = homes.iter().map(|(_, people)| people).sum();
        let mut asked = Vec::new();
        let ways: [(Source, i64, &[Kind]); 3] = [
            (Source::Hotline, HOTLINE, &HOTLINE_KINDS),
            (Source::Resident, REPAIRS, &REPAIR_KINDS),
            (Source::Worker, FOUND, &FOUND_KINDS),
        ];
        for (source, per_million, kinds) in ways {
            for _ in 0..count(dice, residents, per_million, season(month)) {
                let day = month + dice.below(end - month);
                let at = Instant::at(day, dice.between(8, 20), dice.between(0, 59));
                // Some call the station instead.
                let called = source == Source::Resident && dice.chance(120);
                asked.push((at, if called { Source::Telephone } else { source }, drawn(dice, kinds)));
            }
        }
        asked
    }

    fn receive(
        &self,
        dice: &mut Dice,
        (id, number): (MatterId, usize),
        (at, source, kind): (Instant, Source, &'static str),
        homes: &[(TenancyId, i64)],
        call: &mut district::kit::Call<'_>,
    ) -> Receive {
        let community: CommunityId = self.ids.communities[number];
        let named =
            matches!(source, Source::Resident | Source::Telephone | Source::Hotline) && dice.chance(NAMED);
        let reporter = named.then(|| {
            let person = people::invented(call.id(), dice, true);
            Reporter::Told {
                id: person.id,
                name: person.name,
                telephone: person.telephone.unwrap_or_default(),
            }
        });
        let household = *dice.pick(homes);
        let foreign_number = (source == Source::Hotline).then(|| {
            let bytes = id.uuid();
            format!("SH{}{:010}", at.day().ymd().0, bytes.as_u128() % 10_000_000_000)
        });
        Receive {
            id,
            source,
            foreign_number,
            community,
            building: None,
            place: (*dice.pick(&PLACES)).to_owned(),
            category: kind.to_owned(),
            words: words(kind).to_owned(),
            reporter,
            tenancy: (source != Source::Worker).then_some(household.0),
            shown: kind == "property-repair-home",
            secret: None,
            at: Some(at),
        }
    }
}

/// Category, title, title in English, text, text in English.
const ANSWERS: [[&str; 5]; 6] = [
    [
        "",
        "已联系，约定上门时间",
        "Reached; a time was agreed",
        "您反映的情况已经收到，我们已和您约定上门时间，处理后会再告诉您结果。",
        "We have received what you reported and agreed a time with you. We will tell you the result.",
    ],
    [
        "property",
        "已派工维修",
        "A repair was ordered",
        "已经安排维修人员到场处理，请您看看是否恢复正常。",
        "Somebody was sent to repair it. Please see whether it works again.",
    ],
    [
        "property-fee",
        "费用在哪里看",
        "Where fees are shown",
        "这个季度的物业费用已在公示栏张贴，也可以到物业服务处查看明细。",
        "The fees of this quarter are posted on the board; the property office shows them in detail.",
    ],
    [
        "lease-deposit",
        "押金按合同退还",
        "The deposit is paid back",
        "房屋已验收，押金会按合同约定的时间退还到原支付账户。",
        "The flat was checked. The deposit goes back to the account it came from, as the contract says.",
    ],
    [
        "neighbours",
        "已上门沟通",
        "We talked to the neighbours",
        "我们已上门和双方沟通，约定了安静时间，请您再观察几天。",
        "We have talked to both sides and agreed on quiet hours. Please see how it goes for a few days.",
    ],
    [
        "service",
        "到哪里办理",
        "Where to go",
        "请带身份证和租赁备案凭证，到所在街镇的社区事务受理服务中心办理。",
        "Please bring your identity card and the filed lease to the affairs centre of your town.",
    ],
];

const PLACES: [&str; 6] = ["1 层大厅", "2 层电梯口", "楼道", "地下车库", "门口", "户内"];

fn words(kind: &str) -> &'static str {
    match kind {
        "property-repair-home" => "水槽下面漏水，放了盆接着，请来看看。",
        "property-repair-common" => "楼道的灯连着几天不亮，晚上看不清台阶。",
        "property-lift" => "电梯停在一层不动，按了没有反应。",
        "property-cleaning" => "垃圾房旁边有异味，袋子堆在外面。",
        "property-security" => "门禁刷不开，住户进不了门。",
        "property-fee" => "想知道这个季度的物业费用在哪里。",
        "lease-deposit" => "退租一个多月，押金还没有退。",
        "lease-contract" => "续签的合同还没有备案。",
        "neighbours-noise" => "隔壁晚上十一点以后声音很大。",
        "neighbours-corridor" => "楼道里堆了纸箱和旧家具。",
        "safety-fire" => "消防门被绳子拉住，关不上。",
        "safety-ebike" => "有人把电动车电池带上楼充电。",
        "service-permit" => "办居住证需要哪些材料？",
        "service-school" => "孩子明年入学，要怎么报名？",
        "service-amenity" => "希望在空地上放几张休息的椅子。",
        "advice-suggestion" => "建议把快递柜移到有灯的地方。",
        _ => "想问一问怎么办理。",
    }
}

/// What somebody answers who does: mostly good, and now and then one question is left out.
fn survey(dice: &mut Dice) -> Survey {
    let mut level = |good: i64| match dice.below(1000) {
        0..=39 => None,
        drawn if drawn < good => Some(Level::Good),
        drawn if drawn < good + (1000 - good) * 3 / 4 => Some(Level::Fair),
        _ => Some(Level::Poor),
    };
    Survey { speed: level(780), manner: level(900), result: level(820) }
}

/// What happens to a matter, from its first step to its confirmation; what nobody does, time does.
fn story(
    dice: &mut Dice,
    id: MatterId,
    received: Instant,
    kind: &str,
    calendar: &Calendar,
) -> Vec<(Instant, MatterId, Step, &'static str)> {
    let Some(Rule { term_days, .. }) = tree().get(kind).and_then(Category::rule) else { return Vec::new() };
    let terms = matters::Terms::new(calendar);
    let hour = |dice: &mut Dice, day: Day| Instant::at(day, dice.between(9, 17), dice.between(0, 59));
    let mut steps = Vec::with_capacity(6);
    let mut at = received;
    let mut next = |at: &mut Instant, to: Instant, step: Step, note: &'static str| {
        // Never before what came before it.
        *at = to.max(at.plus_millis(60_000));
        steps.push((*at, id, step, note));
    };
    // One in thirty is given back first, and begins anew with the next.
    let mut from = received.day();
    if dice.chance(30) {
        from = terms.after(from, 1).on;
        let to = hour(dice, from);
        next(&mut at, to, Step::Return(ReturnReason::NotMine), "不属于我们的范围。");
    }
    let accepted = terms.after(from, i64::from(dice.chance(350)).min(term_days - 1)).on;
    let to = hour(dice, accepted);
    next(&mut at, to, Step::Accept, "");
    if dice.chance(880) {
        let to = at.plus_millis(dice.between(2, 50) * 60_000);
        next(&mut at, to, Step::Contact, "");
    }
    if dice.chance(12) {
        let to = at.plus_millis(600_000);
        next(
            &mut at,
            to,
            Step::Suspend(SuspendReason::Works, to.day() + dice.between(10, 40)),
            "配件已订货。",
        );
        // It goes on by itself on its day; what comes after is drawn from there.
        return steps;
    }
    if dice.chance(500) {
        let to = at.plus_millis(dice.between(30, 180) * 60_000);
        next(&mut at, to, Step::Begin, "");
    }
    // Nine of ten in time; of the rest a few take very long, and some nobody answers at all.
    let days = match dice.below(1000) {
        0..=919 => dice.between(0, term_days),
        920..=984 => term_days + dice.between(1, 4),
        985..=994 => term_days + dice.between(5, 20),
        _ => return steps,
    };
    let to = hour(dice, terms.after(from, days).on);
    next(&mut at, to, Step::Answer, "已经处理，请您看看。");
    let day = at.day() + dice.between(0, 5);
    let to = hour(dice, day);
    match dice.below(1000) {
        0..=669 => {
            let satisfied = dice.chance(600).then(|| dice.chance(930));
            next(&mut at, to, Step::Confirm { satisfied }, "");
        }
        670..=704 => {
            next(&mut at, to, Step::Reopen, "没有修好，又坏了。");
            let day = terms.after(at.day(), dice.between(1, term_days)).on;
            let to = hour(dice, day);
            next(&mut at, to, Step::Answer, "重新处理好了。");
            let day = at.day() + dice.between(0, 4);
            let to = hour(dice, day);
            next(&mut at, to, Step::Confirm { satisfied: Some(true) }, "");
        }
        _ => {}
    }
    steps
}
