//! The statements of services and referrals.

use db::{Filter, List, Sort};

db::bulk! {
    pub(super) ADD_PROVIDERS = "providers" (id Uuid, organisation_id Uuid, name Text, name_en Text, telephone Text, website Text,
        valid_from Bigint);
    pub(super) ADD_SERVICES = "services" (id Uuid, provider_id Uuid, town_id Uuid, category Text, name Text, name_en Text, sort_key Text,
        about Text, about_en Text, eligibility Text, eligibility_en Text, apply Text, apply_en Text, fees Text, fees_en Text,
        telephone Text, week_one Bigint, valid_from Bigint, valid_to Bigint, changed_at Bigint, version Bigint);
    pub(super) ADD_PLACES = "service_places" (id Uuid, service_id Uuid, name Text, name_en Text, address Text, town_id Uuid,
        community_id Uuid, premises_id Uuid, lat Bigint, lon Bigint, telephone Text, valid_from Bigint, valid_to Bigint);
    pub(super) ADD_HOURS = "service_hours" (id Uuid, place_id Uuid, rule Text, from_minute Bigint, to_minute Bigint, valid_from Bigint,
        valid_to Bigint);
    pub(super) ADD_REFERRALS = "referrals" (id Uuid, number Bigint, service_id Uuid, tenancy_id Uuid, person_id Uuid, community_id Uuid,
        state Text, is_open Boolean, consent_by Text, consent_how Text, consent_at Bigint, consent_until Bigint, note Bytea,
        made_at Bigint, made_by Uuid, due_on Bigint, chased_on Bigint, ended_on Bigint, version Bigint);
    pub(super) ADD_STEPS = "referral_steps" (id Uuid, referral_id Uuid, step Text, state Text, version Bigint, at Bigint, by_account Uuid);
}

db::statements! {
    pub(super) PROVIDERS = "SELECT id, organisation_id, name, name_en, telephone, website, valid_from FROM providers
        WHERE valid_from <= ?1 ORDER BY name, id";
    pub(super) CHANGE_PROVIDER = "UPDATE providers SET name = ?2, name_en = ?3, telephone = ?4, website = ?5 WHERE id = ?1";
    pub(super) TOUCH_SERVICES = "UPDATE services SET changed_at = ?2, version = version + 1 WHERE provider_id = ?1";
    pub(super) SERVICES = "SELECT id, provider_id, town_id, category, name, name_en, about, about_en, eligibility, eligibility_en, apply,
        apply_en, fees, fees_en, telephone, week_one, valid_from, valid_to, changed_at, version
        FROM services WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) ORDER BY sort_key, id";
    pub(super) SERVICE = "SELECT id, provider_id, town_id, category, name, name_en, about, about_en, eligibility, eligibility_en, apply,
        apply_en, fees, fees_en, telephone, week_one, valid_from, valid_to, changed_at, version FROM services WHERE id = ?1";
    pub(super) CHANGE_SERVICE = "UPDATE services SET category = ?3, name = ?4, name_en = ?5, sort_key = ?6, about = ?7, about_en = ?8,
        eligibility = ?9, eligibility_en = ?10, apply = ?11, apply_en = ?12, fees = ?13, fees_en = ?14, telephone = ?15, week_one = ?16,
        changed_at = ?17, version = version + 1 WHERE id = ?1 AND version = ?2";
    pub(super) TOUCH_SERVICE = "UPDATE services SET changed_at = ?2, version = version + 1 WHERE id = ?1";
    pub(super) END_SERVICE = "UPDATE services SET valid_to = ?3, changed_at = ?4, version = version + 1
        WHERE id = ?1 AND version = ?2 AND valid_to IS NULL";
    pub(super) PLACES = "SELECT id, service_id, name, name_en, address, town_id, community_id, premises_id, lat, lon, telephone, valid_from,
        valid_to FROM service_places WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) ORDER BY service_id, valid_from, id";
    pub(super) PLACES_OF = "SELECT id, service_id, name, name_en, address, town_id, community_id, premises_id, lat, lon, telephone, valid_from,
        valid_to FROM service_places WHERE service_id = ?2 AND valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1)
        ORDER BY valid_from, id";
    pub(super) PLACE = "SELECT service_id, valid_from, valid_to FROM service_places WHERE id = ?1";
    pub(super) END_PLACE = "UPDATE service_places SET valid_to = ?2 WHERE id = ?1 AND valid_to IS NULL";
    pub(super) HOURS = "SELECT place_id, rule, from_minute, to_minute, valid_from, valid_to FROM service_hours
        WHERE valid_to IS NULL OR valid_to > ?1 ORDER BY place_id, valid_from, from_minute, rule DESC, id";
    pub(super) HOURS_OF = "SELECT h.place_id, h.rule, h.from_minute, h.to_minute, h.valid_from, h.valid_to
        FROM service_hours h JOIN service_places p ON p.id = h.place_id
        WHERE p.service_id = ?2 AND (h.valid_to IS NULL OR h.valid_to > ?1) ORDER BY h.place_id, h.valid_from, h.from_minute, h.rule DESC, h.id";
    pub(super) DROP_HOURS = "DELETE FROM service_hours WHERE place_id = ?1 AND valid_from >= ?2";
    pub(super) END_HOURS = "UPDATE service_hours SET valid_to = ?2 WHERE place_id = ?1 AND valid_from < ?2
        AND (valid_to IS NULL OR valid_to > ?2)";

    pub(super) OPEN_BY_COMMUNITY = "SELECT t.community_id, COUNT(*) FROM referrals r JOIN tenancies t ON t.id = r.tenancy_id
        WHERE r.is_open GROUP BY t.community_id";
    pub(super) LIVES_IN_TENANCY = "SELECT t.community_id FROM tenancies t JOIN occupants o ON o.tenancy_id = t.id
        WHERE t.id = ?1 AND o.person_id = ?2 AND t.valid_from <= ?3 AND (t.valid_to IS NULL OR t.valid_to > ?3)
        AND o.valid_from <= ?3 AND (o.valid_to IS NULL OR o.valid_to > ?3)";
    pub(super) ADVANCE = "UPDATE referrals SET state = ?3, is_open = ?4, due_on = ?5, ended_on = ?6, chased_on = NULL, version = version + 1
        WHERE id = ?1 AND version = ?2";
    pub(super) CONSENT = "UPDATE referrals SET consent_by = ?2, consent_how = ?3, consent_at = ?4, consent_until = ?5 WHERE id = ?1";
    pub(super) SET_NOTE = "UPDATE referrals SET note = ?2 WHERE id = ?1";
    pub(super) STEPS = "SELECT s.step, s.state, s.at, a.login FROM referral_steps s LEFT JOIN accounts a ON a.id = s.by_account
        WHERE s.referral_id = ?1 ORDER BY s.at, s.version, s.id";
    pub(super) OVER = "SELECT id, version FROM referrals
        WHERE is_open AND (consent_until < ?1 OR (state = 'asked' AND made_at < ?2)) ORDER BY id LIMIT ?3";
    pub(super) OVERDUE = "SELECT id, state, version, number, community_id FROM referrals WHERE is_open AND due_on < ?1 AND (chased_on IS NULL OR chased_on <= ?2)
        ORDER BY id LIMIT ?3";
    pub(super) CHASED = "UPDATE referrals SET chased_on = ?2 WHERE id = ?1";

    pub(super) LINKED = "SELECT community_id, COUNT(*), CAST(SUM(CASE WHEN state IN ('attended', 'met', 'partly', 'not-met') THEN 1 ELSE 0 END) AS BIGINT)
        FROM referrals WHERE made_at >= ?1 AND made_at < ?2 AND consent_at IS NOT NULL GROUP BY community_id";
    pub(super) REFERRALS_OF = "SELECT r.id, r.number, s.name, r.state, r.consent_by, r.consent_how, r.consent_at, r.consent_until, r.made_at,
        r.note FROM referrals r JOIN services s ON s.id = r.service_id WHERE r.person_id = ?1 ORDER BY r.number";
    pub(super) FORGET_NOTES = "UPDATE referrals SET note = NULL WHERE person_id = ?1 AND note IS NOT NULL";
    pub(super) FORGET_OLD_NOTES = "UPDATE referrals SET note = NULL WHERE ended_on < ?1 AND note IS NOT NULL";
    pub(super) NOTES = "SELECT id, note FROM referrals WHERE note IS NOT NULL ORDER BY id";
    pub(super) RESEAL_NOTE = "UPDATE referrals SET note = ?2 WHERE id = ?1 AND note = ?3";
}

/// Referrals by the scopes of a day, which is `?1`: where the community of each lies, or lay when it left the list. Whoever was
/// referred is waited for all the same.
pub(super) static REFERRALS: List = List {
    name: "district::services::store::REFERRALS",
    columns: "r.id, r.number, r.service_id, s.name, s.name_en, r.tenancy_id, r.person_id, r.community_id, v.town_id, v.grid_id, v.name,
        v.name_en, r.state, r.consent_by, r.consent_how, r.consent_at, r.consent_until, r.made_at, r.due_on, r.chased_on, r.version,
        r.note",
    source: "referrals r JOIN services s ON s.id = r.service_id JOIN community_versions v ON v.community_id = r.community_id
        AND v.valid_from = (SELECT MAX(l.valid_from) FROM community_versions l WHERE l.community_id = r.community_id AND l.valid_from <= ?1)",
    base: "1 = 1",
    base_params: 1,
    id: "r.id",
    filters: &[
        Filter { name: "town", sql: "v.town_id = {}" },
        Filter { name: "grid", sql: "v.grid_id = {}" },
        Filter { name: "community", sql: "r.community_id = {}" },
        Filter { name: "state", sql: "r.state = {}" },
        Filter { name: "open", sql: "r.is_open = {}" },
        Filter { name: "overdue", sql: "r.is_open AND r.due_on < {}" },
        Filter { name: "id", sql: "r.id = {}" },
    ],
    sorts: &[
        Sort { name: "number", sql: "r.number" },
        Sort { name: "due", sql: "COALESCE(r.due_on, 0)" },
    ],
};

db::registered![
    ADD_PROVIDERS,
    ADD_SERVICES,
    ADD_PLACES,
    ADD_HOURS,
    ADD_REFERRALS,
    ADD_STEPS,
    PROVIDERS,
    CHANGE_PROVIDER,
    TOUCH_SERVICES,
    SERVICES,
    SERVICE,
    CHANGE_SERVICE,
    TOUCH_SERVICE,
    END_SERVICE,
    PLACES,
    PLACES_OF,
    PLACE,
    END_PLACE,
    HOURS,
    HOURS_OF,
    DROP_HOURS,
    END_HOURS,
    OPEN_BY_COMMUNITY,
    LIVES_IN_TENANCY,
    ADVANCE,
    CONSENT,
    SET_NOTE,
    STEPS,
    OVER,
    OVERDUE,
    CHASED,
    LINKED,
    REFERRALS_OF,
    FORGET_NOTES,
    FORGET_OLD_NOTES,
    NOTES,
    RESEAL_NOTE,
    REFERRALS,
];
