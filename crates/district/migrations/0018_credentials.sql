-- Other ways to come in than a password. Of a passkey the district keeps what everyone may know: its public key.
CREATE TABLE passkeys (
    id UUID PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    credential_id BYTEA NOT NULL UNIQUE,
    host TEXT NOT NULL,
    credential TEXT NOT NULL,
    name TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkeys_account ON passkeys (account_id, made_at);
-- Who at a service for single sign-on is which account.
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id),
    made_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_account ON identities (account_id);
-- What was begun in one request and is ended in another: a challenge to a passkey, a way to single sign-on and back.
CREATE TABLE ceremonies (
    key_hash BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    account_id UUID REFERENCES accounts (id),
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX ceremonies_expiry ON ceremonies (expires_at);
CREATE INDEX ceremonies_account ON ceremonies (account_id);
