//! The statements of the vault.

db::bulk! {
    pub(super) ADD_PERSONS = "persons" (id Uuid, name Bytea, telephone Bytea, identity_number Bytea, telephone_index Bytea);
}

db::statements! {
    pub(super) PERSON = "SELECT name, telephone, identity_number FROM persons WHERE id = ?1";
    pub(super) PERSONS_AFTER = "SELECT id, name, telephone, identity_number FROM persons WHERE id > ?1
        AND (name IS NOT NULL OR telephone IS NOT NULL OR identity_number IS NOT NULL) ORDER BY id LIMIT ?2";
    pub(super) SOME_PERSON = "SELECT id, name FROM persons WHERE name IS NOT NULL LIMIT 1";
    pub(super) CHANGE_NAME = "UPDATE persons SET name = ?2 WHERE id = ?1";
    pub(super) CHANGE_TELEPHONE = "UPDATE persons SET telephone = ?2 WHERE id = ?1";
    pub(in crate::people) CHANGE_INDEX = "UPDATE persons SET telephone_index = ?2 WHERE id = ?1";
    pub(super) PERSONS_OF_INDEX = "SELECT id FROM persons WHERE telephone_index = ?1 ORDER BY id LIMIT ?2";
    pub(super) NOT_INDEXED = "SELECT id FROM persons WHERE id > ?1 AND telephone IS NOT NULL AND telephone_index IS NULL
        ORDER BY id LIMIT ?2";
    pub(super) RESEAL_NAME = "UPDATE persons SET name = ?2 WHERE id = ?1 AND name = ?3";
    pub(super) RESEAL_TELEPHONE = "UPDATE persons SET telephone = ?2, telephone_index = ?4 WHERE id = ?1 AND telephone = ?3";
    pub(super) RESEAL_IDENTITY_NUMBER = "UPDATE persons SET identity_number = ?2 WHERE id = ?1 AND identity_number = ?3";
    pub(super) CHANGE_IDENTITY_NUMBER = "UPDATE persons SET identity_number = ?2 WHERE id = ?1";
}

db::registered![
    ADD_PERSONS,
    PERSON,
    PERSONS_AFTER,
    SOME_PERSON,
    CHANGE_NAME,
    CHANGE_TELEPHONE,
    RESEAL_NAME,
    RESEAL_TELEPHONE,
    RESEAL_IDENTITY_NUMBER,
    CHANGE_IDENTITY_NUMBER,
    CHANGE_INDEX,
    PERSONS_OF_INDEX,
    NOT_INDEXED
];
