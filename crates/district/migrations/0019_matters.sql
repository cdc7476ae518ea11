-- Matters (诉求). What somebody wrote is sealed: free words may name people.
CREATE TABLE matters (
    id UUID PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    -- The number it has in the system it came from.
    foreign_number TEXT UNIQUE,
    community_id UUID NOT NULL REFERENCES communities (id),
    building_id UUID REFERENCES buildings (id),
    place TEXT NOT NULL,
    category TEXT NOT NULL,
    words BYTEA,
    -- Words that a worker has cleared for everyone to read.
    public_words TEXT,
    -- Who asked, if they said so: name and telephone lie in the vault.
    person_id UUID REFERENCES persons (id),
    tenancy_id UUID REFERENCES tenancies (id),
    -- May the operator see who it was?
    shown BOOLEAN NOT NULL,
    -- By what the reporter's own address is known: a hash.
    secret_hash BYTEA,
    received_at BIGINT NOT NULL,
    first_contact_at BIGINT,
    state TEXT NOT NULL,
    holder TEXT NOT NULL,
    -- How many levels have joined the holder since the term ended.
    joined BIGINT NOT NULL,
    term_days BIGINT NOT NULL,
    counts_from BIGINT NOT NULL,
    stopped_days BIGINT NOT NULL,
    due_on BIGINT NOT NULL,
    provisional BOOLEAN NOT NULL,
    extended BOOLEAN NOT NULL,
    extension_asked BIGINT,
    reminded BOOLEAN NOT NULL,
    suspended_on BIGINT,
    suspended_until BIGINT,
    -- The state it goes back to when a suspension or a merging ends.
    state_before TEXT,
    answered_at BIGINT,
    -- Answered after its day?
    late BOOLEAN NOT NULL,
    closed_at BIGINT,
    outcome TEXT,
    satisfied BOOLEAN,
    reopened BIGINT NOT NULL,
    call_back BOOLEAN NOT NULL,
    merged_into UUID REFERENCES matters (id),
    -- The day on which time itself does something next.
    next_on BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX matters_community ON matters (community_id, received_at);
CREATE INDEX matters_received ON matters (received_at);
CREATE INDEX matters_state ON matters (state, due_on);
CREATE INDEX matters_open ON matters (closed_at, due_on);
CREATE INDEX matters_call_back ON matters (call_back, due_on);
CREATE INDEX matters_next ON matters (next_on);
CREATE INDEX matters_building ON matters (building_id);
CREATE INDEX matters_person ON matters (person_id);
CREATE INDEX matters_tenancy ON matters (tenancy_id);
CREATE INDEX matters_merged ON matters (merged_into);

-- What happened to it, in its order; never changed afterwards.
CREATE TABLE matter_steps (
    matter_id UUID NOT NULL REFERENCES matters (id),
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    step TEXT NOT NULL,
    role TEXT NOT NULL,
    account_id UUID,
    -- Who holds it afterwards.
    holder TEXT NOT NULL,
    -- A code of the reason or ground, where the step has one.
    reason TEXT,
    until BIGINT,
    note BYTEA,
    PRIMARY KEY (matter_id, number)
);
CREATE INDEX matter_steps_at ON matter_steps (at);
