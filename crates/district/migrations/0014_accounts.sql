-- One-time codes with which somebody sets the first password of an account, or a new one: only their hashes.
CREATE TABLE enrolments (
    code_hash BYTEA PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX enrolments_account ON enrolments (account_id);
-- Wrong passwords of an account since a moment, and until when it is locked for them.
CREATE TABLE sign_in_failures (
    account_id UUID PRIMARY KEY REFERENCES accounts (id),
    failed BIGINT NOT NULL,
    since BIGINT NOT NULL,
    locked_until BIGINT
);
