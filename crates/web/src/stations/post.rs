//! A station's posts: one more, who holds one from a day on, one less.

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::kit::{PersonId, PostId};
use district::people::vault::AddPerson;
use district::stations::{self, AddPost, EndPost, Fill, Hold, Post, TITLES};
use http::StatusCode;

use super::{Read, id, post_name, title, writable};
use crate::kit::{self, Fault, Faults, Posted, Shell, see_other};

#[derive(Template)]
#[template(path = "stations/add.html")]
struct Adding<'a> {
    s: &'a Shell,
    station: String,
    href: String,
    titles: [(&'static str, &'static str); 2],
    title: String,
    from: String,
    faults: Faults,
}

fn add_page(
    s: &Shell,
    status: StatusCode,
    read: &Read,
    typed: (String, String),
    faults: Faults,
) -> kit::Result {
    let titles = TITLES.map(|code| (code, title(code)));
    let (title, from) = typed;
    s.html_with(status, &Adding { s, station: read.name(s), href: read.href(), titles, title, from, faults })
}

/// GET `/district/stations/{id}/posts`.
pub(super) async fn adding(s: Shell, Path(key): Path<String>) -> kit::Result {
    let read = writable(&s, &key)?;
    let typed = (TITLES[0].to_owned(), s.today().to_string());
    add_page(&s, StatusCode::OK, &read, typed, Faults::none())
}

/// POST the same.
pub(super) async fn add(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let read = writable(&s, &key)?;
    let (title, from) = (posted.fields.get("title").to_owned(), posted.fields.get("from").to_owned());
    let again =
        |faults| add_page(&s, StatusCode::UNPROCESSABLE_ENTITY, &read, (title.clone(), from.clone()), faults);
    let Ok(day) = from.parse::<Day>() else { return again(bad_day(&s)) };
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        let post: PostId = call.id();
        let command = AddPost { id: post, station: read.sheet.station.id, title: title.clone(), from: day };
        stations::add_posts(tx, call, &[command])?;
        // Whoever adds a post mostly knows who will hold it.
        Ok(format!("{}/posts/{post}?done=post", read.href()))
    });
    s.after(done, again)
}

fn bad_day(s: &Shell) -> Faults {
    Faults::one(Some("from"), s.t("register-refused-date").to_owned())
}

/// What happens to a post, as the form says it.
const HELD: &str = "held";
const VACANT: &str = "vacant";
const ENDED: &str = "ended";

/// What stands in the form of a post.
#[derive(Clone)]
struct Typed {
    act: String,
    from: String,
    name: String,
    telephone: String,
}

#[derive(Template)]
#[template(path = "stations/post.html")]
struct Page<'a> {
    s: &'a Shell,
    station: String,
    href: String,
    post: &'a Post,
    post_name: String,
    acts: [(&'static str, &'static str, &'static str); 3],
    typed: Typed,
    faults: Faults,
    added: bool,
}

fn page(
    s: &Shell,
    status: StatusCode,
    read: &Read,
    post: &Post,
    typed: Typed,
    faults: Faults,
) -> kit::Result {
    let acts = [
        (HELD, "stations-act-held", "stations-act-held-hint"),
        (VACANT, "stations-act-vacant", "stations-act-vacant-hint"),
        (ENDED, "stations-act-ended", "stations-act-ended-hint"),
    ];
    let view = Page {
        s,
        station: read.name(s),
        href: read.href(),
        post,
        post_name: post_name(s, post),
        acts,
        typed,
        faults,
        added: s.asked("done").is_some_and(|done| done == "post"),
    };
    s.html_with(status, &view)
}

/// GET `/district/stations/{id}/posts/{post}`.
pub(super) async fn show(s: Shell, Path((key, post)): Path<(String, String)>) -> kit::Result {
    let read = writable(&s, &key)?;
    let post = read.sheet.post(id(&post)?).ok_or(Fault::Absent)?;
    let typed = Typed {
        act: if post.holder.is_some() { VACANT } else { HELD }.into(),
        from: s.today().max(post.from).to_string(),
        name: String::new(),
        telephone: String::new(),
    };
    page(&s, StatusCode::OK, &read, post, typed, Faults::none())
}

/// POST the same.
pub(super) async fn change(
    s: Shell,
    Path((key, post)): Path<(String, String)>,
    posted: Posted,
) -> kit::Result {
    let read = writable(&s, &key)?;
    let field = |name: &str| posted.fields.get(name).to_owned();
    let typed =
        Typed { act: field("act"), from: field("from"), name: field("name"), telephone: field("telephone") };
    let back = format!("{}?done={}", read.href(), typed.act);
    let Some(post) = read.sheet.post(id(&post)?) else {
        return ended_before(&s, &posted);
    };
    let again = |faults| page(&s, StatusCode::UNPROCESSABLE_ENTITY, &read, post, typed.clone(), faults);
    let Ok(from) = typed.from.parse::<Day>() else { return again(bad_day(&s)) };
    let act = typed.act.as_str();
    if ![HELD, VACANT, ENDED].contains(&act) {
        return again(Faults::one(Some("act"), s.t("register-refused-choice").to_owned()));
    }
    let vault = if act == HELD { Some(s.state.vault()?) } else { None };
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        match (act, vault) {
            (HELD, Some(vault)) => {
                let id: PersonId = call.id();
                let person = AddPerson {
                    id,
                    name: typed.name.clone(),
                    telephone: Some(typed.telephone.clone()),
                    identity_number: None,
                };
                stations::hold_posts(tx, call, vault, &[Hold { post: post.id, person, from }])?;
            }
            (VACANT, _) => stations::fill_posts(tx, call, &[Fill { post: post.id, person: None, from }])?,
            _ => stations::end_posts(tx, call, &[EndPost { post: post.id, from }])?,
        }
        Ok(back.clone())
    });
    s.after(done, again)
}

/// A form sent twice that ended its post the first time gets the answer of then; any other post is not there.
fn ended_before(s: &Shell, posted: &Posted) -> kit::Result {
    let to = s.state.once(&s.actor, posted, |_, _| Err(district::Error::Absent("post")))?;
    Ok(see_other(&to))
}
