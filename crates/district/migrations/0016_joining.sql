-- How an account of a resident or an owner came to be; what it may do follows from the register.
ALTER TABLE accounts ADD COLUMN joined TEXT;
-- Does its person come in by the telephone that they have shown to be theirs?
ALTER TABLE accounts ADD COLUMN by_telephone BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX accounts_joined ON accounts (joined);

-- By what a sealed telephone is found: a keyed hash of its digits.
ALTER TABLE persons ADD COLUMN telephone_index BYTEA;
CREATE INDEX persons_telephone ON persons (telephone_index);

-- Codes sent to telephones, and the proof that whoever typed one in holds. Neither number nor code, only keyed hashes.
CREATE TABLE telephone_codes (
    id UUID PRIMARY KEY,
    telephone_index BYTEA NOT NULL,
    code_hash BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    proven_at BIGINT,
    proof_hash BYTEA UNIQUE
);
CREATE INDEX telephone_codes_telephone ON telephone_codes (telephone_index, made_at);

-- Letters with a one-time code, one for each person of a household.
CREATE TABLE letters (
    code_hash BYTEA PRIMARY KEY,
    tenancy_id UUID NOT NULL REFERENCES tenancies (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX letters_tenancy ON letters (tenancy_id);
CREATE INDEX letters_person ON letters (person_id);

-- Who says that they live here, until a worker has seen the lease. Name and telephone lie in the vault.
CREATE TABLE join_requests (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id),
    community_id UUID NOT NULL REFERENCES communities (id),
    building TEXT NOT NULL,
    flat TEXT NOT NULL,
    by_telephone BOOLEAN NOT NULL,
    login TEXT,
    password TEXT,
    made_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by UUID,
    outcome TEXT,
    reason TEXT
);
CREATE INDEX join_requests_person ON join_requests (person_id);
CREATE INDEX join_requests_community ON join_requests (community_id, made_at);
CREATE INDEX join_requests_made ON join_requests (made_at);
