//! A small district for tests: two towns, three grids, five communities, households that moved in and out.

use base::{Area, Day, IdSource as _, Position, SeededIds};
use db::{Db, Tx};
use handbook::{CommunityKind, GovernanceMode, PropertyRight};

use super::{Actor, Call, CommunityId, Error, Grant, GridId, Result, Scope, TownId};
use crate::people::vault::{AddPerson, Vault, add_persons, put_persons};
use crate::people::{ADMINISTRATORS, NewAccount, add_accounts};
use crate::register::{
    self, AddBuilding, AddCommunity, AddGrid, AddTown, AddUnit, BeginMode, BeginTenancy, Description, Tenure,
};
use crate::{handbook as handbooks, kit::Id};

/// A day by its text.
pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).expect("tests write days well")
}

/// A call of the program at the tests' time.
pub(crate) fn call(seed: u64) -> Call<'static> {
    static PROGRAM: std::sync::LazyLock<Actor> = std::sync::LazyLock::new(Actor::program);
    Call::new(&PROGRAM, testkit::now(), seed)
}

/// Runs a writing operation as the program.
pub(crate) fn write<T>(
    db: &Db,
    seed: u64,
    mut work: impl FnMut(&mut Tx<'_>, &mut Call<'_>) -> Result<T>,
) -> Result<T> {
    db.write(|tx| work(tx, &mut call(seed)))
}

/// Runs a reading.
pub(crate) fn read<T>(db: &Db, mut work: impl FnMut(&mut Tx<'_>) -> Result<T>) -> T {
    db.read(|tx| work(tx)).expect("a reading of a test works")
}

/// The small district.
pub(crate) struct Fixture {
    pub(crate) towns: [TownId; 2],
    pub(crate) grids: [GridId; 3],
    /// 0: affordable rental, 1,200 planned, in grid 0 · 1: market rental, 300, grid 0 · 2: LOFT, 500, grid 1 ·
    /// 3: affordable rental, 200, grid 2 (town 1) · 4: affordable rental, 90, grid 2, not on the map.
    pub(crate) communities: [CommunityId; 5],
}

fn fresh<T: Id>(ids: &mut SeededIds) -> T {
    T::from_uuid(ids.next(testkit::now()))
}

/// Makes the small district; handbook 1.0 from 2025, 2.0 from 2026.
pub(crate) fn district(db: &Db) -> Fixture {
    let mut ids = SeededIds::new(1);
    let fixture = Fixture {
        towns: [fresh(&mut ids), fresh(&mut ids)],
        grids: [fresh(&mut ids), fresh(&mut ids), fresh(&mut ids)],
        communities: [fresh(&mut ids), fresh(&mut ids), fresh(&mut ids), fresh(&mut ids), fresh(&mut ids)],
    };
    write(db, ADMINISTRATION, administrators).expect("the tests' administrators come in");
    write(db, 2, |tx, call| {
        places(tx, call, &fixture)?;
        communities(tx, call, &fixture)?;
        for (community, households) in fixture.communities.iter().zip([12, 6, 5, 3, 2]) {
            house(tx, call, *community, households)?;
        }
        let [one, two] = handbooks::SHIPPED;
        handbooks::adopt_text(tx, call, one.0, one.1, day("2025-01-01"))?;
        handbooks::adopt_text(tx, call, two.0, two.1, day("2026-01-01"))?;
        Ok(())
    })
    .expect("the small district is made");
    fixture
}

/// A position in Minhang, by metres east and north of a corner.
pub(crate) fn at(east: i64, north: i64) -> Position {
    Position::new(310_500_000 + north * 90, 1_213_500_000 + east * 105).expect("in Minhang")
}

fn places(tx: &mut Tx<'_>, call: &mut Call<'_>, fixture: &Fixture) -> Result<()> {
    let from = day("2024-01-01");
    let town = |i: usize, code: &str, name: &str, name_en: &str| AddTown {
        id: fixture.towns[i],
        code: code.into(),
        name: name.into(),
        name_en: name_en.into(),
        position: at(0, 0),
        boundary: None,
        from,
    };
    register::add_towns(
        tx,
        call,
        &[town(0, "310112107", "虹桥镇", "Hongqiao Town"), town(1, "310112101", "莘庄镇", "Xinzhuang Town")],
    )?;
    let grid = |i: usize, town: usize, code: &str, name: &str| AddGrid {
        id: fixture.grids[i],
        town: fixture.towns[town],
        code: code.into(),
        name: name.into(),
        name_en: format!("Grid {i}"),
        from,
    };
    register::add_grids(
        tx,
        call,
        &[
            grid(0, 0, "310112107-01", "紫藤网格"),
            grid(1, 0, "310112107-02", "梧桐网格"),
            grid(2, 1, "310112101-01", "银杏网格"),
        ],
    )
}

fn communities(tx: &mut Tx<'_>, call: &mut Call<'_>, fixture: &Fixture) -> Result<()> {
    use CommunityKind::{AffordableRental, MarketRental, QuasiResidential};
    let plan = [
        ("青藤公寓", AffordableRental, 0, 0, 1200, Some(at(0, 0))),
        ("晴川里", MarketRental, 0, 0, 300, Some(at(300, 100))),
        ("云上城", QuasiResidential, 0, 1, 500, Some(at(900, 900))),
        ("桂花苑", AffordableRental, 1, 2, 200, Some(at(4000, 0))),
        ("小河公寓", AffordableRental, 1, 2, 90, None),
    ];
    let commands: Vec<AddCommunity> = plan
        .iter()
        .enumerate()
        .map(|(i, &(name, kind, town, grid, planned, position))| AddCommunity {
            id: fixture.communities[i],
            code: format!("31011210{}-{:03}", if town == 0 { 7 } else { 1 }, i + 1),
            simulated: true,
            from: day("2025-01-01"),
            reason: "首批登记".into(),
            description: Description {
                name: name.into(),
                name_en: format!("Community {i}"),
                kind,
                label: String::new(),
                right: if kind == QuasiResidential {
                    PropertyRight::SeveralOwners
                } else {
                    PropertyRight::SingleOwner
                },
                town: fixture.towns[town],
                grid: Some(fixture.grids[grid]),
                address: format!("示例路{}弄", i + 1),
                position,
                opened_on: Some(day("2024-06-01")),
                planned_households: Some(planned),
                planned_decided_on: Some(day("2024-12-01")),
                boundary: None,
            },
        })
        .collect();
    register::add_communities(tx, call, &commands)?;
    let mode = |i: usize, mode: GovernanceMode| BeginMode {
        community: fixture.communities[i],
        mode,
        organisation: None,
        document_no: "示例〔2025〕1号".into(),
        from: day("2025-02-01"),
    };
    let modes: Vec<BeginMode> = [0, 1, 3]
        .into_iter()
        .flat_map(|i| [mode(i, GovernanceMode::Station), mode(i, GovernanceMode::Custodial)])
        .chain([mode(2, GovernanceMode::Incorporated), mode(2, GovernanceMode::Station)])
        .collect();
    register::begin_modes(tx, call, &modes)
}

/// The seed of the administrators' ids: no test takes it for anything else.
pub(crate) const ADMINISTRATION: u64 = 9_000_001;

/// The three administrators, without whom no personal data comes in.
pub(crate) fn administrators(tx: &mut Tx<'_>, call: &mut Call<'_>) -> Result<()> {
    let mut persons = Vec::new();
    let accounts: Vec<NewAccount> = ADMINISTRATORS
        .into_iter()
        .map(|role| {
            let person =
                AddPerson { id: call.id(), name: "示例".into(), telephone: None, identity_number: None };
            persons.push(person.clone());
            NewAccount {
                person: person.id,
                login: role.as_str().into(),
                password: Some("$argon2id$".into()),
                demonstration: false,
                grants: vec![Grant { role, scope: Scope::District }],
                valid_from: day("2025-01-01"),
            }
        })
        .collect();
    put_persons(tx, call, &Vault::new(&[1; 32]), &persons)?;
    add_accounts(tx, call, &accounts).map(|_| ())
}

/// A building with so many flats, each with a household of two since 2025-01-05.
fn house(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    community: CommunityId,
    households: usize,
) -> Result<(), Error> {
    let from = day("2025-01-05");
    let building = call.id();
    register::add_buildings(
        tx,
        call,
        &[AddBuilding { id: building, community, number: "1号".into(), floors: 6, from }],
    )?;
    let units: Vec<AddUnit> = (0..households)
        .map(|i| AddUnit {
            id: call.id(),
            building,
            community,
            number: format!("{}", 101 + i),
            floor: 1,
            area: Area::from_cm2(350_000),
            from,
            rooms: Vec::new(),
        })
        .collect();
    register::add_units(tx, call, &units)?;
    let tenancies: Vec<BeginTenancy> = units
        .iter()
        .map(|unit| BeginTenancy {
            id: call.id(),
            community,
            unit: unit.id,
            room: None,
            lease: None,
            tenure: Tenure::Tenant,
            from,
            occupants: vec![(call.id(), call.id()), (call.id(), call.id())],
        })
        .collect();
    let persons: Vec<AddPerson> = tenancies
        .iter()
        .flat_map(|tenancy| &tenancy.occupants)
        .map(|(_, person)| AddPerson {
            id: *person,
            name: "示例人".into(),
            telephone: None,
            identity_number: None,
        })
        .collect();
    add_persons(tx, call, &Vault::new(&[1; 32]), &persons)?;
    register::begin_tenancies(tx, call, &tenancies)
}
