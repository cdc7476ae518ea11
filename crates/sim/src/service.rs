//! Who governs and who serves: organisations, modes, premises, stations with their points, posts and rotas, factors.

use base::{Area, Day, code};
use district::handbook::AddFactor;
use district::kit::{Call, CommunityId, GridId, OrganisationId, PersonId, TownId};
use district::register::{AddOrganisation, BeginMode, BeginRemit, OrganisationKind};
use district::stations::{AddPoint, AddPost, AddPremises, AddStation, Fill, Place, RotaLine, Serve, SetRota};
use handbook::{CommunityKind, GovernanceMode, PropertyRight, StationForm};

use crate::Order;
use crate::dice::Dice;
use crate::estates::{Estate, Known};
use crate::land::{self, Grid};

/// Where the figures of a simulation come from.
const SOURCE: &str = "模拟";
/// Households of one worker: the handbook's number, by which stations were staffed.
const HOUSEHOLDS_A_WORKER: i64 = 500;
/// Points of a joint station besides its host.
const MOST_POINTS: usize = 4;

/// The ids of the district's places, drawn before anything is written.
pub struct Ids {
    pub towns: Vec<TownId>,
    pub grids: Vec<GridId>,
    pub communities: Vec<CommunityId>,
}

/// The organisations of the district and which of them have a remit where.
pub struct Organisations {
    pub all: Vec<AddOrganisation>,
    /// By grid: the neighbouring committee.
    pub neighbours: Vec<OrganisationId>,
    party: Vec<OrganisationId>,
    operators: Vec<OrganisationId>,
    managers: Vec<OrganisationId>,
    mall: OrganisationId,
    /// By number: companies that rent many dwellings for their people.
    pub tenants: Vec<OrganisationId>,
}

/// Draws the organisations.
pub fn organisations(order: &Order, ids: &Ids, grids: &[Grid], call: &mut Call<'_>) -> Organisations {
    let mut dice = Dice::new(order.seed, "organisations", 0);
    let mut all: Vec<AddOrganisation> = Vec::new();
    let from = order.first_day();
    let mut add =
        |call: &mut Call<'_>, kind: OrganisationKind, prefix: &str, name: String, name_en: String, town| {
            let id: OrganisationId = call.id();
            let uscc = (kind != OrganisationKind::PartyOrganisation).then(|| credit_code(&mut dice, prefix));
            let code = format!("{}-{:03}", kind.as_code(), all.len() + 1);
            all.push(AddOrganisation { id, code, kind, name, name_en, uscc, town, from });
            id
        };
    let numbered = |zh: &str, number: usize| format!("示例{zh}{}", number + 1);
    let operators = (0..18)
        .map(|n| {
            let name = numbered("住房租赁运营公司", n);
            let name_en = format!("Example Rental Operator {}", n + 1);
            add(call, OrganisationKind::RentalOperator, "91", name, name_en, None)
        })
        .collect();
    let managers = (0..14)
        .map(|n| {
            let name = numbered("物业服务公司", n);
            add(
                call,
                OrganisationKind::PropertyManager,
                "91",
                name,
                format!("Example Property {}", n + 1),
                None,
            )
        })
        .collect();
    let tenants = (0..12)
        .map(|n| {
            add(
                call,
                OrganisationKind::Merchant,
                "91",
                numbered("企业", n),
                format!("Example Company {}", n + 1),
                None,
            )
        })
        .collect();
    let mall = add(
        call,
        OrganisationKind::MallManager,
        "91",
        "示例商业管理公司".into(),
        "Example Mall Management".into(),
        None,
    );
    let (mut neighbours, mut party) = (Vec::new(), Vec::new());
    for grid in grids {
        let town = Some(ids.towns[grid.town]);
        let place = grid.name.trim_end_matches("网格");
        let (kind, word, prefix) = if grid.code.ends_with(['1', '4', '7']) {
            (OrganisationKind::VillageCommittee, "村委会", "54")
        } else {
            (OrganisationKind::ResidentsCommittee, "居委会", "55")
        };
        let english = format!("{} committee", grid.name_en.trim_end_matches(" Grid"));
        neighbours.push(add(call, kind, prefix, format!("{place}{word}"), english, town));
        party.push(add(
            call,
            OrganisationKind::PartyOrganisation,
            "",
            format!("{}党支部", grid.name),
            format!("{} party branch", grid.name_en),
            town,
        ));
    }
    Organisations { all, neighbours, party, operators, managers, mall, tenants }
}

/// A made-up unified social credit code whose check character is right (GB 32100-2015).
fn credit_code(dice: &mut Dice, prefix: &str) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut digits = format!("{prefix}310112");
    while digits.len() < 17 {
        digits.push(char::from(*dice.pick(ALPHABET)));
    }
    let passes =
        |last: &&u8| code::check_uscc(&format!("{digits}{}", char::from(**last))) == code::Check::Passes;
    let last = ALPHABET.iter().find(passes).copied().unwrap_or(b'0');
    digits.push(char::from(last));
    digits
}

/// Who has a remit in a community.
pub fn remits(
    order: &Order,
    number: usize,
    estate: &Estate,
    community: CommunityId,
    organisations: &Organisations,
) -> Vec<BeginRemit> {
    let mut dice = Dice::new(order.seed, "remits", number);
    let from = estate.from;
    let begin = |organisation: OrganisationId, remit: &str| BeginRemit {
        community,
        organisation,
        remit: remit.into(),
        from,
    };
    let mut remits = vec![
        begin(*dice.pick(&organisations.managers), "property"),
        begin(organisations.neighbours[estate.grid], "neighbour"),
        begin(organisations.party[estate.grid], "party"),
    ];
    if estate.right == PropertyRight::SingleOwner {
        remits.push(begin(*dice.pick(&organisations.operators), "operator"));
    }
    if estate.known == Some(Known::Aegean) {
        remits.push(begin(organisations.mall, "mall"));
    }
    remits
}

/// The governance modes a community got, each with its day; a few are still waiting for one.
pub fn modes(
    order: &Order,
    number: usize,
    estate: &Estate,
    community: CommunityId,
    organisations: &Organisations,
) -> Vec<BeginMode> {
    let mut dice = Dice::new(order.seed, "modes", number);
    let neighbour = Some(organisations.neighbours[estate.grid]);
    let first = match (dice.below(100), estate.right) {
        (0..5, _) => (GovernanceMode::OwnCommittee, None),
        (5..8, _) => (GovernanceMode::PreparatoryGroup, None),
        (_, PropertyRight::SeveralOwners) => (GovernanceMode::Incorporated, neighbour),
        (_, PropertyRight::SingleOwner) => (GovernanceMode::Custodial, neighbour),
    };
    let mut begin = |mode: (GovernanceMode, Option<OrganisationId>), chance: i64| {
        let from = order.first_day().plus_months(i32::try_from(dice.between(0, 10)).unwrap_or(0));
        let from = (from + dice.between(1, 25)).max(estate.from + 10);
        let settled = dice.chance(chance) && from <= order.today && estate.left.is_none();
        settled.then(|| BeginMode {
            community,
            mode: mode.0,
            organisation: mode.1,
            document_no: format!("模拟〔{}〕{}号", from.ymd().0, number + 1),
            from,
        })
    };
    let known = if estate.known.is_some() { 1000 } else { 945 };
    [begin(first, known), begin((GovernanceMode::Station, None), known)].into_iter().flatten().collect()
}

/// Premises of a grid that can host a station.
pub fn premises(
    order: &Order,
    number: usize,
    grid: &Grid,
    town: TownId,
    id: GridId,
    call: &mut Call<'_>,
) -> Vec<AddPremises> {
    let mut dice = Dice::new(order.seed, "premises", number);
    let kinds = [
        ("party_service_centre", "党群服务中心", "Party Service Centre"),
        ("committee_office", "居委会用房", "Committee Office"),
        ("community_room", "邻里会客厅", "Neighbours’ Room"),
    ];
    let count = usize::try_from(dice.between(1, 3)).unwrap_or(1);
    let place = grid.name.trim_end_matches("网格");
    let place_en = grid.name_en.trim_end_matches(" Grid");
    kinds
        .into_iter()
        .take(count)
        .map(|(kind, name, name_en)| {
            let offered = dice.chance(700);
            AddPremises {
                id: call.id(),
                kind: kind.into(),
                name: format!("{place}{name}"),
                name_en: format!("{place_en} {name_en}"),
                town,
                grid: Some(id),
                community: None,
                position: land::position(land::place_near(&mut dice, grid.middle, 350, grid.town)),
                room_offered: offered,
                area: Some(Area::from_cm2(dice.between(24, 120) * 10_000)),
                rent: (!offered).then(|| base::Money::from_fen(dice.between(30, 90) * 100_000)),
                from: order.first_day(),
            }
        })
        .collect()
}

/// The measured figures that difficulty reads; a few communities have none of some.
pub fn factors(order: &Order, number: usize, estate: &Estate, community: CommunityId) -> Vec<AddFactor> {
    let mut dice = Dice::new(order.seed, "factors", number);
    let fees = match (estate.known, estate.kind) {
        // "极低" in public reports; the number is simulated.
        (Some(Known::Aegean), _) => dice.between(180, 260),
        (_, CommunityKind::QuasiResidential) => dice.between(380, 880),
        _ => dice.between(780, 995),
    };
    let values = [
        ("density", dice.between(105, 180)),
        ("turnover", dice.between(25, 62)),
        ("fee_collection", fees),
        ("disputes", dice.below(7) * dice.below(3)),
        ("distance", dice.between(120, 2_400)),
    ];
    values
        .into_iter()
        .filter(|_| estate.known.is_some() || !dice.chance(80))
        .map(|(factor, value)| AddFactor {
            community,
            factor,
            value: Some(value),
            source: SOURCE.into(),
            from: estate.from,
        })
        .collect()
}

/// A station to be opened, with everything that belongs to it.
pub struct Opening {
    pub station: AddStation,
    pub opens: Day,
    pub serves: Vec<Serve>,
    pub posts: Vec<AddPost>,
    /// Who holds them: posts with a person; the others are vacant.
    pub fills: Vec<Fill>,
    pub people: Vec<PersonId>,
    pub rotas: Vec<SetRota>,
}

/// What a grid is made of, for its station.
pub struct GridView<'a> {
    pub number: usize,
    pub grid: &'a Grid,
    pub id: GridId,
    pub town: TownId,
    pub premises: &'a [AddPremises],
    /// Estates of the grid that stay in the list, with their ids.
    pub estates: Vec<(&'a Estate, CommunityId)>,
}

/// The day a grid's station opened; most did in the second half of the year, some did not yet.
fn joint_day(order: &Order, view: &GridView<'_>, dice: &mut Dice) -> Option<Day> {
    let first = order.first_day().plus_months(6);
    let day = if view.estates.iter().any(|(estate, _)| estate.known == Some(Known::Aegean)) {
        // Public reports: the first station, at 爱琴海, in June 2025.
        Day::of(2025, 6, 18).unwrap_or(first).max(order.first_day())
    } else {
        first.plus_months(i32::try_from(dice.below(6)).unwrap_or(0)) + dice.between(1, 27)
    };
    let opened = dice.chance(870) || view.grid.name == "紫藤网格";
    let there = view.estates.iter().any(|(estate, _)| estate.from <= day);
    (opened && day <= order.today && there).then_some(day)
}

/// The stations of a grid: one of its own for some large affordable rental estates, one for the others together.
pub fn openings(order: &Order, view: &GridView<'_>, call: &mut Call<'_>) -> Vec<Opening> {
    let mut dice = Dice::new(order.seed, "stations", view.number);
    let mut alone: Vec<CommunityId> = Vec::new();
    let mut openings = Vec::new();
    for (estate, id) in &view.estates {
        let large =
            estate.kind == CommunityKind::AffordableRental && estate.planned.is_some_and(|p| p > 1_000);
        if large && dice.chance(450) {
            let day = order.first_day().plus_months(6 + i32::try_from(dice.below(6)).unwrap_or(0)) + 8;
            if (estate.from..=order.today).contains(&day) {
                alone.push(*id);
                openings.push(standalone(view, estate, *id, day, &mut dice, call));
            }
        }
    }
    if let Some(day) = joint_day(order, view, &mut dice) {
        let together: Vec<_> = view.estates.iter().filter(|(_, id)| !alone.contains(id)).copied().collect();
        openings.push(joint(order, view, &together, day, &mut dice, call));
    }
    openings
}

fn telephone(dice: &mut Dice) -> String {
    // 021-5550 is nobody's.
    format!("021-5550{:04}", dice.below(10_000))
}

fn standalone(
    view: &GridView<'_>,
    estate: &Estate,
    id: CommunityId,
    day: Day,
    dice: &mut Dice,
    call: &mut Call<'_>,
) -> Opening {
    let point = AddPoint {
        id: call.id(),
        host: true,
        place: Place::Community(id),
        words: "1 号楼一层社工站".into(),
        position: land::position(estate.place),
        opened_on: Some(day),
    };
    let station = AddStation {
        id: call.id(),
        name: format!("{}社工站", estate.name),
        name_en: format!("{} Social Work Station", estate.name_en),
        form: StationForm::Standalone,
        town: view.town,
        grid: Some(view.id),
        telephone: telephone(dice),
        planned_on: day - 40,
        opened_on: Some(day),
        points: vec![point],
    };
    staffed(station, vec![(id, 0, day, estate.dwellings)], day, dice, call)
}

fn joint(
    order: &Order,
    view: &GridView<'_>,
    together: &[(&Estate, CommunityId)],
    day: Day,
    dice: &mut Dice,
    call: &mut Call<'_>,
) -> Opening {
    // A point lies in a community that is there on the day.
    let mut largest: Vec<&(&Estate, CommunityId)> =
        together.iter().filter(|(estate, _)| estate.from <= day).collect();
    largest.sort_by_key(|(estate, _)| (estate.known != Some(Known::Aegean), -estate.dwellings));
    let at_home = largest.first().is_some_and(|(estate, _)| estate.known == Some(Known::Aegean));
    let offered = view.premises.iter().find(|premises| premises.room_offered && !at_home);
    let mut places: Vec<((i64, i64), AddPoint)> = Vec::new();
    if let Some(premises) = offered {
        let point = AddPoint {
            id: call.id(),
            host: true,
            place: Place::Premises(premises.id),
            words: premises.name.clone(),
            position: premises.position,
            opened_on: Some(day),
        };
        places.push((view.grid.middle, point));
    }
    let count = MOST_POINTS.min(largest.len().div_ceil(2));
    for (estate, id) in largest.iter().take(count) {
        let host = places.is_empty();
        // A further point opens some weeks later; a few are still to come.
        let later = day + dice.between(7, 70);
        let opened_on = if host { Some(day) } else { (later <= order.today).then_some(later) };
        let point = AddPoint {
            id: call.id(),
            host,
            place: Place::Community(*id),
            words: if host { "商业街二层社工站".into() } else { "底层邻里会客厅".into() },
            position: land::position(estate.place),
            opened_on,
        };
        places.push((estate.place, point));
    }
    let open: Vec<usize> = (0..places.len()).filter(|i| places[*i].1.opened_on.is_some()).collect();
    let nearest = |place: (i64, i64)| {
        open.iter()
            .copied()
            .min_by_key(|i| (places[*i].0.0 - place.0).pow(2) + (places[*i].0.1 - place.1).pow(2))
    };
    let mut serves = Vec::new();
    for (estate, id) in together {
        let assigned = dice.chance(950) || estate.known.is_some();
        let Some(point) = nearest(estate.place).filter(|_| assigned) else { continue };
        let from = places[point].1.opened_on.unwrap_or(day).max(estate.from + 10);
        if from <= order.today {
            serves.push((*id, point, from, estate.dwellings));
        }
    }
    let name = if at_home { "爱琴海".to_owned() } else { view.grid.name.clone() };
    let name_en = if at_home { "Aegean Sea".to_owned() } else { view.grid.name_en.clone() };
    let station = AddStation {
        id: call.id(),
        name: format!("{name}社工站"),
        name_en: format!("{name_en} Social Work Station"),
        form: StationForm::Joint,
        town: view.town,
        grid: Some(view.id),
        telephone: telephone(dice),
        planned_on: day - 40,
        opened_on: Some(day),
        points: places.into_iter().map(|(_, point)| point).collect(),
    };
    staffed(station, serves, day, dice, call)
}

/// Gives a station its posts, most of them filled, and each open point its week.
fn staffed(
    station: AddStation,
    serves: Vec<(CommunityId, usize, Day, i64)>,
    day: Day,
    dice: &mut Dice,
    call: &mut Call<'_>,
) -> Opening {
    let households: i64 = serves.iter().map(|(.., dwellings)| dwellings).sum();
    let count = (households / HOUSEHOLDS_A_WORKER + 1).max(2);
    let posts: Vec<AddPost> = (0..count)
        .map(|n| AddPost {
            id: call.id(),
            station: station.id,
            title: if n % 3 == 2 { "social_worker".into() } else { "community_worker".into() },
            from: day,
        })
        .collect();
    let (mut fills, mut people) = (Vec::new(), Vec::new());
    for (n, post) in posts.iter().enumerate() {
        // The first post of a station is always filled: somebody opened it.
        if n == 0 || dice.chance(790) {
            let person = call.id();
            people.push(person);
            fills.push(Fill { post: post.id, person: Some(person), from: day });
        }
    }
    let mut turn = 0;
    let mut rotas = Vec::new();
    for (place, point) in station.points.iter().enumerate() {
        let Some(from) = point.opened_on else { continue };
        let largest =
            serves.iter().filter(|(_, at, ..)| *at == place).map(|(.., dwellings)| *dwellings).max();
        let half_days = week(station.form, point.host, largest.unwrap_or(0), dice);
        let mut lines = Vec::with_capacity(half_days.len());
        for (weekday, from_minute, to_minute) in half_days {
            lines.push(RotaLine {
                weekday,
                from_minute,
                to_minute,
                post: Some(posts[turn % posts.len()].id),
            });
            turn += 1;
        }
        rotas.push(SetRota { point: point.id, from, lines });
    }
    let serves = serves
        .into_iter()
        .map(|(community, point, from, _)| Serve {
            community,
            by: Some((station.id, station.points[point].id)),
            from,
        })
        .collect();
    Opening { opens: day, serves, posts, fills, people, rotas, station }
}

/// Dwellings of a community from which most of its points are open on six half-days.
const LARGE: i64 = 290;

/// The half-days a point is open: a host all week, and Saturday morning where chance says so; a point of a large
/// community mostly six times, any other two or three times, a few only once.
fn week(form: StationForm, host: bool, largest: i64, dice: &mut Dice) -> Vec<(i64, i64, i64)> {
    const MORNING: (i64, i64) = (9 * 60, 12 * 60 + 30);
    const AFTERNOON: (i64, i64) = (13 * 60, 16 * 60 + 30);
    let half = |weekday: i64, (from, to): (i64, i64)| (weekday, from, to);
    if host || form == StationForm::Standalone {
        let mut week: Vec<_> = (1..=5).flat_map(|day| [half(day, MORNING), half(day, AFTERNOON)]).collect();
        if dice.chance(350) {
            week.push(half(6, MORNING));
        }
        return week;
    }
    if largest > LARGE && dice.chance(780) {
        return [1, 3, 5].into_iter().flat_map(|day| [half(day, MORNING), half(day, AFTERNOON)]).collect();
    }
    let first = dice.between(1, 2);
    match dice.below(10) {
        0 => vec![half(first, AFTERNOON)],
        1..7 => vec![half(first, MORNING), half(first + 2, AFTERNOON)],
        _ => vec![half(first, MORNING), half(first + 2, AFTERNOON), half(6, MORNING)],
    }
}
