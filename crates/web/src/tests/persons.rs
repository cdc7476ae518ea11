//! No name and no number of a person leaves the vault: not on a page, in a list, a file, an answer to a program or an error,
//! and not into another table. The simulated people carry signs by which they would be found (`sim::mark`).

use std::collections::{HashMap, HashSet, VecDeque};
use std::io::{Cursor, Read as _};

use district::exchange::SheetId;
use district::kit::Role;
use http::{Method, StatusCode};

use super::exchange::{upload, workbook};
use super::fixture::{Answer, Browser, house, simulated, simulated_db, story_in};
use super::hotline;

/// Pages of one address as it is declared that are looked at, for each role: what differs between them is other people.
const EACH: usize = 3;

/// An address with its numbers, codes and questions taken out, so that pages of one kind are counted together.
fn kind(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let named =
        |part: &str| if part.bytes().any(|byte| byte.is_ascii_digit()) { "*" } else { part }.to_owned();
    let parts: Vec<String> = path.split('/').map(named).collect();
    let asked: Vec<&str> = query.split('&').map(|pair| pair.split('=').next().unwrap_or("")).collect();
    format!("{}?{}", parts.join("/"), asked.join("&"))
}

/// The addresses of ours that an answer leads to.
fn leads(answer: &Answer) -> Vec<String> {
    let after = |mark: &str| -> Vec<String> {
        let parts = answer.body.split(mark).skip(1);
        parts
            .filter_map(|part| part.split_once('"'))
            .map(|(address, _)| address.replace("&#38;", "&").replace("&amp;", "&"))
            .collect()
    };
    let mut found = after("href=\"");
    found.extend(after("\"next\":\""));
    found.push(answer.header("location").to_owned());
    let ours = |address: &String| {
        address.starts_with('/') && !address.starts_with("/static/") && !address.starts_with("/leave")
    };
    found.into_iter().filter(ours).map(|address| address.split('#').next().unwrap_or("").to_owned()).collect()
}

/// Where the things of a list for programs stand: each below the list, at its id or its code.
fn things(address: &str, answer: &Answer) -> Vec<String> {
    let path = address.split('?').next().unwrap_or(address);
    let Ok(list) = serde_json::from_str::<serde_json::Value>(&answer.body) else { return Vec::new() };
    let named = |it: &serde_json::Value| {
        let names = ["id", "code"].map(|name| it[name].as_str().map(str::to_owned));
        names.into_iter().flatten().map(|name| format!("{path}/{name}")).collect::<Vec<_>>()
    };
    list["items"].as_array().into_iter().flatten().flat_map(named).collect()
}

/// What an answer says: of a workbook, or lists in one file, every part.
fn words(answer: &Answer) -> String {
    if !answer.bytes.starts_with(b"PK\x03\x04") {
        return answer.body.clone();
    }
    let mut parts = zip::ZipArchive::new(Cursor::new(&answer.bytes)).unwrap();
    let mut words = Vec::new();
    for at in 0..parts.len() {
        parts.by_index(at).unwrap().read_to_end(&mut words).unwrap();
    }
    String::from_utf8_lossy(&words).into_owned()
}

/// Reads everything that is declared and everything that leads from there; how many answers that were.
fn reads_all(browser: &mut Browser, role: Option<Role>) -> usize {
    let declared = crate::routes().declared.into_iter();
    let mut ahead: VecDeque<String> = declared
        .filter(|it| it.method == Method::GET && !it.path.contains('{') && it.path != "/leave")
        .map(|it| it.path.to_owned())
        .collect();
    let mut seen: HashSet<String> = HashSet::new();
    let mut kinds: HashMap<String, usize> = HashMap::new();
    let mut read = 0;
    while let Some(address) = ahead.pop_front() {
        let count = kinds.entry(kind(&address)).or_default();
        if *count >= EACH || !seen.insert(address.clone()) {
            continue;
        }
        *count += 1;
        let answer = browser.get(&address);
        assert!(answer.status.as_u16() < 500, "{role:?} {address}: {}", answer.status);
        assert_eq!(sim::mark(&words(&answer)), None, "{role:?} {address}");
        for (name, value) in &answer.headers {
            assert_eq!(
                sim::mark(&String::from_utf8_lossy(value.as_bytes())),
                None,
                "{role:?} {address} {name}"
            );
        }
        read += 1;
        ahead.extend(leads(&answer));
        ahead.extend(things(&address, &answer));
    }
    read
}

#[test]
fn no_page_list_file_or_error_shows_a_person_to_anybody() {
    simulated(|browser| {
        let mut anyone = browser();
        assert!(reads_all(&mut anyone, None) > 40);
        for role in Role::HELD {
            let mut browser = browser();
            if browser.enter(role).status == StatusCode::SEE_OTHER {
                let read = reads_all(&mut browser, Some(role));
                assert!(read > 40, "{role:?}: {read}");
                // Whoever asks for their own finds it, and so would this test elsewhere.
                let key = browser.get("/me").key().to_owned();
                let own = browser.post("/me", &[("request_key", &key), ("do", "copy")]);
                assert!(sim::mark(&own.body).is_some(), "{role:?}: {}", own.body);
            }
        }
    });
}

#[test]
fn no_table_but_the_vault_holds_a_person_and_there_everything_is_sealed() {
    simulated_db(|db| {
        let schema = db.schema().unwrap();
        let mut sealed = 0;
        for (name, table) in &schema.tables {
            let look = |tx: &mut db::Tx<'_>| {
                tx.scan(name, table, |row| {
                    for value in row {
                        let found = match value {
                            db::Value::Text(text) => sim::mark(text).map(str::to_owned),
                            db::Value::Bytes(bytes) => {
                                sealed += usize::from(name == "persons");
                                sim::mark(&String::from_utf8_lossy(bytes)).map(str::to_owned)
                            }
                            _ => None,
                        };
                        assert_eq!(found, None, "in {name}");
                    }
                })
            };
            db.read(look).unwrap();
        }
        assert!(sealed > 1000, "{sealed} fields are sealed");
    });
}

/// A name as somebody types it into the wrong column, and a telephone.
const MISPLACED: [&str; 2] = ["欧阳误填", "19900009876"];

#[test]
fn no_fault_of_a_sheet_with_people_repeats_a_misplaced_name() {
    story_in(true, house, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let columns = SheetId::Tenancies.columns();
        // A sound row of the household's flat.
        let sound = |id: &str| match id {
            "community" => "310112107-001",
            "building" => "1号",
            "unit" => "101",
            "tenure" => "租住",
            "from" => "2025-01-05",
            "name" => "示例人",
            _ => "",
        };
        let mut faults = 0;
        for (at, wrong) in (0..columns.len()).flat_map(|at| MISPLACED.map(|wrong| (at, wrong))) {
            let mut row: Vec<&str> = columns.iter().map(|column| sound(column.id)).collect();
            row[at] = wrong;
            for accept in ["zh-CN", "en"] {
                officer.accept = accept;
                let sent = upload(&mut officer, "a.xlsx", &workbook(&[(SheetId::Tenancies, &[&row])]));
                assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
                let address = sent.header("location").to_owned();
                let page = officer.get(&address);
                assert_eq!(page.status, StatusCode::OK, "{}: {}", columns[at].id, page.body);
                assert!(!page.has(wrong), "{} repeats it", columns[at].id);
                faults += usize::from(page.has("…"));
            }
        }
        assert!(faults > 10, "{faults} pages say that something cannot be read");
        // Without a header the first person stands in its place.
        let csv = format!("{},{},101\n{},1号,102\n", MISPLACED[0], MISPLACED[1], MISPLACED[0]);
        let sent = upload(&mut officer, "a.csv", csv.as_bytes());
        let page =
            if sent.status == StatusCode::SEE_OTHER { officer.get(sent.header("location")) } else { sent };
        assert!(MISPLACED.iter().all(|wrong| !page.has(wrong)), "{}", page.body);
    });
}

#[test]
fn no_fault_of_a_hotline_sheet_repeats_a_misplaced_name() {
    const HEADER: &str = "工单编号,受理时间,诉求内容,小区/地址,类别,联系人,联系电话";
    const SOUND: [&str; 7] = ["A1", "2026-01-29 09:05", "电梯坏了", "青藤公寓", "电梯故障", "", ""];
    story_in(true, house, |browser| {
        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        // Where anything may stand, as the number, the words, a name, nothing is wrong.
        for at in [1, 3, 4, 6] {
            for accept in ["zh-CN", "en"] {
                worker.accept = accept;
                let mut row = SOUND;
                row[at] = MISPLACED[0];
                let file = format!("{HEADER}\n{}\n", row.join(","));
                let page = hotline::upload(&mut worker, file.as_bytes());
                assert_eq!(page.status, StatusCode::OK, "{}", page.body);
                assert!(!page.has(MISPLACED[0]) && !page.has(r#"name="sheet""#), "{at}: {}", page.body);
            }
        }
    });
}
