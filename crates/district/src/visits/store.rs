//! The statements of visits.

db::bulk! {
    pub(super) ADD_VISITS = "visits" (id Uuid, tenancy_id Uuid, community_id Uuid, day Bigint, made_at Bigint, recorded_at Bigint,
        outcome Text, slot Text, until_day Bigint, account_id Uuid, note Bytea, satisfied Boolean);
    pub(super) ADD_NEEDS = "visit_needs" (id Uuid, visit_id Uuid, tenancy_id Uuid, community_id Uuid, category Text, consent Boolean,
        day Bigint);
    pub(super) ADD_WAITING = "visit_inbox" (id Uuid, tenancy_id Uuid, community_id Uuid, round_id Uuid, day Bigint, made_at Bigint,
        received_at Bigint, outcome Text, slot Text, needs Text, account_id Uuid, note Bytea, reason Text, satisfied Boolean);
    pub(super) ADD_ROUNDS = "rounds" (id Uuid, station_id Uuid, post_id Uuid, day Bigint, back_minutes Bigint, version Bigint,
        made_at Bigint);
    pub(super) ADD_STOPS = "round_stops" (id Uuid, round_id Uuid, tenancy_id Uuid, place Bigint, slot Text, why Text, due_by Bigint,
        visit_minutes Bigint, walk_minutes Bigint);
    pub(super) ADD_MARKS = "visit_marks" (id Uuid, tenancy_id Uuid, community_id Uuid, kind Text, valid_from Bigint, valid_to Bigint,
        marked_by Uuid);
}

db::statements! {
    pub(super) COUNT_BETWEEN = "SELECT (SELECT COUNT(*) FROM visits WHERE id >= ?1 AND id <= ?2)
        + (SELECT COUNT(*) FROM visit_inbox WHERE id >= ?1 AND id <= ?2)";
    pub(super) RECEIPT = "SELECT tenancy_id, outcome FROM visits WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM visit_inbox w WHERE w.id = visits.id)";
    pub(super) WAITING_RECEIPT = "SELECT tenancy_id, outcome, reason FROM visit_inbox WHERE id = ?1";
    pub(super) DOORS = "SELECT tenancy_id, day, account_id FROM visits WHERE community_id = ?1 AND day >= ?2 AND day <= ?3";
    pub(super) DOORS_OF_ROUND = "SELECT tenancy_id FROM round_stops WHERE round_id = ?1";
    pub(super) MARKED = "SELECT tenancy_id FROM visit_marks WHERE community_id = ?1 AND kind = ?2
        AND valid_from <= ?3 AND (valid_to IS NULL OR valid_to > ?3)";

    pub(super) WAITING = "SELECT w.id, w.community_id, w.day, w.made_at, w.received_at, w.outcome, w.needs, w.account_id, w.reason,
        w.tenancy_id, b.number, u.number, r.number, CASE WHEN w.note IS NULL THEN FALSE ELSE TRUE END, w.satisfied
        FROM visit_inbox w JOIN tenancies t ON t.id = w.tenancy_id JOIN units u ON u.id = t.unit_id JOIN buildings b ON b.id = u.building_id
        LEFT JOIN rooms r ON r.id = t.room_id WHERE w.decided_at IS NULL ORDER BY w.received_at, w.id";
    pub(super) WAITING_VISIT = "SELECT tenancy_id, community_id, day, made_at, received_at, outcome, needs, account_id, note, reason,
        decided_at, satisfied FROM visit_inbox WHERE id = ?1";
    pub(super) DECIDE_WAITING = "UPDATE visit_inbox SET decided_at = ?2, decided_by = ?3, taken = ?4 WHERE id = ?1 AND decided_at IS NULL";

    pub(super) CONTACTED = "SELECT DISTINCT tenancy_id FROM visits WHERE day <= ?1 AND until_day > ?1";
    pub(super) WORDS_SAID = "SELECT tenancy_id, made_at, satisfied FROM visits WHERE satisfied IS NOT NULL AND until_day IS NOT NULL";
    pub(super) LAST_CONTACTS = "SELECT tenancy_id, MAX(day) FROM visits WHERE community_id = ?1 AND until_day IS NOT NULL AND day <= ?2
        GROUP BY tenancy_id";
    pub(super) LAST_VISITS = "SELECT tenancy_id, outcome, slot FROM visits WHERE community_id = ?1 AND day > ?2 AND day <= ?3
        ORDER BY day, made_at, id";
    pub(super) MARKS_OF_COMMUNITY = "SELECT tenancy_id, kind, valid_from FROM visit_marks WHERE community_id = ?1
        AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2) ORDER BY valid_from, id";
    pub(super) ROUNDS = "SELECT id, post_id, back_minutes, version FROM rounds WHERE station_id = ?1 AND day = ?2 ORDER BY post_id";
    pub(super) ROUND = "SELECT station_id, post_id, day, version FROM rounds WHERE id = ?1";
    pub(super) ROUND_OF_POST = "SELECT id FROM rounds WHERE post_id = ?1 AND day = ?2";
    pub(super) LATE_ROUNDS = "SELECT o.id, o.day, o.post_id, COUNT(*) FROM rounds o JOIN round_stops s ON s.round_id = o.id
        JOIN tenancies t ON t.id = s.tenancy_id WHERE o.station_id = ?1 AND o.day >= ?2 AND o.day < ?3
        AND (t.valid_to IS NULL OR t.valid_to > ?3)
        AND NOT EXISTS (SELECT 1 FROM visits v WHERE v.tenancy_id = s.tenancy_id AND v.day >= o.day)
        GROUP BY o.id, o.day, o.post_id ORDER BY o.day, o.id";
    pub(super) STOPS = "SELECT t.id, t.community_id, b.id, b.number, u.number, r.number, u.floor, t.valid_from, t.valid_to,
        s.id, s.round_id, s.place, s.slot, s.why, s.due_by, s.visit_minutes, s.walk_minutes,
        (SELECT v.outcome FROM visits v WHERE v.tenancy_id = s.tenancy_id AND v.day = o.day ORDER BY v.made_at DESC, v.id DESC LIMIT 1)
        FROM rounds o JOIN round_stops s ON s.round_id = o.id JOIN tenancies t ON t.id = s.tenancy_id
        JOIN units u ON u.id = t.unit_id JOIN buildings b ON b.id = u.building_id LEFT JOIN rooms r ON r.id = t.room_id
        WHERE o.station_id = ?1 AND o.day = ?2 ORDER BY s.round_id, s.place, s.id";
    pub(super) PLANNED_ELSEWHEN = "SELECT s.tenancy_id FROM rounds o JOIN round_stops s ON s.round_id = o.id
        WHERE o.station_id = ?1 AND o.day >= ?2 AND o.day <> ?3";
    pub(super) DROP_STOPS = "DELETE FROM round_stops WHERE round_id = ?1";
    pub(super) DROP_STOP = "DELETE FROM round_stops WHERE id = ?1";
    pub(super) DROP_ROUND = "DELETE FROM rounds WHERE id = ?1";
    pub(super) CHANGE_ROUND = "UPDATE rounds SET back_minutes = ?2, version = version + 1, made_at = ?3 WHERE id = ?1";

    pub(super) VISITS_OF = "SELECT id, day, made_at, outcome, account_id, CASE WHEN note IS NULL THEN FALSE ELSE TRUE END, satisfied FROM visits
        WHERE tenancy_id = ?1 ORDER BY day DESC, made_at DESC, id";
    pub(super) VISITS_TO_EXPORT = "SELECT v.id, v.day, v.made_at, v.outcome, v.slot, v.satisfied, v.tenancy_id, b.number, u.number, r.number
        FROM visits v JOIN tenancies t ON t.id = v.tenancy_id JOIN units u ON u.id = t.unit_id JOIN buildings b ON b.id = u.building_id
        LEFT JOIN rooms r ON r.id = t.room_id WHERE v.community_id = ?1 AND v.day >= ?2 AND v.day <= ?3 ORDER BY v.day, v.made_at, v.id";
    pub(super) NEEDS_TO_EXPORT = "SELECT visit_id, category FROM visit_needs WHERE community_id = ?1 AND day >= ?2 AND day <= ?3
        AND consent ORDER BY id";
    pub(super) NEEDS_OF = "SELECT n.visit_id, n.id, n.category, n.consent, n.matter_id, m.code, n.referral_id, r.number
        FROM visit_needs n LEFT JOIN matters m ON m.id = n.matter_id LEFT JOIN referrals r ON r.id = n.referral_id
        WHERE n.tenancy_id = ?1 ORDER BY n.id";
    pub(super) NEED = "SELECT n.tenancy_id, n.community_id, n.category, n.consent, n.day, n.matter_id, m.code, n.referral_id, r.number
        FROM visit_needs n LEFT JOIN matters m ON m.id = n.matter_id LEFT JOIN referrals r ON r.id = n.referral_id WHERE n.id = ?1";
    pub(super) NEEDS_SINCE = "SELECT id, tenancy_id, community_id, category, consent, day FROM visit_needs
        WHERE day >= ?1 AND day < ?2 AND consent AND matter_id IS NULL AND referral_id IS NULL ORDER BY day, id";
    pub(super) FOLLOW_NEED = "UPDATE visit_needs SET matter_id = ?2, referral_id = ?3
        WHERE id = ?1 AND matter_id IS NULL AND referral_id IS NULL";
    pub(super) NEED_BEHIND_MATTER = "SELECT tenancy_id, community_id, day FROM visit_needs WHERE matter_id = ?1";
    pub(super) NEED_BEHIND_REFERRAL = "SELECT tenancy_id, community_id, day FROM visit_needs WHERE referral_id = ?1";
    pub(super) MARKS_OF = "SELECT id, kind, valid_from FROM visit_marks WHERE tenancy_id = ?1 AND valid_from <= ?2
        AND (valid_to IS NULL OR valid_to > ?2) ORDER BY valid_from, id";
    pub(super) MARK = "SELECT tenancy_id, community_id, valid_from, valid_to FROM visit_marks WHERE id = ?1";
    pub(super) END_MARK = "UPDATE visit_marks SET valid_to = ?2 WHERE id = ?1 AND valid_to IS NULL";
    pub(super) DROP_MARK = "DELETE FROM visit_marks WHERE id = ?1 AND valid_from >= ?2";
    pub(super) THEMES = "SELECT community_id, category, COUNT(DISTINCT tenancy_id) FROM visit_needs WHERE day > ?1 AND day <= ?2
        GROUP BY community_id, category ORDER BY community_id, category";

    pub(super) NOTE = "SELECT tenancy_id, community_id, day, note FROM visits WHERE id = ?1";
    pub(super) NOTES_AFTER = "SELECT id, note FROM visits WHERE id > ?1 AND note IS NOT NULL ORDER BY id LIMIT ?2";
    pub(super) WAITING_NOTES_AFTER = "SELECT id, note FROM visit_inbox WHERE id > ?1 AND note IS NOT NULL ORDER BY id LIMIT ?2";
    pub(super) RESEAL_NOTE = "UPDATE visits SET note = ?2 WHERE id = ?1 AND note = ?3";
    pub(super) RESEAL_WAITING_NOTE = "UPDATE visit_inbox SET note = ?2 WHERE id = ?1 AND note = ?3";
    pub(super) FORGET_NOTES = "UPDATE visits SET note = NULL WHERE note IS NOT NULL AND (day <= ?1
        OR tenancy_id IN (SELECT t.id FROM tenancies t WHERE t.valid_to <= ?2))";
    pub(super) FORGET_WAITING_NOTES = "UPDATE visit_inbox SET note = NULL WHERE note IS NOT NULL AND (day <= ?1
        OR tenancy_id IN (SELECT t.id FROM tenancies t WHERE t.valid_to <= ?2))";
    pub(super) FORGET_NOTES_OF = "UPDATE visits SET note = NULL WHERE note IS NOT NULL
        AND tenancy_id IN (SELECT o.tenancy_id FROM occupants o WHERE o.person_id = ?1)";
    pub(super) FORGET_WAITING_NOTES_OF = "UPDATE visit_inbox SET note = NULL WHERE note IS NOT NULL
        AND tenancy_id IN (SELECT o.tenancy_id FROM occupants o WHERE o.person_id = ?1)";
    pub(super) COPY_OF = "SELECT v.id, v.day, v.outcome, v.note, v.satisfied FROM occupants o JOIN visits v ON v.tenancy_id = o.tenancy_id
        WHERE o.person_id = ?1 AND v.day >= o.valid_from AND (o.valid_to IS NULL OR v.day < o.valid_to) ORDER BY v.day, v.id";
    pub(super) NEEDS_OF_VISIT = "SELECT category, consent FROM visit_needs WHERE visit_id = ?1 ORDER BY id";

    pub(super) DEVICE = "SELECT account_id, secret, wipe_at, wiped_at FROM visit_devices WHERE id = ?1";
    pub(super) ADD_DEVICE = "INSERT INTO visit_devices (id, account_id, secret, first_seen, last_seen, wipe_at, wiped_at)
        VALUES (?1, ?2, ?3, ?4, ?4, NULL, NULL)";
    pub(super) SEEN_DEVICE = "UPDATE visit_devices SET last_seen = ?2 WHERE id = ?1";
    pub(super) ORDER_WIPE = "UPDATE visit_devices SET wipe_at = ?2, wiped_at = NULL WHERE id = ?1";
    pub(super) WIPED = "UPDATE visit_devices SET wiped_at = ?2, wipe_at = NULL WHERE id = ?1";
    pub(super) DEVICES = "SELECT id, first_seen, last_seen, wipe_at, wiped_at FROM visit_devices WHERE account_id = ?1
        ORDER BY last_seen DESC, id";
}

db::registered![
    ADD_VISITS,
    ADD_NEEDS,
    ADD_WAITING,
    ADD_ROUNDS,
    ADD_STOPS,
    ADD_MARKS,
    COUNT_BETWEEN,
    RECEIPT,
    WAITING_RECEIPT,
    DOORS,
    DOORS_OF_ROUND,
    MARKED,
    WAITING,
    WAITING_VISIT,
    DECIDE_WAITING,
    CONTACTED,
    WORDS_SAID,
    LAST_CONTACTS,
    LAST_VISITS,
    MARKS_OF_COMMUNITY,
    ROUNDS,
    ROUND,
    ROUND_OF_POST,
    LATE_ROUNDS,
    STOPS,
    PLANNED_ELSEWHEN,
    DROP_STOPS,
    DROP_STOP,
    DROP_ROUND,
    CHANGE_ROUND,
    VISITS_OF,
    VISITS_TO_EXPORT,
    NEEDS_TO_EXPORT,
    NEEDS_OF,
    NEED,
    NEEDS_SINCE,
    FOLLOW_NEED,
    NEED_BEHIND_MATTER,
    NEED_BEHIND_REFERRAL,
    MARKS_OF,
    MARK,
    END_MARK,
    DROP_MARK,
    THEMES,
    NOTE,
    NOTES_AFTER,
    WAITING_NOTES_AFTER,
    RESEAL_NOTE,
    RESEAL_WAITING_NOTE,
    FORGET_NOTES,
    FORGET_WAITING_NOTES,
    FORGET_NOTES_OF,
    FORGET_WAITING_NOTES_OF,
    COPY_OF,
    NEEDS_OF_VISIT,
    DEVICE,
    ADD_DEVICE,
    SEEN_DEVICE,
    ORDER_WIPE,
    WIPED,
    DEVICES,
];
