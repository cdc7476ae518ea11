//! What somebody with the database in their hands might do: for the tests of the audit's chain, and of a district that has
//! everything but its administrators.

db::statements! {
    pub(super) END_CUT_OFF = "DELETE FROM audit WHERE number = 6";
    pub(super) ANOTHER_ROLE = "UPDATE audit SET role = 'operator' WHERE number = 3";
    pub(super) ROW_TAKEN = "DELETE FROM audit WHERE number = 2";
    pub(crate) NOT_BEGUN = "UPDATE accounts SET password = NULL WHERE login = 'audit-administrator'";
}
