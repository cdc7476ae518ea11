//! The statements of notices.

use db::{Filter, List, Sort};

db::bulk! {
    pub(super) ADD_NOTICES = "notices" (id Uuid, account_id Uuid, kind Text, thing Text, thing_id Uuid, code Text, things Bigint,
        made_at Bigint, read_at Bigint);
    pub(super) ADD_OUTBOX = "outbox" (id Uuid, channel Text, kind Text, thing Text, thing_id Uuid, code Text, things Bigint,
        account_id Uuid, person_id Uuid, webhook_id Uuid, made_at Bigint, state Text, tries Bigint, next_at Bigint, lease Uuid,
        settled_at Bigint);
    pub(super) ADD_CHOICES = "notice_choices" (account_id Uuid, kind Text, channel Text);
}

db::statements! {
    pub(super) HOLDERS = "SELECT a.id, g.role, g.town_id, g.grid_id, g.community_id FROM grants g JOIN accounts a ON a.id = g.account_id
        WHERE g.role = ?1 AND g.valid_from <= ?2 AND (g.valid_to IS NULL OR g.valid_to > ?2)
        AND a.valid_from <= ?2 AND (a.valid_to IS NULL OR a.valid_to > ?2) ORDER BY a.id, g.id";
    pub(super) ACCOUNTS_OF = "SELECT id FROM accounts
        WHERE person_id = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2) ORDER BY id";
    pub(super) HAS_TELEPHONE = "SELECT 1 FROM persons WHERE id = ?1 AND telephone IS NOT NULL";
    pub(super) TOLD_SINCE = "SELECT 1 FROM notices WHERE made_at > ?2 AND kind = ?1 LIMIT 1";
    pub(super) UNDIGESTED = "SELECT DISTINCT a.id FROM accounts a JOIN grants g ON g.account_id = a.id
        WHERE g.role IN ('operator', 'community-worker', 'grid-leader', 'town-officer', 'district-officer')
        AND g.valid_from <= ?1 AND (g.valid_to IS NULL OR g.valid_to > ?1)
        AND a.valid_from <= ?1 AND (a.valid_to IS NULL OR a.valid_to > ?1)
        AND NOT EXISTS (SELECT 1 FROM digests d WHERE d.account_id = a.id AND d.day >= ?1) ORDER BY a.id LIMIT ?2";
    pub(super) DIGESTED = "INSERT INTO digests (account_id, day, things) VALUES (?1, ?2, ?3)
        ON CONFLICT (account_id) DO UPDATE SET day = excluded.day, things = excluded.things WHERE digests.day < excluded.day";
    pub(super) FORGET_DIGEST = "DELETE FROM digests WHERE account_id = ?1";
    pub(super) TONGUE = "SELECT language FROM accounts WHERE id = ?1";
    pub(super) CHOOSE_TONGUE = "UPDATE accounts SET language = ?2 WHERE id = ?1";
    pub(super) TONGUE_OF = "SELECT language FROM accounts WHERE person_id = ?1 AND language IS NOT NULL
        AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2) ORDER BY id LIMIT 1";
    pub(super) RECEIVER = "SELECT person_id, login, language FROM accounts
        WHERE id = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)";

    pub(super) UNREAD = "SELECT COUNT(*) FROM notices WHERE account_id = ?1 AND read_at IS NULL";
    pub(super) NOTICES_OF = "SELECT id, kind, thing, thing_id, code, things, made_at, read_at FROM notices
        WHERE account_id = ?1 ORDER BY made_at DESC, id DESC";
    pub(super) MARK_READ = "UPDATE notices SET read_at = COALESCE(read_at, ?3) WHERE id = ?1 AND account_id = ?2";
    pub(super) MARK_ALL_READ = "UPDATE notices SET read_at = ?2 WHERE account_id = ?1 AND read_at IS NULL AND made_at <= ?3";
    pub(super) FORGET_NOTICES = "DELETE FROM notices WHERE made_at < ?1";

    pub(super) CHOSEN = "SELECT account_id, channel FROM notice_choices WHERE kind = ?1";
    pub(super) CHOSEN_BY = "SELECT kind, channel FROM notice_choices WHERE account_id = ?1 ORDER BY kind, channel";
    pub(super) DROP_CHOICES = "DELETE FROM notice_choices WHERE account_id = ?1";

    pub(super) MAIL = "SELECT address, confirmed_at, code_id, code_until FROM mail_addresses WHERE account_id = ?1";
    pub(super) KEEP_MAIL = "INSERT INTO mail_addresses (account_id, address, confirmed_at, code_id, code_until, tries)
        VALUES (?1, ?2, NULL, ?3, ?4, 0) ON CONFLICT (account_id) DO UPDATE SET address = excluded.address, confirmed_at = NULL,
        code_id = excluded.code_id, code_until = excluded.code_until, tries = 0";
    pub(super) TRY_MAIL = "UPDATE mail_addresses SET tries = tries + 1 WHERE account_id = ?1 AND tries < ?2";
    pub(super) CONFIRM_MAIL = "UPDATE mail_addresses SET confirmed_at = ?2, code_id = NULL, code_until = NULL WHERE account_id = ?1";
    pub(super) FORGET_MAIL = "DELETE FROM mail_addresses WHERE account_id = ?1";
    pub(super) FORGET_MAIL_OF = "DELETE FROM mail_addresses WHERE account_id IN (SELECT id FROM accounts WHERE person_id = ?1)";
    pub(super) FORGET_UNCONFIRMED = "DELETE FROM mail_addresses WHERE confirmed_at IS NULL AND code_until < ?1";
    pub(super) MAIL_CODES_SINCE = "SELECT COUNT(*) FROM outbox WHERE account_id = ?1 AND made_at > ?2 AND kind = 'mail-code'";
    pub(super) MAILS = "SELECT account_id, address FROM mail_addresses ORDER BY account_id";
    pub(super) RESEAL_MAIL = "UPDATE mail_addresses SET address = ?2 WHERE account_id = ?1 AND address = ?3";

    pub(super) DUE = "SELECT 1 FROM outbox WHERE state = 'waiting' AND next_at <= ?1 AND channel IN (?2, ?3, ?4, ?5) LIMIT 1";
    pub(super) CLAIM = "UPDATE outbox SET lease = ?1, next_at = ?2, tries = tries + 1
        WHERE state = 'waiting' AND next_at <= ?3 AND id IN (SELECT o.id FROM outbox o
            WHERE o.state = 'waiting' AND o.next_at <= ?3 AND o.channel IN (?5, ?6, ?7, ?8) ORDER BY o.next_at, o.id LIMIT ?4)";
    pub(super) CLAIMED = "SELECT id, channel, kind, thing, thing_id, code, things, account_id, person_id, webhook_id, made_at, tries
        FROM outbox WHERE lease = ?1 AND state = 'waiting' ORDER BY made_at, id";
    pub(super) SENT = "UPDATE outbox SET state = 'sent', settled_at = ?2, lease = NULL WHERE id = ?1 AND state <> 'sent'";
    pub(super) GIVE_UP = "UPDATE outbox SET state = 'given-up', settled_at = ?3, lease = NULL
        WHERE id = ?1 AND lease = ?2 AND state = 'waiting'";
    pub(super) TRY_LATER = "UPDATE outbox SET next_at = ?3, lease = NULL WHERE id = ?1 AND lease = ?2 AND state = 'waiting'";
    pub(super) WAYLESS = "SELECT id FROM outbox WHERE state = 'waiting' AND made_at < ?1 AND channel IN (?3, ?4, ?5, ?6)
        ORDER BY made_at, id LIMIT ?2";
    pub(super) GIVE_UP_WAYLESS = "UPDATE outbox SET state = 'given-up', settled_at = ?2, lease = NULL WHERE id = ?1 AND state = 'waiting'";
    pub(super) REPLAY = "UPDATE outbox SET state = 'waiting', tries = 0, next_at = ?2, lease = NULL, settled_at = NULL
        WHERE id = ?1 AND state <> 'waiting'";
    pub(super) ADD_DELIVERY = "INSERT INTO deliveries (id, outbox_id, tried_at, millis, fault, status) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    pub(super) DELIVERIES = "SELECT tried_at, millis, fault, status FROM deliveries WHERE outbox_id = ?1 ORDER BY tried_at DESC, id DESC";
    pub(super) COUNTS = "SELECT channel, state, COUNT(*) FROM outbox GROUP BY channel, state";
    pub(super) MESSAGE = "SELECT o.id, o.channel, o.kind, o.thing, o.thing_id, o.code, o.things, o.made_at, o.state, o.tries, o.next_at,
        a.login, w.url, (SELECT d.fault FROM deliveries d WHERE d.outbox_id = o.id ORDER BY d.tried_at DESC, d.id DESC LIMIT 1)
        FROM outbox o LEFT JOIN accounts a ON a.id = o.account_id LEFT JOIN webhooks w ON w.id = o.webhook_id WHERE o.id = ?1";
    pub(super) FORGET_DELIVERIES = "DELETE FROM deliveries WHERE outbox_id IN (SELECT id FROM outbox
        WHERE state <> 'waiting' AND settled_at < ?1)";
    pub(super) FORGET_OUTBOX = "DELETE FROM outbox WHERE state <> 'waiting' AND settled_at < ?1";

    pub(super) OPEN_WEBHOOKS = "SELECT id, kinds FROM webhooks WHERE ended_at IS NULL ORDER BY id";
    pub(super) WEBHOOKS = "SELECT w.id, w.url, w.kinds, w.made_at, w.ended_at, w.older_until,
        (SELECT COUNT(*) FROM outbox o WHERE o.webhook_id = w.id AND o.state = 'waiting'),
        (SELECT COUNT(*) FROM outbox o WHERE o.webhook_id = w.id AND o.state = 'sent'),
        (SELECT COUNT(*) FROM outbox o WHERE o.webhook_id = w.id AND o.state = 'given-up')
        FROM webhooks w ORDER BY w.ended_at NULLS FIRST, w.made_at DESC, w.id DESC";
    pub(super) WEBHOOK_RECEIVER = "SELECT url, secret, older_secret, older_until FROM webhooks WHERE id = ?1 AND ended_at IS NULL";
    pub(super) ADD_WEBHOOK = "INSERT INTO webhooks (id, url, kinds, secret, older_secret, older_until, made_at, ended_at)
        VALUES (?1, ?2, ?3, ?4, NULL, NULL, ?5, NULL)";
    pub(super) CHANGE_WEBHOOK = "UPDATE webhooks SET kinds = ?2 WHERE id = ?1 AND ended_at IS NULL";
    pub(super) ROTATE_SECRET = "UPDATE webhooks SET older_secret = secret, older_until = ?3, secret = ?2
        WHERE id = ?1 AND ended_at IS NULL";
    pub(super) END_WEBHOOK = "UPDATE webhooks SET ended_at = ?2, secret = NULL, older_secret = NULL, older_until = NULL
        WHERE id = ?1 AND ended_at IS NULL";
    pub(super) FORGET_WEBHOOKS = "DELETE FROM webhooks WHERE ended_at < ?1
        AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.webhook_id = webhooks.id)";
    pub(super) SECRETS = "SELECT id, secret, older_secret FROM webhooks WHERE secret IS NOT NULL ORDER BY id";
    pub(super) RESEAL_SECRET = "UPDATE webhooks SET secret = ?2 WHERE id = ?1 AND secret = ?3";
    pub(super) RESEAL_OLDER = "UPDATE webhooks SET older_secret = ?2 WHERE id = ?1 AND older_secret = ?3";
}

/// The inbox of an account.
pub(super) static INBOX: List = List {
    name: "district::notices::store::INBOX",
    columns: "n.id, n.kind, n.thing, n.thing_id, n.code, n.things, n.made_at, n.read_at",
    source: "notices n",
    base: "n.account_id = ?1",
    base_params: 1,
    id: "n.id",
    filters: &[
        Filter { name: "unread", sql: "CASE WHEN n.read_at IS NULL THEN 'yes' ELSE 'no' END = {}" },
        Filter { name: "kind", sql: "n.kind = {}" },
    ],
    sorts: &[Sort { name: "made_at", sql: "n.made_at" }],
};

/// The outbox.
pub(super) static OUTBOX: List = List {
    name: "district::notices::store::OUTBOX",
    columns: "o.id, o.channel, o.kind, o.thing, o.thing_id, o.code, o.things, o.made_at, o.state, o.tries, o.next_at, a.login, w.url,
        (SELECT d.fault FROM deliveries d WHERE d.outbox_id = o.id ORDER BY d.tried_at DESC, d.id DESC LIMIT 1)",
    source: "outbox o LEFT JOIN accounts a ON a.id = o.account_id LEFT JOIN webhooks w ON w.id = o.webhook_id",
    base: "o.tries >= 0",
    base_params: 0,
    id: "o.id",
    filters: &[
        Filter { name: "channel", sql: "o.channel = {}" },
        Filter { name: "state", sql: "o.state = {}" },
        Filter { name: "webhook", sql: "o.webhook_id = {}" },
    ],
    sorts: &[Sort { name: "made_at", sql: "o.made_at" }],
};

db::registered![
    ADD_NOTICES,
    ADD_OUTBOX,
    ADD_CHOICES,
    HOLDERS,
    ACCOUNTS_OF,
    HAS_TELEPHONE,
    TOLD_SINCE,
    UNDIGESTED,
    DIGESTED,
    FORGET_DIGEST,
    TONGUE,
    CHOOSE_TONGUE,
    TONGUE_OF,
    RECEIVER,
    UNREAD,
    NOTICES_OF,
    MARK_READ,
    MARK_ALL_READ,
    FORGET_NOTICES,
    CHOSEN,
    CHOSEN_BY,
    DROP_CHOICES,
    MAIL,
    KEEP_MAIL,
    TRY_MAIL,
    CONFIRM_MAIL,
    FORGET_MAIL,
    FORGET_MAIL_OF,
    FORGET_UNCONFIRMED,
    MAIL_CODES_SINCE,
    MAILS,
    RESEAL_MAIL,
    DUE,
    CLAIM,
    CLAIMED,
    SENT,
    GIVE_UP,
    TRY_LATER,
    WAYLESS,
    GIVE_UP_WAYLESS,
    REPLAY,
    ADD_DELIVERY,
    DELIVERIES,
    COUNTS,
    MESSAGE,
    FORGET_DELIVERIES,
    FORGET_OUTBOX,
    OPEN_WEBHOOKS,
    WEBHOOKS,
    WEBHOOK_RECEIVER,
    ADD_WEBHOOK,
    CHANGE_WEBHOOK,
    ROTATE_SECRET,
    END_WEBHOOK,
    FORGET_WEBHOOKS,
    SECRETS,
    RESEAL_SECRET,
    RESEAL_OLDER,
    INBOX,
    OUTBOX,
];
