-- Accounts, sessions, requests, audit; and the identity vault, which alone holds names, telephones, identity numbers.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE persons (
    id UUID PRIMARY KEY,
    name BYTEA,
    telephone BYTEA,
    identity_number BYTEA
);

CREATE TABLE accounts (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id),
    login TEXT NOT NULL UNIQUE,
    password TEXT,
    demonstration BOOLEAN NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX accounts_person ON accounts (person_id);

-- The role holds over the narrowest place named; over the district when none is.
CREATE TABLE grants (
    id UUID PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL,
    town_id UUID,
    grid_id UUID,
    community_id UUID,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX grants_account ON grants (account_id);

CREATE TABLE sessions (
    token_hash BYTEA PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sessions_account ON sessions (account_id);

CREATE TABLE requests (
    key UUID PRIMARY KEY,
    account_id UUID,
    body_hash BYTEA NOT NULL,
    answer TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE audit (
    id UUID PRIMARY KEY,
    made_at BIGINT NOT NULL,
    account_id UUID,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    objects BIGINT NOT NULL,
    object_ids TEXT NOT NULL,
    fields TEXT NOT NULL
);
CREATE INDEX audit_time ON audit (made_at, id);
CREATE INDEX audit_account ON audit (account_id, made_at);
