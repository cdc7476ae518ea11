//! The statements of the vault.

db::bulk! {
    pub(super) ADD_PERSONS = "persons" (id Uuid, name Bytea, telephone Bytea, identity_number Bytea);
}

db::statements! {
    pub(super) PERSON = "SELECT name, telephone, identity_number FROM persons WHERE id = ?1";
}

db::registered![ADD_PERSONS, PERSON];
