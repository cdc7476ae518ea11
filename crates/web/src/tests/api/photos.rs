//! Photographs of matters by programs.

use super::*;

#[test]
fn a_program_adds_a_photograph_clears_it_and_takes_it_away() {
    simulated(|browser| {
        let mut worker = program(browser, Role::CommunityWorker, &["read", "matters"]);
        // Any that is not over: which queue of a small district has one follows from its seed.
        let mut first = |queue: &str| {
            let matters = body(&worker.get(&format!("/api/v1/matters?queue={queue}")));
            matters["items"][0]["code"].as_str().map(str::to_owned)
        };
        let code = ["running", "today", "overdue", "answered"].into_iter().find_map(&mut first).unwrap();
        let address = format!("/api/v1/matters/{code}/photos");
        let before = body(&worker.get(&address))["count"].as_u64().unwrap();
        let mut file = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(40, 20).write_to(&mut file, image::ImageFormat::Png).unwrap();
        let file = file.into_inner();
        let add_as = |worker: &mut Browser, number: u8, name: &str, bytes: &[u8]| {
            worker.more.push(("idempotency-key", key(number)));
            let to = format!("{address}?name={name}");
            let answer = worker.send_as(Method::POST, &to, "image/png", bytes.to_vec());
            worker.more.pop();
            answer
        };
        let add = |worker: &mut Browser, number, bytes: &[u8]| add_as(worker, number, "a.png", bytes);
        let long = add_as(&mut worker, 9, &"a".repeat(121), &file);
        assert_eq!(body(&long)["errors"][0]["field"], "name", "as the description says");
        let refused = add(&mut worker, 1, b"no picture");
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body(&refused)["detail"].as_str().unwrap().contains("“a.png”"), "{}", refused.body);
        let made = add(&mut worker, 2, &file);
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let photo = made.header("location").to_owned();
        assert_eq!(add(&mut worker, 2, &file).header("location"), photo, "sent twice, kept once");
        let list = body(&worker.get(&address));
        assert_eq!(list["count"], before + 1);
        let added = list["items"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&added["cleared"], &added["width"], &added["height"]),
            (&json!(false), &json!(40), &json!(20))
        );
        let picture = worker.get(&photo);
        assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/jpeg"));
        assert!(picture.bytes.starts_with(&[0xFF, 0xD8]));

        let clear = |worker: &mut Browser, number, seen, cleared| {
            let sent = json!({ "seen": seen, "cleared": cleared });
            send(worker, Method::PUT, &format!("{photo}/cleared"), &key(number), &sent).status
        };
        assert_eq!(clear(&mut worker, 3, false, true), StatusCode::NO_CONTENT);
        assert_eq!(clear(&mut worker, 4, false, true), StatusCode::UNPROCESSABLE_ENTITY, "it was already");
        let id = photo.rsplit('/').next().unwrap();
        assert_eq!(browser().get(&format!("/matters/{code}/photos/{id}")).status, StatusCode::OK);
        let remove = |worker: &mut Browser, number| {
            send(worker, Method::DELETE, &photo, &key(number), &Value::Null).status
        };
        assert_eq!(remove(&mut worker, 5), StatusCode::UNPROCESSABLE_ENTITY, "everyone sees it");
        assert_eq!(clear(&mut worker, 6, true, false), StatusCode::NO_CONTENT);
        assert_eq!(remove(&mut worker, 7), StatusCode::NO_CONTENT);
        assert_eq!(worker.get(&photo).status, StatusCode::NOT_FOUND);
    });
}
