//! A workbook comes in: checked, shown, confirmed; a bad one goes back with its faults marked.

use district::exchange::{SheetId, book};
use district::kit::Role;
use http::{Method, StatusCode};

use super::fixture::{Answer, Browser, story};

/// A workbook of the register's form with these rows.
pub(super) fn workbook(sheets: &[(SheetId, &[&[&str]])]) -> Vec<u8> {
    let mut book = book::Book::new(false).unwrap();
    for (sheet, rows) in sheets {
        book.begin(*sheet).unwrap();
        for row in *rows {
            book.row(row, None).unwrap();
        }
    }
    book.finish().unwrap()
}

pub(super) const GRID: &[&str] = &["310112107-01", "310112107", "紫藤网格"];

pub(super) fn community<'a>(code: &'a str, kind: &'a str) -> Vec<&'a str> {
    let mut row = vec![""; SheetId::Communities.columns().len()];
    for (at, text) in
        [(0, code), (1, "青藤公寓"), (3, kind), (5, "单一产权"), (6, "310112107"), (7, "310112107-01")]
    {
        row[at] = text;
    }
    row
}

/// Sends a file as the page's form does.
pub(super) fn upload(browser: &mut Browser, name: &str, file: &[u8]) -> Answer {
    let key = browser.get("/district/exchange").key().to_owned();
    upload_as(browser, &key, "2026-01-31", name, file)
}

/// Sends a file with this key for this day.
fn upload_as(browser: &mut Browser, key: &str, on: &str, name: &str, file: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (field, text) in [("request_key", key), ("on", on)] {
        let part = format!("--part\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n");
        body.extend(part.as_bytes());
    }
    let head = format!(
        "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    body.extend(head.as_bytes());
    body.extend(file);
    body.extend(b"\r\n--part--\r\n");
    browser.send_as(Method::POST, "/district/exchange", "multipart/form-data; boundary=part", body)
}

fn field<'a>(page: &'a Answer, name: &str) -> &'a str {
    let (_, after) = page.body.split_once(&format!(r#"name="{name}" value=""#)).expect("the field");
    after.split_once('"').unwrap().0
}

/// Confirms a dry run.
fn confirm(browser: &mut Browser, address: &str, page: &Answer, what: &str) -> Answer {
    let (key, seal) = (page.key().to_owned(), field(page, "seal").to_owned());
    browser.post(address, &[("request_key", &key), ("seal", &seal), ("do", what)])
}

#[test]
fn an_officer_takes_the_template_fills_it_in_and_imports_it() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let page = officer.get("/district/exchange");
        assert!(page.has("<h1>导入和导出</h1>") && page.has("下载空白工作簿") && page.has("先核对，不写入"));
        let template = officer.get("/district/exchange/template");
        assert!(template.header("content-disposition").contains("register-template.xlsx"));
        let empty = upload(&mut officer, "空.xlsx", &template.bytes);
        let empty = officer.get(empty.header("location"));
        assert!(empty.has("没有需要写入的"), "{}", empty.body);
        let row = community("310112107-001", "保障性租赁住房");
        let file = workbook(&[(SheetId::Grids, &[GRID]), (SheetId::Communities, &[&row])]);
        let sent = upload(&mut officer, "虹桥镇.xlsx", &file);
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let address = sent.header("location").to_owned();
        let dry = officer.get(&address);
        assert!(dry.has("没有发现问题") && dry.has("确认导入") && dry.has("310112107-001 青藤公寓"));
        officer.accept = "en";
        let english = officer.get(&address);
        assert!(english.has("Check before importing") && english.has("No faults found"));
        officer.accept = "zh-CN";
        let done = confirm(&mut officer, &address, &dry, "all");
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let after = officer.get(&address);
        assert!(after.has("<h1>已经导入</h1>") && !after.has("确认导入"));
        // The same form sent again answers the same; the same file changes nothing.
        assert_eq!(confirm(&mut officer, &address, &dry, "all").status, StatusCode::SEE_OTHER);
        let again = upload(&mut officer, "虹桥镇.xlsx", &file);
        assert!(officer.get(again.header("location")).has("没有需要写入的"));
        assert!(officer.get("/district/exchange").has("虹桥镇.xlsx"));
    });
}

#[test]
fn a_bad_workbook_is_explained_and_goes_back_marked() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let good = community("310112107-001", "保障性租赁住房");
        let bad = community("310112107-002", "公寓");
        let file = workbook(&[(SheetId::Grids, &[GRID]), (SheetId::Communities, &[&good, &bad])]);
        let sent = upload(&mut officer, "虹桥镇.xlsx", &file);
        let address = sent.header("location").to_owned();
        let dry = officer.get(&address);
        assert!(
            dry.has("1 处不能接受") && dry.has("“公寓”不在可选项中") && dry.has("只导入完整、无误的社区")
        );
        assert!(!dry.has(">确认导入<"), "with a fault nothing is taken as a whole");
        let forced = confirm(&mut officer, &address, &dry, "all");
        assert_eq!(forced.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(forced.has("没有写入任何内容"));
        let marked = officer.get(&format!("{address}/marked"));
        assert!(marked.header("content-disposition").contains("filename*=UTF-8''"));
        let source = book::open("marked.xlsx", &marked.bytes).unwrap();
        let rows = district::exchange::read(&source).unwrap();
        assert_eq!((rows.communities.len(), rows.faults.refused), (1, 1), "the same rows come back");
        let taken = confirm(&mut officer, &address, &dry, "good");
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
        let after = officer.get(&address);
        assert!(after.has("未导入的社区") && after.has("310112107-002"));
        let left = officer.get(&format!("{address}/marked"));
        let left = district::exchange::read(&book::open("left.xlsx", &left.bytes).unwrap()).unwrap();
        assert_eq!((left.communities.len(), left.faults.refused), (0, 1), "only what was left out");
    });
}

#[test]
fn the_same_form_twice_is_one_upload_and_with_another_day_it_is_another_form() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let file = workbook(&[(SheetId::Grids, &[GRID])]);
        let key = officer.get("/district/exchange").key().to_owned();
        let mut send = |on: &str, name: &str, file: &[u8]| upload_as(&mut officer, &key, on, name, file);
        let first = send("2026-01-31", "网格.xlsx", &file);
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.body);
        let again = send("2026-01-31", "网格.xlsx", &file);
        assert_eq!(again.header("location"), first.header("location"));
        let row = community("310112107-001", "保障性租赁住房");
        let other = workbook(&[(SheetId::Communities, &[&row])]);
        for (on, name, file) in [
            ("2026-02-01", "网格.xlsx", &file),
            ("2026-01-31", "别.xlsx", &file),
            ("2026-01-31", "网格.xlsx", &other),
        ] {
            let refused = send(on, name, file);
            assert_ne!(refused.status, StatusCode::SEE_OTHER, "{on} {name}");
        }
    });
}

#[test]
fn a_row_of_nobody_keeps_even_good_communities_out_and_the_page_says_so() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let (good, nobody) = (community("310112107-001", "保障性租赁住房"), community("", "保障性租赁住房"));
        let file = workbook(&[(SheetId::Grids, &[GRID]), (SheetId::Communities, &[&good, &nobody])]);
        let address = upload(&mut officer, "虹桥镇.xlsx", &file).header("location").to_owned();
        let dry = officer.get(&address);
        assert!(dry.has("不属于哪一个社区") && !dry.has("value=\"good\""), "{}", dry.body);
        let forced = confirm(&mut officer, &address, &dry, "good");
        assert_eq!(forced.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(forced.has("无法断定哪些社区是完整的"));
        assert!(!officer.get("/district/exchange/list/csv").has("310112107-001"));
        officer.accept = "en";
        assert!(officer.get(&address).has("Nobody can say which communities are complete"));
    });
}

#[test]
fn what_is_no_workbook_is_refused_at_its_field() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        for (file, words) in [
            (&b""[..], "请选择文件"),
            (b"PK\x03\x04 broken", "文件不完整或已损坏"),
            (b"\xd0\xcf\x11\xe0 old", "旧格式"),
            ("甲,乙\n1,2\n".as_bytes(), "没有找到一社一档的工作表"),
        ] {
            let refused = upload(&mut officer, "x.xlsx", file);
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.has(words) && refused.has("id=\"file-e\""), "{words}");
        }
    });
}

#[test]
fn a_town_officer_sees_the_own_uploads_alone() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let row = community("310112107-001", "保障性租赁住房");
        let file = workbook(&[(SheetId::Grids, &[GRID]), (SheetId::Communities, &[&row])]);
        let address = upload(&mut officer, "全区.xlsx", &file).header("location").to_owned();
        let mut town = browser();
        town.enter(Role::TownOfficer);
        assert_eq!(town.get(&address).status, StatusCode::NOT_FOUND);
        assert!(!town.get("/district/exchange").has("全区.xlsx"));
        let new = upload(&mut town, "新社区.xlsx", &file).header("location").to_owned();
        assert!(town.get(&new).has("要由街镇申报、区里确认"), "a new community is proposed, not imported");
        let grids = workbook(&[(SheetId::Grids, &[GRID])]);
        let own = upload(&mut town, "本镇.xlsx", &grids).header("location").to_owned();
        let dry = town.get(&own);
        assert!(dry.has("没有发现问题"), "{}", dry.body);
        confirm(&mut town, &own, &dry, "drop");
        assert!(town.get(&own).has("这次导入已放弃"));
        assert!(officer.get("/district/exchange").has("本镇.xlsx"), "the district sees all");
    });
}

#[test]
fn the_register_and_its_lists_go_out_as_files() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let row = community("310112107-001", "保障性租赁住房");
        let file = workbook(&[(SheetId::Grids, &[GRID]), (SheetId::Communities, &[&row])]);
        let address = upload(&mut officer, "虹桥镇.xlsx", &file).header("location").to_owned();
        let dry = officer.get(&address);
        confirm(&mut officer, &address, &dry, "all");
        let page = officer.get("/district/exchange");
        assert!(page.has("各街镇预填工作簿（ZIP）"));
        let whole = officer.get("/district/exchange/register/xlsx?on=2026-01-31");
        assert!(whole.header("content-disposition").contains("2026"));
        let again = upload(&mut officer, "again.xlsx", &whole.bytes).header("location").to_owned();
        assert!(officer.get(&again).has("没有需要写入的"), "what goes out comes back the same");
        assert!(officer.get("/district/exchange/towns?on=2026-01-31").bytes.starts_with(b"PK"));
        assert!(officer.get("/district/exchange/register/csv").bytes.starts_with(b"PK"));
        assert!(officer.get("/district/register").has("导出这份名单"));
        let csv = officer.get("/district/exchange/list/csv?q=qingteng");
        assert!(csv.body.starts_with('\u{feff}') && csv.has("310112107-001"), "{}", csv.body);
        assert!(!officer.get("/district/exchange/list/csv?q=nobody").has("310112107-001"));
        assert!(officer.get("/district/exchange/list/geojson").has("FeatureCollection"));
        assert_eq!(officer.get("/district/exchange/list/pdf").status, StatusCode::NOT_FOUND);
        let mut town = browser();
        town.enter(Role::TownOfficer);
        assert!(!town.get("/district/exchange").has("各街镇预填工作簿"));
        assert!(town.get("/district/exchange/list/csv").has("310112107-001"));
        assert_eq!(town.get("/district/exchange/towns").status, StatusCode::FORBIDDEN);
        officer.accept = "en";
        assert!(officer.get("/district/exchange").has("A pre-filled workbook for each town"));
    });
}

#[test]
fn what_is_wrong_is_listed_with_a_way_to_mend_it() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        assert!(officer.get("/district/quality").has("没有发现问题"));
        let row = community("310112107-001", "类住宅（LOFT）");
        let file = workbook(&[(SheetId::Grids, &[GRID]), (SheetId::Communities, &[&row])]);
        let address = upload(&mut officer, "虹桥镇.xlsx", &file).header("location").to_owned();
        let dry = officer.get(&address);
        confirm(&mut officer, &address, &dry, "all");
        let page = officer.get("/district/quality");
        assert!(
            page.has("<h1>数据质量</h1>") && page.has("类型与产权结构不符") && page.has("没有现行的治理方式")
        );
        assert!(
            page.has("/communities/310112107-001/modes")
                && page.has("/district/exchange/register/xlsx?town=")
        );
        let worst = page.body.find("矛盾</span>").unwrap();
        assert!(worst < page.body.find("缺少</span>").unwrap(), "worst first");
        let one = officer.get("/district/quality?check=no-mode");
        assert!(one.has("修改治理方式") && !one.has("矛盾</span>"));
        let mut town = browser();
        town.enter(Role::TownOfficer);
        assert!(town.get("/district/quality").has("青藤公寓"));
        officer.accept = "en";
        assert!(officer.get("/district/quality").has("Data quality"));
    });
}

#[test]
fn an_outline_comes_in_and_a_bad_one_is_refused_at_its_field() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let mut send = |ring: &str| {
            let key = officer.get("/district/exchange").key().to_owned();
            let body = format!(
                "--part\r\nContent-Disposition: form-data; name=\"request_key\"\r\n\r\n{key}\r\n--part\r\nContent-Disposition: form-data; name=\"outlines\"; filename=\"o.geojson\"\r\n\r\n{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"properties\":{{\"code\":\"310112107\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[{ring}]}}}}]}}\r\n--part--\r\n"
            );
            let kind = "multipart/form-data; boundary=part";
            let sent = officer.send_as(Method::POST, "/district/exchange/outlines", kind, body.into_bytes());
            let to = sent.header("location").to_owned();
            if to.is_empty() { sent } else { officer.get(&to) }
        };
        let open = send("[[121.3,31.1],[121.4,31.1],[121.4,31.2]]");
        assert_eq!(open.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(open.has("没有闭合") && open.has("id=\"outlines-e\""));
        let good = send("[[121.3,31.1],[121.4,31.1],[121.4,31.2],[121.3,31.1]]");
        assert!(good.has("街镇 1 个，社区 0 个"), "{}", good.body);
    });
}

#[test]
fn a_superiors_form_is_mapped_once_and_comes_back_filled() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let row = community("310112107-001", "保障性租赁住房");
        let file = workbook(&[(SheetId::Grids, &[GRID]), (SheetId::Communities, &[&row])]);
        let address = upload(&mut officer, "虹桥镇.xlsx", &file).header("location").to_owned();
        let dry = officer.get(&address);
        confirm(&mut officer, &address, &dry, "all");
        let form =
            book::table_workbook("表", &["序号".into(), "社区名称".into(), "单位".into()], &[]).unwrap();
        let mut send = |bytes: &[u8]| {
            let key = officer.get("/district/exchange").key().to_owned();
            let mut body = format!("--part\r\nContent-Disposition: form-data; name=\"request_key\"\r\n\r\n{key}\r\n--part\r\nContent-Disposition: form-data; name=\"form\"; filename=\"form.xlsx\"\r\n\r\n").into_bytes();
            body.extend(bytes);
            body.extend(b"\r\n--part--\r\n");
            officer.send_as(
                Method::POST,
                "/district/exchange/forms",
                "multipart/form-data; boundary=part",
                body,
            )
        };
        let refused = send(b"PK broken");
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.has("id=\"form-e\""));
        let kept = send(&form).header("location").to_owned();
        let page = officer.get(&kept);
        assert!(page.has("各列填什么") && page.has("<option value=\"name\" selected>"), "{}", page.body);
        let key = page.key().to_owned();
        let none = officer.post(&kept, &[("request_key", &key), ("column-1", "")]);
        assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.has("请至少选择一列"));
        let key = page.key().to_owned();
        let fields = [("request_key", key.as_str()), ("column-1", "name"), ("column-2", "town_name")];
        assert_eq!(officer.post(&kept, &fields).status, StatusCode::SEE_OTHER);
        let filled = officer.get(&format!("{kept}/fill?on=2026-01-31"));
        assert_eq!((filled.status, filled.header("content-type")), (StatusCode::OK, XLSX));
        assert!(filled.bytes.starts_with(b"PK"));
        let mut town = browser();
        town.enter(Role::TownOfficer);
        assert_eq!(town.get(&kept).status, StatusCode::FORBIDDEN);
        assert!(!town.get("/district/exchange").has("上级套表"));
    });
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
