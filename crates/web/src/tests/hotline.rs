//! A sheet of the hotline 12345 comes in at the desk.

use district::kit::Role;
use http::{Method, StatusCode};

use super::fixture::{Answer, Browser, house, story_in};

const PAGE: &str = "/desk/matters/hotline";
const SHEET: &str = "工单编号,受理时间,诉求内容,小区/地址,类别,联系人,联系电话\n\
    A1,2026-01-29 09:05,电梯坏了,青藤公寓2层,电梯故障,示例来电,19900004321\n\
    A2,2026-01-29 09:06,垃圾没人收,青藤公寓,保洁与垃圾,,\n";

pub(super) fn upload(browser: &mut Browser, file: &[u8]) -> Answer {
    let head = "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
        Content-Type: application/octet-stream\r\n\r\n";
    let body = [head.as_bytes(), file, b"\r\n--part--\r\n"].concat();
    browser.send_as(Method::POST, PAGE, "multipart/form-data; boundary=part", body)
}

fn sealed(page: &Answer) -> &str {
    let (_, after) = page.body.split_once(r#"name="sheet" value=""#).expect("the sealed sheet");
    after.split_once('"').unwrap().0
}

#[test]
fn a_worker_looks_at_a_sheet_and_takes_it_in_once() {
    story_in(true, house, |browser| {
        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        assert!(worker.get(PAGE).has("12345 热线工单"));
        let looked = upload(&mut worker, SHEET.as_bytes());
        assert_eq!(looked.status, StatusCode::OK, "{}", looked.body);
        assert!(
            looked.has("将接收 2 件。")
                && looked.has("A1 · 电梯故障")
                && looked.has("青藤公寓 · 2026-01-29 09:05")
        );
        assert!(!looked.has("示例来电") && !looked.has("1990000"), "nobody's name or telephone is shown");
        let (key, sheet) = (looked.key().to_owned(), sealed(&looked).to_owned());
        let fields = [("request_key", key.as_str()), ("sheet", sheet.as_str())];
        let taken = worker.post("/desk/matters/hotline/take", &fields);
        assert_eq!(taken.header("location"), "/desk/matters/hotline?added=2", "{}", taken.body);
        let again = worker.post("/desk/matters/hotline/take", &fields);
        assert_eq!(again.header("location"), taken.header("location"), "sent twice, done once");
        assert!(worker.get("/desk/matters/hotline?added=2").has("已接收 2 件。"));
        let looked = upload(&mut worker, SHEET.as_bytes());
        assert!(looked.has("已登记过 2 件，不再重复。") && looked.has("登记为 2026-000001。"));
        assert!(!looked.has(r#"name="sheet""#), "there is nothing to take");
        let reports = browser().get("/open311/v2/requests.json");
        assert!(reports.has("2026-000002") && !reports.has("2026-000003"));

        // What was sealed for one is nothing to another, and what was tampered with nothing to anybody.
        let mut town = browser();
        town.enter(Role::TownOfficer);
        let key = town.get(PAGE).key().to_owned();
        let stolen = [("request_key", key.as_str()), ("sheet", sheet.as_str())];
        assert_eq!(town.post("/desk/matters/hotline/take", &stolen).status, StatusCode::BAD_REQUEST);
        let broken = [("request_key", key.as_str()), ("sheet", "00ff")];
        assert_eq!(worker.post("/desk/matters/hotline/take", &broken).status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn a_sheet_with_faults_is_told_where_and_is_not_taken() {
    story_in(true, house, |browser| {
        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        worker.accept = "en";
        let bad = SHEET.replace("青藤公寓2层", "火星路1号").replace("保洁与垃圾", "天气");
        let looked = upload(&mut worker, bad.as_bytes());
        assert!(
            looked.has("Row 2, column “Community or address”") && !looked.has("火星路"),
            "{}",
            looked.body
        );
        assert!(
            looked.has("There is no such category.") && !looked.has("天气") && !looked.has(r#"name="sheet""#)
        );
        for (file, says) in [
            (&b""[..], "Choose a file"),
            (b"a,b\n1,2\n", "There is no column “工单编号”."),
            (b"PK\x03\x04", "incomplete or damaged"),
        ] {
            let refused = upload(&mut worker, file);
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.has(says), "{says}: {}", refused.body);
        }
        let template = worker.get("/desk/matters/hotline/template");
        assert_eq!(template.status, StatusCode::OK);
        let empty = upload(&mut worker, &template.bytes);
        assert!(empty.has("To be taken in: 0."), "the template is read again: {}", empty.body);
    });
}
