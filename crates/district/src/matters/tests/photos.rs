//! The contract of photographs, on both engines.

use image::ImageFormat;

use super::*;
use crate::kit::PhotoId;
use crate::matters::picture::tests::file;

fn photos(count: usize) -> Vec<Photo> {
    vec![Photo::read("a.png", &file(ImageFormat::Png, 40, 20)).unwrap(); count]
}

/// Photographs that whoever asked gives.
fn gives(db: &Db, made: &Received, seed: u64, count: usize) -> Result<Vec<PhotoId>> {
    let (photos, right) = (photos(count), secret());
    run(db, &Actor::anyone(), (at("2026-01-12"), seed), |tx, call| {
        give_own(tx, call, &vault(), (&made.code, Hand::Address(&right)), &photos)
    })
}

/// Photographs that who works on it gives.
fn shows(db: &Db, who: &Actor, made: &Received, seed: u64) -> Result<Vec<PhotoId>> {
    let photos = photos(1);
    run(db, who, (at("2026-01-13"), seed), |tx, call| {
        give(tx, call, &vault(), &[Give { matter: made.id, photos: &photos, at: None }])
    })
}

/// A worker lets everyone see a photograph, or no longer.
fn clears(db: &Db, who: &Actor, made: &Received, (photo, cleared, seed): (PhotoId, bool, u64)) -> Result<()> {
    run(db, who, (at("2026-01-13"), seed), |tx, call| {
        clear_photos(tx, call, &made.code, &[Clear { photo, seen: !cleared, cleared }])
    })
}

/// What somebody sees of a photograph; `None`: that it is not there.
fn sees(db: &Db, made: &Received, hand: Option<Hand<'_>>, id: PhotoId) -> Option<(Vec<u8>, bool)> {
    let seen = db.read(|tx| photo(tx, &Actor::anyone(), &vault(), (&made.code, hand), (id, Size::Preview)));
    match seen {
        Err(Error::Absent(_)) => None,
        seen => Some(seen.unwrap()),
    }
}

fn known(command: &mut Receive, call: &mut Call<'_>) {
    command.reporter =
        Some(Reporter::Told { id: call.id(), name: "示例报".into(), telephone: String::new() });
}

testkit::db_test!(a_photograph_is_seen_with_the_words_and_by_everyone_once_it_is_cleared, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (operator, worker, right) = (operator(&fixture), worker(&fixture), secret());
    let made = reported(db, &fixture, 1, |_, _| {});
    let given = gives(db, &made, 2, 2).unwrap();
    let sheet = sheet_of(db, &operator, &made.code);
    assert_eq!(sheet.photos.iter().map(|it| it.id).collect::<Vec<_>>(), given);
    assert!(sheet.photos.iter().all(|it| it.is_reporters() && it.step == 0 && it.size == (40, 20)));
    let read_at_desk = |who: &Actor| {
        db.read(|tx| {
            let asked = (made.code.as_str(), given[0], Size::Whole);
            desk_photo(tx, who, &vault(), asked, day("2026-01-13"))
        })
    };
    assert_eq!(read_at_desk(&operator).unwrap(), photos(1)[0].picture);
    let own = || Some(Hand::Address(&right));
    assert_eq!(sees(db, &made, own(), given[0]), Some((photos(1)[0].preview.clone(), false)));
    assert_eq!(sees(db, &made, None, given[0]), None, "not cleared, it is not there");
    assert_eq!(sees(db, &made, Some(Hand::Address(&Secret::new([8; 16]))), given[0]), None);

    // Each is cleared by itself, by who steers, upon what they saw.
    let forbidden = clears(db, &operator, &made, (given[1], true, 90));
    assert!(matches!(forbidden, Err(Error::Forbidden(_))));
    clears(db, &worker, &made, (given[1], true, 91)).unwrap();
    assert!(sees(db, &made, None, given[1]).is_some() && sees(db, &made, None, given[0]).is_none());
    assert_eq!(read(db, |tx| report(tx, &made.code)).photo, Some(given[1]));
    let late = clears(db, &worker, &made, (given[1], true, 92));
    assert_eq!(refused(late), "matters-refused-changed");
    clears(db, &worker, &made, (given[1], false, 93)).unwrap();
    assert_eq!(sees(db, &made, None, given[1]), None);

    // Once it is with the station it is the operator's no longer; neither are its pictures.
    does(db, &worker, (at("2026-01-13"), 5), &[step(made.id, Step::Assign(Holder::Station), "")]).unwrap();
    assert!(matches!(read_at_desk(&operator), Err(Error::Forbidden(_))));
    assert!(matches!(shows(db, &operator, &made, 6), Err(Error::Forbidden(_))));
    assert!(matches!(read_at_desk(&Actor::anyone()), Err(Error::Forbidden(_))));
});

testkit::db_test!(what_was_repaired_is_shown_to_whoever_asked_and_what_is_noted_is_not, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (worker, operator, right) = (worker(&fixture), operator(&fixture), secret());
    let made = reported(db, &fixture, 1, |_, _| {});
    does(db, &worker, (at("2026-01-13"), 2), &[step(made.id, Step::Note, "看过现场")]).unwrap();
    let noted = shows(db, &worker, &made, 3).unwrap()[0];
    does(db, &operator, (at("2026-01-13"), 4), &[step(made.id, Step::Accept, "")]).unwrap();
    let with = |command: Advance, seed| {
        run(db, &operator, (at("2026-01-13"), seed), |tx, call| {
            advance_showing(tx, call, (&vault(), &calendar()), (&command, &photos(1)))
        })
    };
    let repaired = with(step(made.id, Step::Answer, "已修好"), 5).unwrap()[0];
    assert_eq!(sees(db, &made, Some(Hand::Address(&right)), noted), None);
    assert!(sees(db, &made, Some(Hand::Address(&right)), repaired).is_some());
    let seen =
        read(db, |tx| told(tx, &Actor::anyone(), Some(&vault()), &made.code, Some(Hand::Address(&right))));
    let with_step =
        |it: &PhotoLine| seen.record.iter().find(|step| step.number == it.step).unwrap().step.clone();
    let told: Vec<_> = seen.photos.iter().map(|it| (it.id, with_step(it))).collect();
    assert_eq!(told, [(repaired, "answer".to_owned())]);
    // Handed on, it is the operator's no longer: what they saw goes with it.
    let other = reported(db, &fixture, 6, |_, _| {});
    with(step(other.id, Step::Return(ReturnReason::NotMine), "不归我们"), 7).unwrap();
    let sheet = sheet_of(db, &worker, &other.code);
    assert_eq!(sheet.photos.iter().map(|it| it.step).collect::<Vec<_>>(), [sheet.version - 1]);
});

testkit::db_test!(too_many_photographs_are_refused_and_none_is_kept, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let made = reported(db, &fixture, 1, |_, _| {});
    assert_eq!(refused(gives(db, &made, 2, MOST_PHOTOS + 1)), "matters-refused-photos-many");
    for seed in 3..6 {
        gives(db, &made, seed, MOST_PHOTOS).unwrap();
    }
    assert_eq!(refused(gives(db, &made, 6, 1)), "matters-refused-photos-full");
    let worker = worker(&fixture);
    assert_eq!(i64::try_from(sheet_of(db, &worker, &made.code).photos.len()).unwrap(), MOST_OF_MATTER);
    does(db, &worker, (at("2026-01-13"), 7), &[step(made.id, Step::Withdraw, "")]).unwrap();
    assert_eq!(refused(gives(db, &made, 8, 1)), "matters-refused-photos-over");
});

testkit::db_test!(a_photograph_is_taken_away_before_everyone_sees_it, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (worker, operator, right) = (worker(&fixture), operator(&fixture), secret());
    let made = reported(db, &fixture, 1, |_, _| {});
    let given = gives(db, &made, 2, 3).unwrap();
    let own = |id, seed| {
        run(db, &Actor::anyone(), (at("2026-01-13"), seed), |tx, call| {
            remove_own_photo(tx, call, (&made.code, Hand::Address(&right)), id)
        })
    };
    let desk = |who: &Actor, id, seed| {
        run(db, who, (at("2026-01-13"), seed), |tx, call| remove_photo(tx, call, &made.code, id))
    };
    own(given[0], 3).unwrap();
    assert!(matches!(own(given[0], 4), Err(Error::Absent(_))));
    assert!(matches!(desk(&operator, given[1], 5), Err(Error::Forbidden(_))));
    clears(db, &worker, &made, (given[1], true, 94)).unwrap();
    assert_eq!(refused(own(given[1], 6)), "matters-refused-photo-public");
    assert_eq!(refused(desk(&worker, given[1], 7)), "matters-refused-photo-public");
    desk(&worker, given[2], 8).unwrap();
    // What the operator gave, the reporter does not take away; the operator, who has an account, does.
    let account = Actor { account: Some(fixture::call(9).id()), ..operator };
    let shown = shows(db, &account, &made, 10).unwrap()[0];
    assert!(matches!(own(shown, 11), Err(Error::Forbidden(_))));
    desk(&account, shown, 12).unwrap();
    assert_eq!(sheet_of(db, &worker, &made.code).photos.len(), 1);
    // A new one does not take the place of one that is gone.
    gives(db, &made, 13, 1).unwrap();
    assert_eq!(sheet_of(db, &worker, &made.code).photos[0].id, given[1]);
});

testkit::db_test!(photographs_are_sealed_anew_copied_and_forgotten, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let worker = worker(&fixture);
    let made = reported(db, &fixture, 1, known);
    let given = gives(db, &made, 2, 2).unwrap();
    let now = at("2026-01-12");
    let both = Vault::with_older(&[2; 32], &[KEY]);
    let anew = |seed, after| {
        run(db, &Actor::program(), (now, seed), |tx, call| reseal_photos(tx, call, &both, after)).unwrap()
    };
    let none = PhotoId::from_uuid(base::Uuid::nil());
    let last = given.iter().copied().max().unwrap();
    assert_eq!(anew(3, none), Some((last, 2)));
    assert_eq!(anew(4, none), Some((last, 0)), "a second time there is nothing to do");
    assert_eq!(anew(5, last), None);
    let newest = Vault::new(&[2; 32]);
    let whole = |id| {
        let asked = (made.code.as_str(), id, Size::Whole);
        db.read(|tx| desk_photo(tx, &worker, &newest, asked, day("2026-01-12")))
    };
    assert_eq!(whole(given[0]).unwrap(), photos(1)[0].picture);
    reseal_words(db, &both, now);
    let person = read(db, |tx| by_code(tx, &made.code)).person.unwrap();
    let copied = read(db, |tx| matters_copy(tx, &newest, person));
    assert_eq!(copied[0]["photos"].as_array().unwrap().len(), 2);
    // Erased with their person, but for what everyone may see.
    clears(db, &worker, &made, (given[1], true, 94)).unwrap();
    run(db, &Actor::program(), (now, 7), |tx, _| forget_words(tx, person)).unwrap();
    assert!(matches!(whole(given[0]), Err(Error::Absent(_))));
    assert!(whole(given[1]).is_ok());
});

fn reseal_words(db: &Db, both: &Vault, now: Instant) {
    let none = MatterId::from_uuid(base::Uuid::nil());
    run(db, &Actor::program(), (now, 70), |tx, call| reseal_matters(tx, call, both, none)).unwrap();
}

testkit::db_test!(photographs_are_kept_for_a_year_after_their_matter, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let worker = worker(&fixture);
    let made = reported(db, &fixture, 1, |_, _| {});
    gives(db, &made, 2, 1).unwrap();
    let forgets = |text| run(db, &Actor::program(), (at(text), 3), |tx, _| forget_old_photos(tx, day(text)));
    assert_eq!(forgets("2028-01-13").unwrap(), 0, "it is not closed");
    does(db, &worker, (at("2026-01-13"), 4), &[step(made.id, Step::Withdraw, "")]).unwrap();
    assert_eq!(forgets("2027-01-13").unwrap(), 0, "a year is not over");
    assert_eq!(forgets("2027-01-14").unwrap(), 1);
});
