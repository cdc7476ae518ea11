-- What joins matters, visits and services.

-- What a need became: a matter or a referral, one of them and once. What became of it is the matter or the referral itself.
ALTER TABLE visit_needs ADD COLUMN matter_id UUID REFERENCES matters (id);
ALTER TABLE visit_needs ADD COLUMN referral_id UUID REFERENCES referrals (id);
CREATE UNIQUE INDEX visit_needs_matter ON visit_needs (matter_id);
CREATE UNIQUE INDEX visit_needs_referral ON visit_needs (referral_id);

-- In which language an account is sent what it is told; none was chosen: in Chinese and in English.
ALTER TABLE accounts ADD COLUMN language TEXT;

-- For which day an account had its daily digest last, and of how many things; 0: nothing was stuck, and nothing was sent.
CREATE TABLE digests (
    account_id UUID PRIMARY KEY REFERENCES accounts (id),
    day BIGINT NOT NULL,
    things BIGINT NOT NULL
);

-- Answers that are given often (答复模板): of the district, or of a town or a grid alone. One that ended stays: nothing is lost.
CREATE TABLE answer_templates (
    id UUID PRIMARY KEY,
    town_id UUID REFERENCES towns (id),
    grid_id UUID REFERENCES grids (id),
    -- A category of matters; none: of any.
    category TEXT,
    title TEXT NOT NULL,
    title_en TEXT NOT NULL,
    words TEXT NOT NULL,
    words_en TEXT NOT NULL,
    version BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX answer_templates_town ON answer_templates (town_id);
CREATE INDEX answer_templates_grid ON answer_templates (grid_id);

-- What whoever confirmed a matter answered, once. What they wrote beside it is the sealed note of their step.
CREATE TABLE matter_surveys (
    matter_id UUID PRIMARY KEY REFERENCES matters (id),
    answered_at BIGINT NOT NULL,
    speed TEXT,
    manner TEXT,
    result TEXT
);
