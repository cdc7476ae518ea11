//! Sheets of the hotline for programs: what the page does, in two calls.

use district::kit::Role;
use http::{Method, StatusCode};
use serde_json::json;

use super::{body, key, program};
use crate::tests::fixture::{Answer, Browser, house, story_in};

const SHEET: &str = "工单编号,受理时间,诉求内容,小区/地址,类别,联系人,联系电话\n\
    A1,2026-01-29 09:05,电梯坏了,青藤公寓2层,电梯故障,示例来电,19900004321\n\
    A2,2026-01-29 09:06,垃圾没人收,青藤公寓,保洁与垃圾,,\n";

fn sends(program: &mut Browser, address: &str, number: u8, sheet: &str) -> Answer {
    program.more.push(("idempotency-key", key(number)));
    let answer = program.send_as(Method::POST, address, "text/csv", sheet.as_bytes().to_vec());
    program.more.retain(|(name, _)| *name != "idempotency-key");
    answer
}

#[test]
fn a_program_looks_at_a_sheet_and_takes_it_in_once() {
    story_in(true, house, |browser| {
        let mut worker = program(browser, Role::CommunityWorker, &["matters"]);
        let (look, take) = ("/api/v1/hotline-sheets/look", "/api/v1/hotline-sheets");
        let looked = sends(&mut worker, look, 1, SHEET);
        assert_eq!(looked.status, StatusCode::OK, "{}", looked.body);
        assert_eq!(body(&looked)["fresh"][0]["category"], "property-lift");
        assert!(!looked.has("示例来电") && !looked.has("1990000"), "nobody's name or telephone goes out");
        let taken = sends(&mut worker, take, 2, SHEET);
        assert_eq!(body(&taken)["codes"], json!(["2026-000001", "2026-000002"]), "{}", taken.body);
        assert_eq!(sends(&mut worker, take, 2, SHEET).body, taken.body, "sent again under its key");
        assert_eq!(body(&sends(&mut worker, take, 3, SHEET))["codes"], json!([]), "the same sheet again");
        assert_eq!(body(&sends(&mut worker, look, 4, SHEET))["known"][1]["code"], "2026-000002");
        // One row that is wrong keeps all of them out, and the look says which.
        let wrong = format!("{SHEET}A3,2026-01-29 09:07,门坏了,青藤公寓,没有这一类,,\n");
        let looked = body(&sends(&mut worker, look, 5, &wrong));
        assert_eq!(
            (&looked["wrong"][0]["row"], &looked["wrong"][0]["column"]),
            (&json!(4), &json!("category"))
        );
        let refused = sends(&mut worker, take, 6, &wrong);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        let unkeyed = worker.send_as(Method::POST, take, "text/csv", SHEET.as_bytes().to_vec());
        assert_eq!(unkeyed.status, StatusCode::BAD_REQUEST, "{}", unkeyed.body);
        let other = worker.send_as(Method::POST, take, "image/png", vec![1]);
        assert_eq!(other.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", other.body);
    });
}
