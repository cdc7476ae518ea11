//! Programs that read an inbox, and those of the administrator who looks after what is sent.

use district::kit::{Actor, Role, Scope};
use district::notices::{About, Channel, Kind, NewWebhook, Notice, Secret, Thing, To, add_webhook, tell};
use district::people::vault::Vault;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::fixture::{inhabited, story_in};
use super::{body, key, program, send};
use db::Db;
use district::kit::Call;

/// A program that is told, and two notices for whoever is a system administrator.
fn told(db: &Db) {
    inhabited(db);
    let actor = Actor::program();
    db.write(|tx| {
        let call = &mut Call::new(&actor, testkit::now(), 77);
        let new = NewWebhook { url: "https://hooks.example/".into(), kinds: vec![Kind::BackupFailed] };
        add_webhook(tx, call, &Vault::new(&[1; 32]), &new, &Secret::new([3; 32]))?;
        let about = About { thing: Thing::Backup, id: None, code: String::new(), count: 1 };
        let to = vec![To::Role(Role::SystemAdministrator, Scope::District)];
        let notice = Notice { kind: Kind::BackupFailed, about, to };
        tell(tx, call, &[notice.clone(), notice])
    })
    .unwrap();
}

#[test]
fn a_program_reads_an_inbox_chooses_and_looks_after_what_is_sent() {
    story_in(true, told, |browser| {
        let mut system = program(browser, Role::SystemAdministrator, &["notices"]);
        let first = body(&system.get("/api/v1/inbox?limit=1"));
        assert_eq!(
            (&first["items"][0]["kind"], &first["items"][0]["about"]["thing"]),
            (&json!("backup-failed"), &json!("backup"))
        );
        let next = format!("/api/v1/inbox?limit=1&after={}", first["next"].as_str().unwrap());
        let second = body(&system.get(&next));
        assert!(second["next"].is_null() && second["items"][0]["id"] != first["items"][0]["id"]);
        let read = format!("/api/v1/inbox/{}/read", first["items"][0]["id"].as_str().unwrap());
        assert_eq!(
            send(&mut system, Method::POST, &read, &key(1), &Value::Null).status,
            StatusCode::NO_CONTENT
        );
        assert_eq!(body(&system.get("/api/v1/inbox?unread=true"))["items"].as_array().unwrap().len(), 1);
        let all = send(&mut system, Method::POST, "/api/v1/inbox/read", &key(2), &Value::Null);
        assert_eq!(all.status, StatusCode::NO_CONTENT);
        assert!(body(&system.get("/api/v1/inbox?unread=true"))["items"].as_array().unwrap().is_empty());

        let chosen = json!({"choices": [{"kind": "backup-failed", "channel": Channel::Mail.as_str()}], "language": "en"});
        let chooses = send(&mut system, Method::PUT, "/api/v1/inbox/preferences", &key(3), &chosen);
        assert_eq!(chooses.status, StatusCode::NO_CONTENT, "{}", chooses.body);
        assert_eq!(body(&system.get("/api/v1/inbox/preferences")), chosen);
        let wrong = json!({"choices": [{"kind": "gap-chased", "channel": "mail"}]});
        let refused = send(&mut system, Method::PUT, "/api/v1/inbox/preferences", &key(4), &wrong);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

        let counts = body(&system.get("/api/v1/outbox/counts"));
        let waiting = |it: &&Value| it["channel"] == "webhook" && it["state"] == "waiting";
        let waiting = counts["counts"].as_array().unwrap().iter().find(waiting).unwrap();
        let listed = body(&system.get("/api/v1/outbox?channel=webhook&state=waiting"));
        assert_eq!(waiting["messages"].as_u64().unwrap(), listed["items"].as_array().unwrap().len() as u64);
        let message = format!("/api/v1/outbox/{}", listed["items"][0]["id"].as_str().unwrap());
        let details = body(&system.get(&message));
        assert_eq!(
            (&details["message"]["url"], &details["deliveries"]),
            (&json!("https://hooks.example/"), &json!([]))
        );
        let replay = send(&mut system, Method::POST, &format!("{message}/replay"), &key(5), &Value::Null);
        assert_eq!(replay.status, StatusCode::UNPROCESSABLE_ENTITY, "it waits already");

        let hooks = body(&system.get("/api/v1/webhooks"));
        assert_eq!((&hooks["items"][0]["waiting"], &hooks["count"]), (&json!(2), &json!(1)));
        let hook = format!("/api/v1/webhooks/{}", hooks["items"][0]["id"].as_str().unwrap());
        let kinds = json!({"kinds": ["gap-chased"]});
        let changed = send(&mut system, Method::PUT, &format!("{hook}/kinds"), &key(6), &kinds);
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.body);
        assert_eq!(
            send(&mut system, Method::DELETE, &hook, &key(7), &Value::Null).status,
            StatusCode::NO_CONTENT
        );
        assert_eq!(
            send(&mut system, Method::DELETE, &hook, &key(8), &Value::Null).status,
            StatusCode::NOT_FOUND
        );

        let mut officer = program(browser, Role::DistrictOfficer, &["notices"]);
        assert_eq!(officer.get("/api/v1/inbox").status, StatusCode::OK);
        assert_eq!(officer.get("/api/v1/outbox").status, StatusCode::FORBIDDEN);
        assert_eq!(officer.get(&message).status, StatusCode::FORBIDDEN);
        let mut reader = program(browser, Role::DistrictOfficer, &["read"]);
        assert_eq!(reader.get("/api/v1/inbox").status, StatusCode::FORBIDDEN, "its token is not for it");
    });
}
