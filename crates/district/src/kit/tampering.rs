//! What somebody with the database in their hands might do: for the tests of the audit's chain, and of a district that has
//! everything but its administrators.

db::statements! {
    pub(super) END_CUT_OFF = "DELETE FROM audit WHERE number = 6";
    pub(super) ANOTHER_ROLE = "UPDATE audit SET role = 'operator' WHERE number = 3";
    pub(super) ROW_TAKEN = "DELETE FROM audit WHERE number = 2";
    pub(super) SUBJECT_TAKEN = "DELETE FROM audit_subjects WHERE audit_id = (SELECT id FROM audit WHERE number = 3)";
    pub(super) SUBJECT_OTHER = "UPDATE audit_subjects SET person_id = (SELECT id FROM persons ORDER BY id DESC LIMIT 1)
        WHERE audit_id = (SELECT id FROM audit WHERE number = 3)";
    pub(super) SUBJECT_GIVEN = "INSERT INTO audit_subjects (person_id, audit_id)
        SELECT p.id, a.id FROM persons p, audit a WHERE a.number = 4 AND p.id = (SELECT id FROM persons ORDER BY id DESC LIMIT 1)";
    pub(super) NAMED_OTHERS = "UPDATE audit SET ids_digest = hash WHERE number = 3";
    pub(super) AS_BEFORE = "UPDATE audit SET ids_digest = NULL WHERE number = 6";
    pub(super) FROM_BEFORE = "UPDATE audit SET ids_digest = NULL, hash = ?1 WHERE number = 1";
    pub(super) COUNTED_DOWN = "UPDATE counters SET value = value - 1 WHERE name = 'audit'";
    pub(crate) NOT_BEGUN = "UPDATE accounts SET password = NULL WHERE login = 'audit-administrator'";
}
