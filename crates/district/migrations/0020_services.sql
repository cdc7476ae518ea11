-- Public services (公共服务资源): who provides them, what they are, where and when; and referrals of people to them.
CREATE TABLE providers (
    id UUID PRIMARY KEY,
    organisation_id UUID REFERENCES organisations (id),
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    telephone TEXT NOT NULL,
    website TEXT NOT NULL,
    valid_from BIGINT NOT NULL
);
CREATE INDEX providers_organisation ON providers (organisation_id);

-- A service of a town, or of the whole district. `version` counts its changes: two people at once are told apart by it.
CREATE TABLE services (
    id UUID PRIMARY KEY,
    provider_id UUID NOT NULL REFERENCES providers (id),
    town_id UUID REFERENCES towns (id),
    category TEXT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    about TEXT NOT NULL,
    about_en TEXT NOT NULL,
    eligibility TEXT NOT NULL,
    eligibility_en TEXT NOT NULL,
    apply TEXT NOT NULL,
    apply_en TEXT NOT NULL,
    fees TEXT NOT NULL,
    fees_en TEXT NOT NULL,
    telephone TEXT NOT NULL,
    week_one BIGINT,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE INDEX services_provider ON services (provider_id);
CREATE INDEX services_town ON services (town_id);

-- Where a service is given: an address of its own, in premises or in a community.
CREATE TABLE service_places (
    id UUID PRIMARY KEY,
    service_id UUID NOT NULL REFERENCES services (id),
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    address TEXT NOT NULL,
    town_id UUID NOT NULL REFERENCES towns (id),
    community_id UUID REFERENCES communities (id),
    premises_id UUID REFERENCES premises (id),
    lat BIGINT,
    lon BIGINT,
    telephone TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    CHECK ((lat IS NULL) = (lon IS NULL))
);
CREATE INDEX service_places_service ON service_places (service_id);
CREATE INDEX service_places_town ON service_places (town_id);
CREATE INDEX service_places_community ON service_places (community_id);
CREATE INDEX service_places_premises ON service_places (premises_id);

-- When a place is open: a recurrence rule (RFC 5545) that begins on a day, and minutes of each day it names.
CREATE TABLE service_hours (
    id UUID PRIMARY KEY,
    place_id UUID NOT NULL REFERENCES service_places (id),
    rule TEXT NOT NULL,
    from_minute BIGINT NOT NULL,
    to_minute BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    CHECK (from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1440)
);
CREATE INDEX service_hours_place ON service_hours (place_id);

-- A person of a household is referred to a service, with their consent. The note is sealed.
CREATE TABLE referrals (
    id UUID PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    service_id UUID NOT NULL REFERENCES services (id),
    tenancy_id UUID NOT NULL REFERENCES tenancies (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    community_id UUID NOT NULL REFERENCES communities (id),
    state TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    consent_by TEXT,
    consent_how TEXT,
    consent_at BIGINT,
    consent_until BIGINT,
    note BYTEA,
    made_at BIGINT NOT NULL,
    made_by UUID,
    due_on BIGINT,
    chased_on BIGINT,
    ended_on BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX referrals_service ON referrals (service_id);
CREATE INDEX referrals_tenancy ON referrals (tenancy_id);
CREATE INDEX referrals_person ON referrals (person_id);
CREATE INDEX referrals_community ON referrals (community_id, number);
CREATE INDEX referrals_due ON referrals (is_open, due_on);

CREATE TABLE referral_steps (
    id UUID PRIMARY KEY,
    referral_id UUID NOT NULL REFERENCES referrals (id),
    step TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by_account UUID
);
CREATE INDEX referral_steps_referral ON referral_steps (referral_id, at);
