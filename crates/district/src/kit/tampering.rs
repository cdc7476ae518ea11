//! What somebody with the database in their hands might do to the audit: for the tests of its chain.

db::statements! {
    pub(super) END_CUT_OFF = "DELETE FROM audit WHERE number = 6";
    pub(super) ANOTHER_ROLE = "UPDATE audit SET role = 'operator' WHERE number = 3";
    pub(super) ROW_TAKEN = "DELETE FROM audit WHERE number = 2";
}
