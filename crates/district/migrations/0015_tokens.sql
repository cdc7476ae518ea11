-- Personal tokens, by which a program of somebody's own works for them under /api. Of a token only its SHA-256 is kept.
CREATE TABLE personal_tokens (
    id UUID PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    token_hash BYTEA NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX personal_tokens_account ON personal_tokens (account_id, made_at);
