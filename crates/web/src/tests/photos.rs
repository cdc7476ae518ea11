//! Photographs of matters: sent from a telephone, looked at by a worker, seen by everyone once each is cleared.

use std::io::Cursor;

use district::kit::Role;
use http::{Method, StatusCode};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _, ImageFormat, Rgb, RgbImage};

use super::fixture::{Answer, Browser, inhabited, story_in};

/// A file of a form: its name and its bytes.
type File<'a> = (&'a str, &'a [u8]);

fn wall() -> RgbImage {
    RgbImage::from_fn(600, 400, |x, _| if x < 300 { Rgb([190, 60, 50]) } else { Rgb([50, 60, 190]) })
}

pub(super) fn png() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    wall().write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// What a telephone writes, with its name and the place in it.
fn from_a_telephone() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut file, 90);
    encoder.set_exif_metadata(b"II*\0\x08\0\0\0\0\0\0\0\0\0GPS 31.1126 121.3817".to_vec()).unwrap();
    encoder.write_image(&wall(), 600, 400, ExtendedColorType::Rgb8).unwrap();
    file
}

/// A JPEG file whose head says that it has 200 megapixels.
fn of_200_megapixels() -> Vec<u8> {
    let mut file = from_a_telephone();
    let head = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    file[head + 5..head + 9].copy_from_slice(&[0x30, 0x00, 0x40, 0x00]);
    file
}

/// Sends a form in parts, as a browser does that has files to send.
fn sends(browser: &mut Browser, address: &str, fields: &[(&str, &str)], files: &[File<'_>]) -> Answer {
    let mut body = Vec::new();
    let mut part = |head: String, content: &[u8]| {
        body.extend(format!("--part\r\nContent-Disposition: form-data; {head}\r\n\r\n").into_bytes());
        body.extend(content);
        body.extend(b"\r\n");
    };
    for (name, value) in fields {
        part(format!("name=\"{name}\""), value.as_bytes());
    }
    // A field into which nothing was put sends an empty file without a name.
    let none: [File<'_>; 1] = [("", b"")];
    for (name, content) in if files.is_empty() { &none } else { files } {
        part(format!("name=\"photos\"; filename=\"{name}\"\r\nContent-Type: image/jpeg"), content);
    }
    body.extend(b"--part--\r\n");
    browser.send_as(Method::POST, address, "multipart/form-data; boundary=part", body)
}

/// The last step of a report.
fn reports(browser: &mut Browser, files: &[File<'_>]) -> Answer {
    let step = browser.get("/matters/new?community=310112107-001&building=&place=&category=property-lift");
    assert!(step.has("multipart/form-data") && step.has("最多 4 张"), "{}", step.body);
    let key = step.key().to_owned();
    let fields = [
        ("request_key", key.as_str()),
        ("community", "310112107-001"),
        ("building", ""),
        ("place", "2 层电梯口"),
        ("category", "property-lift"),
        ("words", "轿厢的门夹坏了"),
        ("anonymous", "yes"),
    ];
    sends(browser, "/matters/new", &fields, files)
}

/// Sends a form of a page with its key and version.
fn takes(browser: &mut Browser, address: &str, fields: &[(&str, &str)], files: &[File<'_>]) -> Answer {
    let page = browser.get(address);
    let version =
        page.body.split(r#"name="version" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let key = page.key().to_owned();
    let mut all = vec![("request_key", key.as_str()), ("version", version.as_str())];
    all.extend(fields);
    sends(browser, address, &all, files)
}

/// The ids of the photographs that a page shows.
fn shown(page: &Answer) -> Vec<String> {
    let after = page.body.split("/photos/").skip(1).filter(|rest| rest.contains('?'));
    let ids = after.filter_map(|rest| rest.split_once("?preview=1").map(|(id, _)| id.to_owned()));
    ids.filter(|id| id.len() < 40).collect()
}

fn code_of(own: &str) -> String {
    own.split('/').nth(2).unwrap().to_owned()
}

#[test]
fn two_photographs_go_from_a_telephone_to_everyone_once_each_is_cleared() {
    story_in(true, inhabited, |browser| {
        let mut resident = browser();
        let sent = reports(&mut resident, &[("IMG_1.jpg", &from_a_telephone()), ("IMG_2.png", &png())]);
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let own = sent.header("location").split('?').next().unwrap().to_owned();
        let code = code_of(&own);
        let page = resident.get(&own);
        assert!(page.has("alt=\"照片 1，共 2 张\"") && page.has("alt=\"照片 2，共 2 张\""), "{}", page.body);
        let ids = shown(&page);
        assert_eq!(ids.len(), 2, "{}", page.body);

        // By the own address it is seen, and by nobody's cache kept; nothing of the telephone is in it.
        let picture = resident.get(&format!("{own}/photos/{}", ids[0]));
        assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/jpeg"));
        assert_eq!(picture.header("cache-control"), "private, no-store");
        assert_eq!(picture.header("x-content-type-options"), "nosniff");
        assert!(picture.header("content-security-policy").starts_with("default-src 'none'"));
        let holds = |what: &[u8]| picture.bytes.windows(what.len()).any(|part| part == what);
        assert!(!holds(b"Exif") && !holds(b"GPS") && !holds(b"31.1126"));
        let small = resident.get(&format!("{own}/photos/{}?preview=1", ids[0]));
        assert!(small.bytes.len() < picture.bytes.len());
        let elsewhere = format!("/matters/{code}/{}/photos/{}", "0".repeat(32), ids[0]);
        assert_eq!(resident.get(&elsewhere).status, StatusCode::NOT_FOUND);

        // Nobody else sees anything of them.
        let public = format!("/matters/{code}");
        let of = |id: &str| format!("{public}/photos/{id}");
        let mut anyone = browser();
        assert!(shown(&anyone.get(&public)).is_empty());
        assert_eq!(anyone.get(&of(&ids[0])).status, StatusCode::NOT_FOUND);
        let desk = format!("/desk/matters/{code}");
        assert_eq!(anyone.get(&format!("{desk}/photos/{}", ids[0])).status, StatusCode::SEE_OTHER);
        assert!(!anyone.get(&format!("/open311/v2/requests/{code}.json")).has("/photos/"));

        // The operator sees them and clears none; the worker clears the second.
        let mut operator = browser();
        operator.enter(Role::Operator);
        assert_eq!(shown(&operator.get(&desk)), ids);
        assert_eq!(operator.get(&format!("{desk}/photos/{}", ids[0])).bytes, picture.bytes);
        let clear = |browser: &mut Browser, chosen: &[&str]| {
            let page = browser.get(&desk);
            let key = page.key().to_owned();
            let seen: Vec<String> = page
                .body
                .split(r#"name="shown" value=""#)
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().to_owned())
                .collect();
            let mut fields = vec![("request_key", key.as_str())];
            fields.extend(seen.iter().map(|it| ("shown", it.as_str())));
            fields.extend(chosen.iter().map(|it| ("clear", *it)));
            browser.post(&format!("{desk}/photos"), &fields)
        };
        assert_eq!(clear(&mut operator, &[&ids[1]]).status, StatusCode::FORBIDDEN);
        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        let cleared = clear(&mut worker, &[&ids[1]]);
        assert_eq!((cleared.status, cleared.header("location")), (StatusCode::SEE_OTHER, desk.as_str()));
        assert_eq!(shown(&anyone.get(&public)), [ids[1].clone()]);
        assert_eq!(anyone.get(&of(&ids[0])).status, StatusCode::NOT_FOUND);
        let open = anyone.get(&of(&ids[1]));
        assert_eq!((open.status, open.header("cache-control")), (StatusCode::OK, "public, max-age=300"));
        let told = anyone.get(&format!("/open311/v2/requests/{code}.json"));
        assert!(told.has(&format!("/matters/{code}/photos/{}\"", ids[1])), "{}", told.body);
        // Hidden again.
        assert_eq!(clear(&mut worker, &[]).status, StatusCode::SEE_OTHER);
        assert_eq!(anyone.get(&of(&ids[1])).status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_file_that_is_refused_is_named_and_what_was_typed_is_still_there() {
    story_in(true, inhabited, |browser| {
        let mut resident = browser();
        let (good, large) = (png(), vec![0xFF; 12 * 1024 * 1024 + 1]);
        let five: Vec<File<'_>> = ["1", "2", "3", "4", "5"].iter().map(|name| (*name, &*good)).collect();
        let huge = of_200_megapixels();
        let two: [File<'_>; 2] = [("好的.png", &good), ("账单.pdf", b"%PDF-1.7")];
        let bad: [(&[File<'_>], &str); 4] = [
            (&two, "“账单.pdf”不是能读的照片"),
            (&[("大图.jpg", &huge)], "“大图.jpg”超过 40 百万像素"),
            (&[("视频.jpg", &large)], "“视频.jpg”超过 12 MB"),
            (&five, "一次最多 4 张照片"),
        ];
        for (files, words) in bad {
            let refused = reports(&mut resident, files);
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.has(words), "{words}: {}", refused.body);
            assert!(refused.has("轿厢的门夹坏了") && refused.has("照片需要重新选择"), "{}", refused.body);
        }
        assert!(resident.get("/matters").has("这里还没有符合条件的诉求"), "nothing was taken in");
        // Without one it is sent as before.
        assert_eq!(reports(&mut resident, &[]).status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn photographs_are_added_shown_with_the_answer_and_taken_away() {
    story_in(true, inhabited, |browser| {
        let (mut resident, mut operator, mut worker) = (browser(), browser(), browser());
        let sent = reports(&mut resident, &[]);
        let own = sent.header("location").split('?').next().unwrap().to_owned();
        let desk = format!("/desk/matters/{}", code_of(&own));
        let good = png();
        let one: [File<'_>; 1] = [("a.png", &good)];
        // Later on, without a word; and not two times when it is sent two times.
        let added = takes(&mut resident, &own, &[("do", "note"), ("note", "")], &one);
        assert_eq!((added.status, added.header("location")), (StatusCode::SEE_OTHER, own.as_str()));
        let refused = takes(&mut resident, &own, &[("do", "note"), ("note", "")], &[("x", b"no")]);
        assert!(refused.has("“x”不是能读的照片"), "{}", refused.body);

        operator.enter(Role::Operator);
        takes(&mut operator, &desk, &[("do", "accept"), ("note", "")], &[]);
        let answered = takes(&mut operator, &desk, &[("do", "answer"), ("note", "换了门夹")], &one);
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.body);
        let ids = shown(&resident.get(&own));
        assert_eq!(ids.len(), 2, "the repair is shown to whoever asked");

        // Each takes away their own; the worker everything that is not public.
        let away = |browser: &mut Browser, page: &str, id: &str| {
            let key = browser.get(page).key().to_owned();
            browser.post(&format!("{page}/photos/{id}"), &[("request_key", &key)])
        };
        assert_eq!(away(&mut resident, &own, &ids[1]).status, StatusCode::FORBIDDEN);
        assert_eq!(away(&mut operator, &desk, &ids[0]).status, StatusCode::FORBIDDEN);
        assert_eq!(away(&mut resident, &own, &ids[0]).header("location"), own);
        assert_eq!(away(&mut operator, &desk, &ids[1]).header("location"), desk);
        assert!(shown(&resident.get(&own)).is_empty());
        // A worker takes a call in with a picture of the place.
        worker.enter(Role::CommunityWorker);
        let key = worker.get("/desk/matters/new?community=310112107-001").key().to_owned();
        let fields = [
            ("request_key", key.as_str()),
            ("community", "310112107-001"),
            ("source", "worker"),
            ("category", "property-repair-common"),
            ("words", "楼道的灯不亮"),
        ];
        let refused = sends(&mut worker, "/desk/matters/new", &fields, &[("灯.gif", b"GIF89a")]);
        assert!(refused.has("“灯.gif”不是能读的照片") && refused.has("楼道的灯不亮"), "{}", refused.body);
        let taken = sends(&mut worker, "/desk/matters/new", &fields, &one);
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
        let again = sends(&mut worker, "/desk/matters/new", &fields, &one);
        assert_eq!(again.header("location"), taken.header("location"), "sent twice, taken once");
        assert_eq!(shown(&worker.get(taken.header("location"))).len(), 1);
    });
}
