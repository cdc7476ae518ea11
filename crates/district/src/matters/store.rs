//! The statements of matters.

/// What [`super::load`] reads of a matter, in its order.
macro_rules! life {
    () => {
        "m.id, m.code, m.community_id, m.building_id, m.category, m.person_id, m.tenancy_id, m.shown, m.version,
        m.state, m.holder, m.joined, m.term_days, m.counts_from, m.due_on, m.provisional, m.extended, m.extension_asked,
        m.reminded, m.suspended_on, m.suspended_until, m.state_before, m.first_contact_at, m.answered_at, m.late, m.closed_at,
        m.outcome, m.satisfied, m.reopened, m.call_back, m.merged_into, m.next_on, m.received_at, m.source, m.place,
        m.public_words, m.words, m.secret_hash, m.stopped_days"
    };
}

db::bulk! {
    pub(super) ADD = "matters" (id Uuid, code Text, source Text, foreign_number Text, community_id Uuid, building_id Uuid,
        place Text, category Text, words Bytea, person_id Uuid, tenancy_id Uuid, shown Boolean, secret_hash Bytea,
        received_at Bigint, state Text, holder Text, joined Bigint, term_days Bigint, counts_from Bigint, due_on Bigint,
        provisional Boolean, extended Boolean, reminded Boolean, late Boolean, reopened Bigint, call_back Boolean,
        next_on Bigint, stopped_days Bigint, version Bigint);
    pub(super) ADD_STEPS = "matter_steps" (matter_id Uuid, number Bigint, at Bigint, step Text, role Text, account_id Uuid,
        holder Text, reason Text, until Bigint, note Bytea);
    pub(super) ADD_PHOTOS = "matter_photos" (id Uuid, matter_id Uuid, number Bigint, step Bigint, at Bigint, role Text,
        account_id Uuid, width Bigint, height Bigint, cleared Boolean, preview Bytea, picture Bytea);
}

db::statements! {
    pub(super) MATTER = concat!("SELECT ", life!(), " FROM matters m WHERE m.id = ?1");
    pub(super) BY_CODE = concat!("SELECT ", life!(), " FROM matters m WHERE m.code = ?1");
    pub(super) OVERDUE = "SELECT DISTINCT tenancy_id FROM matters
        WHERE tenancy_id IS NOT NULL AND due_on < ?1 AND state IN ('received', 'accepted', 'in-progress')";
    pub(super) RUNNING = "SELECT community_id, COUNT(*), SUM(CASE WHEN due_on < ?1 THEN 1 ELSE 0 END) FROM matters
        WHERE state IN ('received', 'accepted', 'in-progress') GROUP BY community_id";
    pub(super) WORDS_SAID = "SELECT m.tenancy_id, s.at, m.satisfied FROM matters m JOIN matter_steps s ON s.matter_id = m.id
        AND s.number = (SELECT MAX(n.number) FROM matter_steps n WHERE n.matter_id = m.id AND n.step IN ('confirm', 'call-back'))
        WHERE m.tenancy_id IS NOT NULL AND m.satisfied IS NOT NULL AND s.role <> ?1";
    pub(super) DUE_NOW = concat!("SELECT ", life!(), " FROM matters m WHERE m.next_on <= ?1 ORDER BY m.next_on, m.id LIMIT ?2");
    pub(super) PROVISIONAL = "SELECT id FROM matters WHERE provisional AND closed_at IS NULL AND id > ?1 ORDER BY id LIMIT ?2";
    pub(super) BY_FOREIGN = "SELECT code FROM matters WHERE foreign_number = ?1";
    pub(super) SET_LIFE = "UPDATE matters SET state = ?3, holder = ?4, joined = ?5, term_days = ?6, counts_from = ?7, due_on = ?8,
        provisional = ?9, extended = ?10, extension_asked = ?11, reminded = ?12, suspended_on = ?13, suspended_until = ?14,
        state_before = ?15, first_contact_at = ?16, answered_at = ?17, late = ?18, closed_at = ?19, outcome = ?20, satisfied = ?21,
        reopened = ?22, call_back = ?23, merged_into = ?24, next_on = ?25, public_words = ?26, stopped_days = ?27, version = ?28 WHERE id = ?1 AND version = ?2";
    pub(super) STEPS = "SELECT number, at, step, role, account_id, holder, reason, until, note FROM matter_steps WHERE matter_id = ?1
        ORDER BY number";
    pub(super) ANSWERED_BY = "SELECT account_id FROM matter_steps WHERE matter_id = ?1 AND step = 'answer' ORDER BY number DESC LIMIT 1";
    pub(super) LATELY = "SELECT id, code, category, building_id, place, received_at, words FROM matters
        WHERE community_id = ?1 AND received_at >= ?2 AND id <> ?3 AND state IN ('received', 'accepted', 'in-progress', 'suspended')
        ORDER BY received_at DESC, id LIMIT ?4";
    pub(super) REPORTED_BY = "SELECT code, category, received_at, state, id, words FROM matters WHERE person_id = ?1
        ORDER BY received_at, id";
    pub(super) REPORTS_FROM = "SELECT 1 FROM matters WHERE person_id = ?1 AND (closed_at IS NULL OR closed_at >= ?2) LIMIT 1";
    pub(super) FORGET_WORDS = "UPDATE matters SET words = NULL WHERE person_id = ?1";
    pub(super) FORGET_NOTES = "UPDATE matter_steps SET note = NULL WHERE note IS NOT NULL AND matter_id IN
        (SELECT id FROM matters WHERE person_id = ?1)";
    pub(super) WORDS_AFTER = "SELECT id, words FROM matters WHERE id > ?1 ORDER BY id LIMIT ?2";
    pub(super) RESEAL_WORDS = "UPDATE matters SET words = ?2 WHERE id = ?1 AND words = ?3";
    pub(super) NOTES_AFTER = "SELECT matter_id, number, note FROM matter_steps WHERE note IS NOT NULL AND matter_id > ?1
        AND matter_id <= ?2 ORDER BY matter_id, number";
    pub(super) RESEAL_NOTE = "UPDATE matter_steps SET note = ?3 WHERE matter_id = ?1 AND number = ?2 AND note = ?4";
    pub(super) FIGURES = "SELECT m.community_id, COUNT(*),
        CAST(SUM(CASE WHEN m.first_contact_at IS NULL THEN 0 ELSE 1 END) AS BIGINT),
        CAST(SUM(CASE WHEN m.answered_at IS NULL THEN 0 ELSE 1 END) AS BIGINT),
        CAST(SUM(CASE WHEN m.answered_at IS NULL OR m.late THEN 0 ELSE 1 END) AS BIGINT),
        CAST(SUM(CASE WHEN m.state = 'closed' THEN 1 ELSE 0 END) AS BIGINT),
        CAST(SUM(CASE WHEN m.outcome IN ('confirmed', 'called-back') THEN 1 ELSE 0 END) AS BIGINT),
        CAST(SUM(CASE WHEN m.satisfied IS NULL THEN 0 ELSE 1 END) AS BIGINT),
        CAST(SUM(CASE WHEN m.satisfied THEN 1 ELSE 0 END) AS BIGINT)
        FROM matters m WHERE m.received_at >= ?1 AND m.received_at < ?2 AND m.source <> 'worker'
        AND m.state NOT IN ('merged', 'withdrawn', 'not-accepted') GROUP BY m.community_id";
    pub(super) URGED = "SELECT community_id, COUNT(*), CAST(SUM(CASE WHEN answered_at IS NULL THEN 0 ELSE 1 END) AS BIGINT)
        FROM matters WHERE received_at >= ?1 AND received_at < ?2 AND late AND holder = 'operator'
        AND state NOT IN ('merged', 'withdrawn', 'not-accepted') GROUP BY community_id";
    pub(super) KEEP_SURVEY = "INSERT INTO matter_surveys (matter_id, answered_at, speed, manner, result) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (matter_id) DO NOTHING";
    pub(super) SURVEYED = "SELECT 1 FROM matter_surveys WHERE matter_id = ?1";
    pub(super) SURVEY_OF = "SELECT speed, manner, result FROM matter_surveys WHERE matter_id = ?1";
    pub(super) SURVEYS = "SELECT CAST(COALESCE(SUM(CASE WHEN s.speed = 'good' THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN s.speed = 'fair' THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN s.speed = 'poor' THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN s.manner = 'good' THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN s.manner = 'fair' THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN s.manner = 'poor' THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN s.result = 'good' THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN s.result = 'fair' THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN s.result = 'poor' THEN 1 ELSE 0 END), 0) AS BIGINT)
        FROM matter_surveys s JOIN matters m ON m.id = s.matter_id
        WHERE m.community_id = ?1 AND m.received_at >= ?2 AND m.received_at < ?3 AND m.holder = 'operator' AND m.source <> 'worker'
        AND m.state NOT IN ('suspended', 'merged', 'withdrawn', 'not-accepted')";
    pub(super) TEMPLATES = "SELECT id, town_id, grid_id, category, title, title_en, words, words_en, version FROM answer_templates
        WHERE ended_at IS NULL ORDER BY category NULLS FIRST, title, id";
    pub(super) ADD_TEMPLATE = "INSERT INTO answer_templates (id, town_id, grid_id, category, title, title_en, words, words_en, version,
        ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, NULL)";
    pub(super) CHANGE_TEMPLATE = "UPDATE answer_templates SET category = ?3, title = ?4, title_en = ?5, words = ?6, words_en = ?7,
        version = version + 1 WHERE id = ?1 AND version = ?2 AND ended_at IS NULL";
    pub(super) END_TEMPLATE = "UPDATE answer_templates SET ended_at = ?3, version = version + 1
        WHERE id = ?1 AND version = ?2 AND ended_at IS NULL";
    pub(super) UPDATES = "SELECT m.code, s.number, s.step, s.at, s.holder, m.closed_at FROM matter_steps s JOIN matters m ON m.id = s.matter_id
        WHERE s.at >= ?1 AND s.at < ?2 AND s.step NOT IN ('note', 'clear', 'hide', 'contact', 'ask-extension', 'keep-term', 'remind')
        ORDER BY s.at, m.code, s.number LIMIT ?3";
    pub(super) SCORE = "SELECT COUNT(*),
        CAST(COALESCE(SUM(CASE WHEN answered_at IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN answered_at IS NULL OR late THEN 0 ELSE 1 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN outcome IN ('confirmed', 'called-back') THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN outcome = 'unconfirmed' THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN satisfied IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(CASE WHEN satisfied THEN 1 ELSE 0 END), 0) AS BIGINT),
        CAST(COALESCE(SUM(reopened), 0) AS BIGINT)
        FROM matters WHERE community_id = ?1 AND received_at >= ?2 AND received_at < ?3 AND holder = 'operator' AND source <> 'worker'
        AND state NOT IN ('suspended', 'merged', 'withdrawn', 'not-accepted')";
    pub(super) PHOTOS = "SELECT id, step, at, role, account_id, width, height, cleared FROM matter_photos WHERE matter_id = ?1
        ORDER BY number, id";
    pub(super) PHOTOS_SO_FAR = "SELECT COALESCE(MAX(number), 0), COUNT(*) FROM matter_photos WHERE matter_id = ?1";
    pub(super) PICTURE = "SELECT picture FROM matter_photos WHERE id = ?1";
    pub(super) PREVIEW = "SELECT preview FROM matter_photos WHERE id = ?1";
    pub(super) CLEAR_PHOTO = "UPDATE matter_photos SET cleared = ?3 WHERE id = ?1 AND matter_id = ?2 AND cleared = ?4";
    pub(super) REMOVE_PHOTO = "DELETE FROM matter_photos WHERE id = ?1 AND matter_id = ?2 AND NOT cleared";
    pub(super) FORGET_PHOTOS = "DELETE FROM matter_photos WHERE NOT cleared AND matter_id IN (SELECT id FROM matters WHERE person_id = ?1)";
    pub(super) FORGET_OLD_PHOTOS = "DELETE FROM matter_photos WHERE NOT cleared AND at < ?1 AND matter_id IN
        (SELECT id FROM matters WHERE closed_at < ?1)";
    pub(super) PHOTOS_AFTER = "SELECT id, preview, picture FROM matter_photos WHERE id > ?1 ORDER BY id LIMIT ?2";
    pub(super) RESEAL_PHOTO = "UPDATE matter_photos SET preview = ?2, picture = ?3 WHERE id = ?1 AND picture = ?4";
}

/// What a row of a list shows.
const ROW: &str = "m.id, m.code, m.source, m.community_id, m.category, m.state, m.holder, m.joined, m.received_at, m.due_on,
    m.provisional, m.late, m.outcome, m.building_id, m.public_words, m.answered_at, m.closed_at, m.call_back, m.extension_asked,
    m.suspended_until, m.reopened";

/// Matters of the communities that lay somewhere by the newest of their versions before the instant `?1`: one that has left
/// the list is where it last was. Days begin eight hours before those of UTC, so that whole days compare as they should.
macro_rules! lay_in {
    ($column:literal) => {
        concat!(
            "m.community_id IN (SELECT v.community_id FROM community_versions v WHERE v.",
            $column,
            " = {} AND v.valid_from * 86400000 < ?1 AND NOT EXISTS (SELECT 1 FROM community_versions w
                WHERE w.community_id = v.community_id AND w.valid_from > v.valid_from AND w.valid_from * 86400000 < ?1))"
        )
    };
}

/// All lists of matters: in public, on the desk, as a file, for programs.
pub(super) static LIST: db::List = db::List {
    name: "matters::LIST",
    columns: ROW,
    source: "matters m",
    base: "m.received_at < ?1",
    base_params: 1,
    id: "m.id",
    filters: &[
        db::Filter { name: "town", sql: lay_in!("town_id") },
        db::Filter { name: "grid", sql: lay_in!("grid_id") },
        db::Filter { name: "community", sql: "m.community_id = {}" },
        db::Filter { name: "category", sql: "m.category = {}" },
        db::Filter { name: "state", sql: "m.state = {}" },
        db::Filter { name: "holder", sql: "m.holder = {}" },
        db::Filter { name: "source", sql: "m.source = {}" },
        db::Filter { name: "received-from", sql: "m.received_at >= {}" },
        db::Filter { name: "received-before", sql: "m.received_at < {}" },
        db::Filter {
            name: "runs-due-before",
            sql: "m.state IN ('received', 'accepted', 'in-progress') AND m.due_on < {}",
        },
        db::Filter {
            name: "runs-due-on",
            sql: "m.state IN ('received', 'accepted', 'in-progress') AND m.due_on = {}",
        },
        db::Filter {
            name: "runs-due-after",
            sql: "m.state IN ('received', 'accepted', 'in-progress') AND m.due_on > {}",
        },
        db::Filter { name: "call-back", sql: "m.call_back = {}" },
        db::Filter {
            name: "extension",
            // Few ask: they are found by the index of those, and not by the state, which is an expression here.
            sql: "m.extension_asked > 0 AND m.state || '' IN ('received', 'accepted', 'in-progress') AND {}",
        },
        db::Filter { name: "open", sql: "m.closed_at IS NULL AND {}" },
    ],
    sorts: &[
        db::Sort { name: "due", sql: "m.due_on" },
        db::Sort { name: "received", sql: "m.received_at" },
        db::Sort { name: "code", sql: "m.code" },
    ],
};

/// What a program of Open311 is told of a matter.
const REPORT: &str = "m.code, m.category, m.state, m.holder, m.received_at, m.due_on, m.closed_at, m.outcome, m.community_id, b.number,
    m.public_words, (SELECT MAX(s.at) FROM matter_steps s WHERE s.matter_id = m.id),
    (SELECT p.id FROM matter_photos p WHERE p.matter_id = m.id AND p.cleared ORDER BY p.number, p.id LIMIT 1)";

/// What programs of Open311 are told. Codes of categories come between commas: no code holds one, or a wildcard.
pub(super) static REPORTS: db::List = db::List {
    name: "matters::REPORTS",
    columns: REPORT,
    source: "matters m LEFT JOIN buildings b ON b.id = m.building_id",
    base: "m.received_at >= ?1 AND m.received_at < ?2",
    base_params: 2,
    id: "m.id",
    filters: &[
        db::Filter { name: "categories", sql: "CAST({} AS TEXT) LIKE '%,' || m.category || ',%'" },
        db::Filter { name: "open", sql: "m.closed_at IS NULL AND {}" },
        db::Filter { name: "closed", sql: "m.closed_at IS NOT NULL AND {}" },
        db::Filter { name: "code", sql: "m.code = {}" },
    ],
    sorts: &[db::Sort { name: "received", sql: "m.received_at" }],
};

db::registered![
    ADD,
    ADD_STEPS,
    MATTER,
    BY_CODE,
    OVERDUE,
    RUNNING,
    WORDS_SAID,
    DUE_NOW,
    PROVISIONAL,
    BY_FOREIGN,
    SET_LIFE,
    STEPS,
    ANSWERED_BY,
    LATELY,
    REPORTED_BY,
    REPORTS_FROM,
    FORGET_WORDS,
    FORGET_NOTES,
    WORDS_AFTER,
    RESEAL_WORDS,
    NOTES_AFTER,
    RESEAL_NOTE,
    FIGURES,
    URGED,
    SCORE,
    LIST,
    REPORTS,
    UPDATES,
    ADD_PHOTOS,
    PHOTOS,
    PHOTOS_SO_FAR,
    PICTURE,
    PREVIEW,
    CLEAR_PHOTO,
    REMOVE_PHOTO,
    FORGET_PHOTOS,
    FORGET_OLD_PHOTOS,
    PHOTOS_AFTER,
    RESEAL_PHOTO,
    KEEP_SURVEY,
    SURVEYED,
    SURVEY_OF,
    SURVEYS,
    TEMPLATES,
    ADD_TEMPLATE,
    CHANGE_TEMPLATE,
    END_TEMPLATE,
];
