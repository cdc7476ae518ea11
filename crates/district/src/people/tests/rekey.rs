//! A new key while the old one is in use.

use super::*;
use crate::people::vault::{Field, begin_rekey, reseal};

testkit::db_test!(everything_is_sealed_anew_while_two_programs_run, MIGRATIONS, |db| {
    const OLD: [u8; 32] = [1; 32];
    const NEW: [u8; 32] = [2; 32];
    people(db);
    let (left_behind, both) = (Vault::new(&OLD), Vault::with_older(&NEW, &[OLD]));
    let adds = |vault: &Vault, seed: u64| {
        write(db, seed, |tx, call| {
            let id: PersonId = call.id();
            let (telephone, identity_number) = (Some("19900001234".into()), None);
            let person = AddPerson { id, name: "示例".into(), telephone, identity_number };
            put_persons(tx, call, vault, &[person]).map(|()| id)
        })
    };
    // Whoever has both keys may seal before the new one is asked for, and after.
    let early = adds(&both, 90).unwrap();
    adds(&left_behind, 91).unwrap();
    write(db, 92, |tx, call| begin_rekey(tx, call, &both)).unwrap();
    let refused = adds(&left_behind, 93);
    assert!(
        matches!(&refused, Err(Error::Refused(refusal)) if refusal.message == "people-refused-key-changed")
    );
    adds(&both, 94).unwrap();
    let all = || {
        let (mut after, mut fields) = (PersonId::from_uuid(base::Uuid::nil()), 0);
        while let Some((last, count)) = write(db, 95, |tx, call| reseal(tx, call, &both, after)).unwrap() {
            (after, fields) = (last, fields + count);
        }
        fields
    };
    // Two names of the test's people, a name and a telephone of one more; what was sealed with the new key stays.
    assert_eq!(all(), 4);
    assert_eq!(all(), 0, "safe to run again");
    let new = Vault::new(&NEW);
    assert_eq!(read(db, |tx| fit(tx, Some(&new))), Fit::Opens);
    assert_eq!(read(db, |tx| fit(tx, Some(&left_behind))), Fit::Shut);
    let opens = |person| read(db, |tx| super::super::vault::read(tx, &new, person, Field::Telephone));
    assert_eq!(opens(early).as_deref(), Some("19900001234"));
    adds(&new, 96).unwrap();
    left_behind.reload(&NEW, &[]);
    adds(&left_behind, 97).unwrap();
    let officer = Actor::account(id(1), vec![Grant { role: Role::DistrictOfficer, scope: Scope::District }]);
    let refused = db.write(|tx| begin_rekey(tx, &mut Call::new(&officer, call(1).now, 1), &both));
    assert!(matches!(refused, Err(Error::Forbidden(Action::VaultRekey))));
});
