//! People are told, choose by what, and the administrator looks after what is sent; receivers of tests are threads here.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use district::kit::{Actor, Role, Scope};
use district::notices::{About, Kind, Notice, Secret, Thing, To, Unsent, tell};
use http::StatusCode;

use super::fixture::{Answer, Browser, PASSWORD, common, inhabited, story_in, story_sending};
use crate::State;
use crate::notices::{
    Gateway, Hooks, MailSafety, MailSettings, Mailer, Message, Reach, Ways, give_up_wayless, send_due,
};

/// A gateway that sends nothing and writes down what it was given: to whom, the words, the id.
#[derive(Default)]
struct Recorded(Mutex<Vec<(String, String, String)>>);

impl Gateway for Recorded {
    fn send(&self, message: &Message<'_>) -> Result<Option<u16>, Unsent> {
        let sent = (message.to.to_owned(), message.text.to_owned(), message.id.to_owned());
        self.0.lock().unwrap().push(sent);
        Ok(Some(200))
    }
}

/// A server for mail that takes each one and keeps it whole.
fn mail_server() -> (Arc<Mailer>, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&taken);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let kept = Arc::clone(&kept);
            std::thread::spawn(move || take_mail(stream.unwrap(), &kept));
        }
    });
    let (host, from) = ("127.0.0.1".to_owned(), "里弄 <lilong@example.org>".to_owned());
    let settings = MailSettings { host, port, safety: MailSafety::None, from, login: None };
    (Arc::new(Mailer::new(&settings).unwrap()), taken)
}

fn take_mail(mut stream: TcpStream, kept: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut said = String::from("220 test\r\n");
    let mut whole = String::new();
    loop {
        stream.write_all(said.as_bytes()).unwrap();
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let word = line.trim().to_uppercase();
        said = match word.split([' ', ':']).next().unwrap_or_default() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n").unwrap();
                loop {
                    let mut line = String::new();
                    lines.read_line(&mut line).unwrap();
                    if line == ".\r\n" {
                        break;
                    }
                    whole.push_str(&line);
                }
                kept.lock().unwrap().push(std::mem::take(&mut whole));
                "250 taken\r\n"
            }
            "RCPT" => {
                whole.push_str(&line);
                "250 well\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 well\r\n",
        }
        .to_owned();
    }
}

/// What a program that is told was sent: its head and its body.
type Told = Arc<Mutex<Vec<(String, String)>>>;

/// A program that is told, which fails so many times first; where it lies.
fn receiver(fails: u32) -> (String, Told) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/lilong", listener.local_addr().unwrap());
    let told = Told::default();
    let kept = Arc::clone(&told);
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            kept.lock().unwrap().push(read_request(&stream));
            let status = if number < usize::try_from(fails).unwrap() { "503 Later" } else { "204 Taken" };
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    (url, told)
}

fn read_request(stream: &TcpStream) -> (String, String) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

fn tells(state: &State, kind: Kind, to: Vec<To>) {
    let about = About { count: 3, ..About::one(Thing::Gaps, base::Uuid::from_u128(5), "310112107") };
    let notice = Notice { kind, about, to };
    state.write(&Actor::program(), |tx, call| tell(tx, call, std::slice::from_ref(&notice))).unwrap();
}

fn posts(browser: &mut Browser, address: &str, fields: &[(&str, &str)]) -> Answer {
    let key = browser.get(address).key().to_owned();
    let fields: Vec<(&str, &str)> = [("request_key", key.as_str())].iter().chain(fields).copied().collect();
    browser.post(address, &fields)
}

/// The id in the first link to a message of the outbox.
fn first_message(page: &Answer) -> String {
    let (_, after) = page.body.split_once(r#"href="/desk/outbox/"#).expect("a message");
    format!("/desk/outbox/{}", after.split_once('"').unwrap().0)
}

fn of_office(role: Role) -> Vec<To> {
    vec![To::Role(role, Scope::District)]
}

#[test]
fn an_inbox_is_read_marked_and_filtered() {
    story_in(true, inhabited, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        assert!(officer.get("/inbox").has("这里没有消息"));
        let mut town = browser();
        town.enter(Role::TownOfficer);
        // A gap list is long to make: a proposal tells the district as well.
        let form = town.get("/district/register/propose");
        assert_eq!(form.status, StatusCode::OK);
        let fields = [("do", "leave"), ("reason", "合并"), ("on", "2026-03-01")];
        let left = posts(&mut town, "/communities/310112107-001/leave", &fields);
        assert!(left.status == StatusCode::SEE_OTHER, "{} {}", left.status, left.body);
        let page = officer.get("/inbox");
        assert!(
            page.has("消息（1 条未读）") && page.has("街镇申报了 1 个社区进出名单") && page.has("虹桥镇")
        );
        assert!(page.has(r#"href="/district/register/proposals""#));
        assert!(officer.get("/inbox?kind=gap-crossed-off").has("这里没有消息"));
        assert_eq!(officer.get("/inbox?kind=nonsense").status, StatusCode::NOT_FOUND);
        let (_, after) = page.body.split_once(r#"name="notice" value=""#).unwrap();
        let id = after.split_once('"').unwrap().0.to_owned();
        let read = [("do", "read"), ("notice", id.as_str())];
        let theirs = posts(&mut town, "/inbox/preferences", &[("do", "choose")]);
        assert_eq!(theirs.header("location"), "/inbox/preferences?done=choices");
        let key = town.get("/inbox/preferences").key().to_owned();
        let others = town.post("/inbox", &[("request_key", &key), read[0], read[1]]);
        assert_eq!(others.status, StatusCode::NOT_FOUND, "somebody else's");
        assert_eq!(posts(&mut officer, "/inbox", &read).header("location"), "/inbox");
        let page = officer.get("/inbox?unread=yes");
        assert!(page.has("0 条未读") && page.has("这里没有消息") && !page.has("条未读）"));
        officer.accept = "en";
        assert!(officer.get("/inbox").has("A town proposes 1 entry to or exit from the list"));
    });
}

#[test]
fn a_message_goes_by_the_ways_that_were_chosen_and_mail_only_to_a_confirmed_address() {
    let (texts, chat) = (Arc::new(Recorded::default()), Arc::new(Recorded::default()));
    let (mail, taken) = mail_server();
    let (by_text, by_chat): (Arc<dyn Gateway>, Arc<dyn Gateway>) = (texts.clone(), chat.clone());
    let ways = Ways { texts: Some(by_text), chat: Some(by_chat), mail: Some(mail), ..Ways::default() };
    story_sending(&ways, |browser, state| {
        for sent in [&texts, &chat] {
            sent.0.lock().unwrap().clear();
        }
        taken.lock().unwrap().clear();
        let mut system = browser();
        system.sign_in("demo-system-administrator", PASSWORD);
        let refused = posts(&mut system, "/inbox/preferences", &[("do", "mail"), ("mail", "no address")]);
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.has("请填写一个邮箱地址"));
        let asked = [("do", "mail"), ("mail", "zhang@example.org")];
        let asked = posts(&mut system, "/inbox/preferences", &asked);
        assert_eq!(asked.header("location"), "/inbox/preferences?done=mail");
        assert_eq!(send_due(state).unwrap(), 1);
        let mail = taken.lock().unwrap().pop().unwrap();
        assert!(mail.contains("RCPT TO:<zhang@example.org>") && mail.contains("Message-ID: <"), "{mail}");
        let code = code_in(&mail);
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let types = |system: &mut Browser, code: &str| {
            posts(system, "/inbox/preferences", &[("do", "code"), ("code", code)])
        };
        assert!(types(&mut system, wrong).has("验证码不对"));
        assert_eq!(types(&mut system, &code).header("location"), "/inbox/preferences?done=code");

        let chosen = [("do", "choose"), ("choice", "backup-failed mail"), ("choice", "backup-failed chat")];
        let kept = posts(&mut system, "/inbox/preferences", &chosen);
        assert_eq!(kept.header("location"), "/inbox/preferences?done=choices");
        let not_theirs = [("do", "choose"), ("choice", "gap-chased mail")];
        assert!(posts(&mut system, "/inbox/preferences", &not_theirs).has("这种消息不会发给您的身份"));
        tells(state, Kind::BackupFailed, of_office(Role::SystemAdministrator));
        assert_eq!(send_due(state).unwrap(), 2);
        let mail = taken.lock().unwrap().pop().unwrap();
        assert!(mail.contains("From: ") && mail.contains("lilong@example.org"), "{mail}");
        let (to, words, _) = chat.0.lock().unwrap().pop().unwrap();
        assert_eq!(to, "demo-system-administrator");
        // Where no language was chosen it is said in Chinese and in English.
        let chinese = "【示范区】今天的备份没有做成，请查看日志并处理。请登录后查看。";
        let english = "No backup was made. Please look at the log and mend it. Please sign in to see it.";
        assert!(words.starts_with(chinese) && words.ends_with(english), "{words}");
        let kept = posts(&mut system, "/inbox/preferences", &[("do", "language"), ("language", "en")]);
        assert_eq!(kept.header("location"), "/inbox/preferences?done=language");
        tells(state, Kind::BackupFailed, of_office(Role::SystemAdministrator));
        assert_eq!(send_due(state).unwrap(), 2);
        taken.lock().unwrap().clear();
        let (_, words, _) = chat.0.lock().unwrap().pop().unwrap();
        assert!(words.starts_with('[') && words.ends_with(english), "{words}");
        let unknown = [("do", "language"), ("language", "tlh")];
        assert_eq!(posts(&mut system, "/inbox/preferences", &unknown).status, StatusCode::BAD_REQUEST);

        // A resident is told by the telephone that the vault knows.
        let person = district::kit::Id::from_uuid(base::IdSource::next(
            &mut base::SeededIds::new(110),
            testkit::now(),
        ));
        tells(state, Kind::JoinConfirmed, vec![To::Person(person)]);
        assert_eq!(send_due(state).unwrap(), 1);
        let (to, words, _) = texts.0.lock().unwrap().pop().unwrap();
        assert_eq!((to.as_str(), words.contains("您的加入申请已确认")), ("19900001234", true));
        let page = system.get("/desk/outbox");
        assert!(page.has("居民") && !page.has("1990000") && !page.has("zhang@"), "{}", page.body);
        let copied = posts(&mut system, "/me", &[("do", "copy")]);
        assert!(copied.has("zhang@example.org"));
        let gone = posts(&mut system, "/inbox/preferences", &[("do", "forget")]);
        assert_eq!(gone.header("location"), "/inbox/preferences?done=forgotten");
        assert!(!system.get("/inbox/preferences").has("zhang@"));
    });
}

/// The six digits in a mail, however its body is written down.
fn code_in(mail: &str) -> String {
    let (_, body) = mail.split_once("\r\n\r\n").unwrap();
    let body = if mail.to_lowercase().contains("base64") {
        let joined: String = body.split_whitespace().collect();
        String::from_utf8_lossy(&base64_bytes(&joined)).into_owned()
    } else {
        body.replace("=\r\n", "")
    };
    let digits = |c: char| !c.is_ascii_digit();
    body.split(digits).find(|part| part.len() == 6).unwrap_or_else(|| panic!("{body}")).to_owned()
}

fn base64_bytes(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let values = text.bytes().filter_map(|byte| LETTERS.iter().position(|letter| *letter == byte));
    let mut bits = 0_u32;
    let mut count = 0;
    let mut bytes = Vec::new();
    for value in values {
        bits = bits << 6 | u32::try_from(value).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes
}

#[test]
fn a_program_is_told_with_a_signature_again_while_it_is_down_and_by_hand() {
    let hooks = Arc::new(Hooks::new(Reach::new(vec!["127.0.0.0/8".parse().unwrap()])));
    let ways = Ways { hooks, ..Ways::default() };
    story_sending(&ways, |browser, state| {
        let (url, told) = receiver(1);
        let mut system = browser();
        system.sign_in("demo-system-administrator", PASSWORD);
        for (address, words) in [
            ("https://10.0.0.1/", "这个地址在内部网络里"),
            ("http://hooks.example.org/", "地址要以 https:// 开头"),
            ("ftp://a.b/", "请填写以 https:// 开头"),
        ] {
            let refused = posts(
                &mut system,
                "/desk/webhooks",
                &[("do", "add"), ("url", address), ("kind", "gap-chased")],
            );
            assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.has(words), "{address}");
        }
        let none = posts(&mut system, "/desk/webhooks", &[("do", "add"), ("url", &url)]);
        assert!(none.has("请至少选择一种"));
        let fields = [("do", "add"), ("url", url.as_str()), ("kind", "gap-chased"), ("kind", "plan-adopted")];
        let made = posts(&mut system, "/desk/webhooks", &fields);
        assert!(made.has("whsec_"), "{}", made.body);
        assert!(!system.get("/desk/webhooks").has("whsec_"), "shown once");

        tells(state, Kind::GapChased, Vec::new());
        tells(state, Kind::GapHandedOut, Vec::new());
        assert_eq!(send_due(state).unwrap(), 1, "it asked for one of the two kinds");
        let page = system.get("/desk/outbox?state=waiting");
        assert!(page.has("对方没有收下") && page.has("已试 1 次"), "{}", page.body);
        assert_eq!(send_due(state).unwrap(), 0, "not at once again");
        // By hand only what does not wait already.
        let message = first_message(&page);
        let sheet = system.get(&message);
        assert!(sheet.has("503") && !sheet.has("重新发送"));
        let key = system.get("/desk/webhooks").key().to_owned();
        assert!(system.post(&message, &[("request_key", &key)]).has("正在等待发送"));

        // Its time comes.
        state.db.write(due_now).unwrap();
        assert_eq!(send_due(state).unwrap(), 1);
        let sheet = system.get(&message);
        assert!(sheet.has("204") && sheet.has("对方已收下") && sheet.has("重新发送"));
        assert_eq!(posts(&mut system, &message, &[]).header("location"), format!("{message}?done=replay"));
        let hook = webhook_of(&mut system);
        let rotated = posts(&mut system, "/desk/webhooks", &[("do", "rotate"), ("webhook", &hook)]);
        assert!(rotated.has("whsec_"));
        assert_eq!(send_due(state).unwrap(), 1);
        let told = told.lock().unwrap();
        let [first, second, third] = &told[..] else { panic!("{told:?}") };
        let header = |told: &(String, String), name: &str| {
            let line = told.0.lines().find(|line| line.to_lowercase().starts_with(name));
            line.unwrap().split_once(": ").unwrap().1.to_owned()
        };
        assert_eq!((&first.1, header(first, "webhook-id")), (&third.1, header(third, "webhook-id")));
        assert_eq!(
            (header(second, "webhook-signature"), header(first, "webhook-signature").len()),
            (header(first, "webhook-signature"), 47)
        );
        let (new, old) = (secret_in(&rotated), secret_in(&made));
        let seconds = header(third, "webhook-timestamp").parse().unwrap();
        let signed = [new, old].map(|it| it.sign(&header(third, "webhook-id"), seconds, &third.1)).join(" ");
        assert_eq!(header(third, "webhook-signature"), signed);
        let body: serde_json::Value = serde_json::from_str(&third.1).unwrap();
        assert_eq!(
            (&body["type"], &body["data"]["code"], &body["data"]["count"]),
            (&"gap-chased".into(), &"310112107".into(), &3.into())
        );

        let ended = posts(&mut system, "/desk/webhooks", &[("do", "end"), ("webhook", &hook)]);
        assert_eq!(ended.header("location"), "/desk/webhooks");
        tells(state, Kind::GapChased, Vec::new());
        assert_eq!(send_due(state).unwrap(), 0);
        give_up_wayless(state).unwrap();
        let mut officer = browser();
        officer.sign_in("officer", PASSWORD);
        for address in ["/desk/outbox", "/desk/webhooks", message.as_str()] {
            assert_eq!(officer.get(address).status, StatusCode::FORBIDDEN, "{address}");
        }
    });
}

/// As if the time of all that waits had come.
fn due_now(tx: &mut db::Tx<'_>) -> district::kit::Result<()> {
    db::statements! {
        DUE_NOW = "UPDATE outbox SET next_at = 0 WHERE state = 'waiting'";
    }
    tx.execute(&DUE_NOW, db::params![])?;
    Ok(())
}

fn webhook_of(system: &mut Browser) -> String {
    let page = system.get("/desk/webhooks");
    let (_, after) = page.body.split_once(r#"name="webhook" value=""#).unwrap();
    after.split_once('"').unwrap().0.to_owned()
}

/// The secret that a page shows.
fn secret_in(page: &Answer) -> Secret {
    let (_, after) = page.body.split_once("whsec_").unwrap();
    let bytes = base64_bytes(after.split_once('<').unwrap().0);
    Secret::new(bytes.try_into().unwrap())
}

#[test]
fn nothing_is_sent_into_a_network_that_was_not_named() {
    let (url, told) = receiver(0);
    let named = Ways {
        hooks: Arc::new(Hooks::new(Reach::new(vec!["127.0.0.0/8".parse().unwrap()]))),
        ..Ways::default()
    };
    let unnamed = Ways::default();
    story_sending(&named, |browser, state| {
        told.lock().unwrap().clear();
        let mut system = browser();
        system.sign_in("demo-system-administrator", PASSWORD);
        posts(&mut system, "/desk/webhooks", &[("do", "add"), ("url", &url), ("kind", "gap-chased")]);
        tells(state, Kind::GapChased, Vec::new());
        // Started again without the network: what is kept is looked at each time.
        let common = common().with_ways(unnamed.clone());
        let again = State::open_with(
            &common,
            Arc::clone(&state.db),
            crate::Settings::default(),
            super::fixture::Standing,
        );
        let again = again.unwrap().with_vault(district::people::vault::Vault::new(&[1; 32]));
        assert_eq!(send_due(&again).unwrap(), 1);
        assert!(system.get("/desk/outbox").has("地址在内部网络里") && told.lock().unwrap().is_empty());
    });
}
