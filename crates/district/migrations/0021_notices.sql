-- What accounts are told: what happened, never with personal data.
CREATE TABLE notices (
    id UUID PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL,
    thing TEXT NOT NULL,
    thing_id UUID,
    code TEXT NOT NULL,
    things BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX notices_account ON notices (account_id, made_at);
CREATE INDEX notices_unread ON notices (account_id, read_at);
CREATE INDEX notices_made ON notices (made_at);

-- Which kinds an account is told by other ways than its inbox.
CREATE TABLE notice_choices (
    account_id UUID NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    PRIMARY KEY (account_id, kind, channel)
);
CREATE INDEX notice_choices_kind ON notice_choices (kind);

-- Where an account takes e-mail. The address is sealed; it counts once its code was typed in.
CREATE TABLE mail_addresses (
    account_id UUID PRIMARY KEY REFERENCES accounts (id),
    address BYTEA NOT NULL,
    confirmed_at BIGINT,
    code_id UUID,
    code_until BIGINT,
    tries BIGINT NOT NULL
);

-- Programs of others that are told. The secrets are sealed; the older one signs too for a while.
CREATE TABLE webhooks (
    id UUID PRIMARY KEY,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    secret BYTEA,
    older_secret BYTEA,
    older_until BIGINT,
    made_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- What is to be sent, written in the transaction that it tells of. The id goes with the message: sent twice, it is one.
CREATE TABLE outbox (
    id UUID PRIMARY KEY,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    thing TEXT NOT NULL,
    thing_id UUID,
    code TEXT NOT NULL,
    things BIGINT NOT NULL,
    account_id UUID REFERENCES accounts (id),
    person_id UUID REFERENCES persons (id),
    webhook_id UUID REFERENCES webhooks (id),
    made_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    lease UUID,
    settled_at BIGINT
);
CREATE INDEX outbox_due ON outbox (state, next_at);
CREATE INDEX outbox_lease ON outbox (lease);
CREATE INDEX outbox_made ON outbox (made_at);
CREATE INDEX outbox_account ON outbox (account_id, made_at);
CREATE INDEX outbox_person ON outbox (person_id);
CREATE INDEX outbox_webhook ON outbox (webhook_id, made_at);

-- Each try of a message.
CREATE TABLE deliveries (
    id UUID PRIMARY KEY,
    outbox_id UUID NOT NULL REFERENCES outbox (id),
    tried_at BIGINT NOT NULL,
    millis BIGINT NOT NULL,
    fault TEXT,
    status BIGINT
);
CREATE INDEX deliveries_outbox ON deliveries (outbox_id, tried_at);
