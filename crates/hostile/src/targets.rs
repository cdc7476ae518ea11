//! The targets. Where a parser promises something of what it read, the promise is looked at.

use std::io::Cursor;
use std::str::FromStr as _;

use base::{Area, Day, code};
use district::exchange::{self, Options, book};
use district::kit::{Actor, Call, NOT_FACTS, PersonId};
use district::matters::{self, HOTLINE_COLUMNS, HotlineWords, PICTURE_SIDE, Photo};
use district::people::{Code, Token};
use district::register::rules::{folded, sort_key};
use district::services::rules::{Hours, lines, openings};
use district::stations::rules::telephone;
use handbook::Handbook;
use http::Method;
use image::{ImageFormat, Rgb, RgbImage};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use siting::Format;
use web::kit::{Fields, Language};

use crate::Target;
use crate::ground::{Ground, now};

/// Every target.
pub const TARGETS: [Target; 14] = [
    Target {
        name: "workbook",
        run: workbook,
        examples: workbooks,
        words: &["PK\x03\x04", "[Content_Types].xml"],
    },
    Target {
        name: "parts",
        run: parts,
        examples: all_parts,
        words: &["<c r=\"A1\"", "t=\"s\"", "<row", "<v>", "&#"],
    },
    Target {
        name: "sheet",
        run: sheet,
        examples: sheets,
        words: &["310112", "2026-01-31", "是", "，", "一室一厅"],
    },
    Target {
        name: "boundaries",
        run: boundaries,
        examples: geojson,
        words: &["\"coordinates\"", "[[", "null"],
    },
    Target {
        name: "handbook",
        run: handbook,
        examples: handbooks,
        words: &["[[clause]]", "when", "give", "\"\"\""],
    },
    Target {
        name: "hotline",
        run: hotline,
        examples: hotline_sheets,
        words: &["工单编号", "受理时间", "2026-01-05 09:30", "=1+1", "\t", ","],
    },
    Target {
        name: "hours",
        run: hours,
        examples: weeks,
        words: &["FREQ=MONTHLY", "BYDAY=-1FR", "INTERVAL=", "UNTIL=20270131", "每月第一个周六", "24:00"],
    },
    Target {
        name: "open311",
        run: open311,
        examples: reports,
        words: &[
            "&lat=",
            "&long=",
            "attribute[community]",
            "service_code=",
            "description=",
            "address_string=",
        ],
    },
    Target { name: "archive", run: archive, examples: archives, words: &[] },
    Target {
        name: "words",
        run: words,
        examples: typed,
        words: &["年", "月", "日", "平方米", "°", "ABCDEFGH"],
    },
    Target { name: "form", run: form, examples: forms, words: &["request_key=", "&q=", "%00", "%E4", "+"] },
    Target {
        name: "address",
        run: address,
        examples: addresses,
        words: &["?on=", "&sort=", "&after=", "&kind=", "%2F"],
    },
    Target { name: "problem", run: problem, examples: problems, words: &["capacity", "FILE:"] },
    Target {
        name: "photo",
        run: photo,
        examples: photos,
        words: &["Exif", "IHDR", "IDAT", "VP8 ", "VP8L", "VP8X", "EXIF", "ICCP", "\u{7f}"],
    },
];

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Reads an upload and looks what an import of it would do.
fn import(ground: &Ground, name: &str, bytes: &[u8]) {
    let Ok(source) = book::open(name, bytes) else { return };
    let Ok(mut rows) = exchange::read(&source).map(Some) else { return };
    let actor = Actor::program();
    // Refused, or decided: whichever, it comes to an end, and in words.
    let _ = ground.db.read(|tx| {
        let Some(rows) = rows.take() else {
            return Err(district::Error::Internal("a reading ran twice".into()));
        };
        let options = Options { on: sim::TODAY, only_good: true };
        exchange::look(tx, &mut Call::new(&actor, now(), 1), &ground.vault, rows, options)
    });
}

fn workbook(ground: &Ground, bytes: &[u8]) {
    import(ground, "x.xlsx", bytes);
}

fn workbooks(_: &Ground) -> Vec<Vec<u8>> {
    let template = book::template().unwrap_or_default();
    let inner = [("a.xlsx".to_owned(), template.clone())];
    vec![template, book::zip_of(&inner).unwrap_or_default()]
}

/// Between the parts of a workbook, and between a part's name and its content.
const BORDER: u8 = 0;

/// The same with the parts of a workbook as they are unpacked, as a changed byte of what is packed hardly gets past its sum.
fn parts(ground: &Ground, bytes: &[u8]) {
    let pieces: Vec<&[u8]> = bytes.split(|byte| *byte == BORDER).collect();
    let files: Vec<(String, Vec<u8>)> =
        pieces.chunks_exact(2).map(|part| (text(part[0]).into_owned(), part[1].to_vec())).collect();
    if let Ok(packed) = book::zip_of(&files) {
        import(ground, "x.xlsx", &packed);
    }
}

fn all_parts(_: &Ground) -> Vec<Vec<u8>> {
    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let part = |name: &str, content: &str| [name, "\0", HEAD, content, "\0"].concat();
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>小区编码</t></is></c><c r=\"B1\" t=\"s\"><v>0</v></c></row>\
                <row r=\"2\"><c r=\"A2\" t=\"str\"><v>310112107001</v></c><c r=\"B2\"><v>46053.5</v></c></row>";
    let all = [
        part(
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
        ),
        part(
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"小区\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        part(
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships><Relationship Id=\"rId1\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        part("xl/sharedStrings.xml", "<sst><si><t>小区名称</t></si></sst>"),
        part(
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet><dimension ref=\"A1:B2\"/><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ];
    vec![all.concat().into_bytes()]
}

/// A sheet as text: the first byte chooses which.
fn sheet(ground: &Ground, bytes: &[u8]) {
    let Some((which, rest)) = bytes.split_first() else { return };
    let all = exchange::SheetId::ALL;
    import(ground, &format!("{}.csv", all[usize::from(*which) % all.len()].names()[1]), rest);
}

fn sheets(_: &Ground) -> Vec<Vec<u8>> {
    let one = |(number, sheet): (usize, exchange::SheetId)| {
        let header: Vec<String> = sheet.columns().iter().map(|column| column.en.to_owned()).collect();
        let row: Vec<&str> = sheet.columns().iter().map(|column| example(column.id)).collect();
        let csv = book::csv_text(&header, [row]).unwrap_or_default();
        [vec![u8::try_from(number).unwrap_or(0)], csv].concat()
    };
    exchange::SheetId::ALL.into_iter().enumerate().map(one).collect()
}

/// Something that could stand in a column.
fn example(column: &str) -> &'static str {
    match column {
        name if name.contains("code") => "310112107001",
        name if name.contains("from") || name.contains("day") || name.ends_with("_on") => "2026-01-31",
        name if name.contains("area") => "34.65",
        name if name.contains("lat") => "31.11",
        name if name.contains("lon") => "121.38",
        name if name.contains("name") => "示例",
        _ => "1",
    }
}

fn boundaries(_: &Ground, bytes: &[u8]) {
    let _ = exchange::read_boundaries(bytes);
    let _ = district::register::Outline::parse(&text(bytes));
}

fn geojson(_: &Ground) -> Vec<Vec<u8>> {
    let ring = "[[121.3,31.1],[121.4,31.1],[121.4,31.2],[121.3,31.1]]";
    let collection = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"properties\":{{\"code\":\"310112107\"}},\
         \"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[{ring}]}}}}]}}"
    );
    vec![collection.into_bytes(), format!("[[{ring}]]").into_bytes()]
}

fn handbook(_: &Ground, bytes: &[u8]) {
    if let Err(faults) = Handbook::read_all("handbook.toml", &text(bytes)) {
        assert!(!faults.is_empty(), "it was refused without a word");
    }
}

fn handbooks(_: &Ground) -> Vec<Vec<u8>> {
    vec![include_bytes!("../../../handbooks/minhang-2.0.toml").to_vec()]
}

/// A sheet of the city's hotline: read, and looked what taking it in would do.
fn hotline(ground: &Ground, bytes: &[u8]) {
    let Ok(sheet) = matters::read_sheet(bytes, &HotlineWords::default()) else { return };
    let actor = Actor::program();
    let looked = ground.db.read(|tx| matters::look_at_sheet(tx, &Call::new(&actor, now(), 1), &sheet));
    let look = looked.expect("looking at a sheet refuses rows, not itself");
    assert!(look.wrong.iter().all(|it| !it.reason.is_empty()), "a row was refused without a word");
}

fn hotline_sheets(_: &Ground) -> Vec<Vec<u8>> {
    let names = HOTLINE_COLUMNS.iter().map(|column| column.name);
    let header: Vec<String> = names.map(str::to_owned).collect();
    let row = ["A-1", "2026-01-05 09:30", "电梯坏了", "310112107001", "property-lift", "示例", "13800000000"];
    let csv = book::csv_text(&header, [row.to_vec()]).unwrap_or_default();
    let rows = [row.map(|text| book::Value::Text(text.to_owned())).to_vec()];
    vec![csv, book::table_workbook("工单", &header, &rows).unwrap_or_default()]
}

/// Opening times as people write them, or as a recurrence rule: whatever is taken can be asked for its next opening.
fn hours(_: &Ground, bytes: &[u8]) {
    let Ok(all) = lines(&text(bytes)) else { return };
    let hours = all.into_iter().map(|(rule, from, to)| {
        assert!((0..to).contains(&from) && to <= 1440, "it opens before it closes, on one day");
        Hours { rule, from, to, begins: sim::TODAY, ends: None }
    });
    let hours: Vec<Hours> = hours.collect();
    let found = openings(&hours, now(), 3);
    assert!(found.len() <= 3 && found.is_sorted(), "{found:?}");
}

fn weeks(_: &Ground) -> Vec<Vec<u8>> {
    let all = [
        "周一至周五 09:00-17:00\n每月第一个周六 09:00-11:00",
        "Mon, Wed 13:00-16:00",
        "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270131 09:00-11:30",
        "每月15日 8:00-20:00",
    ];
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// What a program sends in by Open311, and what it asks for. Without a vault it is read to its end and then refused.
fn open311(ground: &Ground, bytes: &[u8]) {
    let sent = [format!("api_key={}&service_code=property-lift&", ground.key).as_bytes(), bytes].concat();
    for format in ["xml", "json"] {
        let answered = ground.ask(Method::POST, &format!("/open311/v2/requests.{format}"), sent.clone());
        let answered = answered.expect("any bytes are a form").as_u16();
        assert!((400..500).contains(&answered), "sending made the program say {answered}");
    }
    let query = text(bytes);
    for address in
        [format!("requests.json?{query}"), format!("requests/{query}"), format!("services/{query}")]
    {
        let answered = ground.ask(Method::GET, &format!("/open311/v2/{address}"), Vec::new());
        assert!(answered.is_none_or(|status| status.as_u16() != 500), "{address} made the program fail");
    }
}

fn reports(_: &Ground) -> Vec<Vec<u8>> {
    let all = [
        "lat=31.1126&long=121.3816&description=The+lift+is+broken&address_string=1+Demo+Road",
        "attribute[community]=310112107001&attribute[building]=1&description=%E7%94%B5%E6%A2%AF&first_name=A&phone=13800000000",
        "start_date=2026-01-01T00:00:00Z&end_date=2026-01-31T00:00:00Z&status=open,closed&service_request_id=7KQ2",
    ];
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn archive(_: &Ground, bytes: &[u8]) {
    if let Ok(archive) = db::archive::look(bytes).and_then(|found| found.open(None)) {
        let _ = archive.check();
    }
}

fn archives(ground: &Ground) -> Vec<Vec<u8>> {
    let order = db::archive::Order {
        district: "310112",
        made_at: now(),
        program: "hostile",
        left_out: &NOT_FACTS,
        passphrase: None,
    };
    let mut bytes = Vec::new();
    let saved = ground.bare.snapshot(|tx| db::archive::save(tx, &mut bytes, &order));
    if saved.is_ok() { vec![bytes] } else { Vec::new() }
}

/// Everything that is typed into one field or one cell.
fn words(_: &Ground, bytes: &[u8]) {
    let text = &*text(bytes);
    let _ = (Code::parse(text), Token::parse(text), Token::parse_personal(text), PersonId::from_str(text));
    let _ = (code::check_uscc(text), code::check_resident_id(text), Language::parse(text));
    let _ = (Area::from_metres_text(text), folded(text), sort_key(text));
    if let Some(number) = telephone(text) {
        assert_eq!(telephone(&number).as_ref(), Some(&number), "what is kept of a telephone is one");
    }
    if let Ok(day) = Day::parse(text) {
        assert_eq!(day.to_string(), text, "a day is written in one way");
    }
    if let Some(degrees) = base::degrees(text) {
        assert_eq!(base::degrees(&base::degrees_text(degrees)), Some(degrees), "degrees are read as written");
    }
}

fn typed(_: &Ground) -> Vec<Vec<u8>> {
    let all = [
        "2026-01-31",
        "2026年1月31日",
        "46053.5",
        "34.65 ㎡",
        "1,234",
        "31.1126°",
        "7KQ2-M9XD-4HRT",
        "lilong_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk",
        "91310000607221116X",
        "11010519491231002X",
        "021-64129999转8",
        "019941f606a80734eb5e4bdbceb06564",
        "zh-Hans",
    ];
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn form(ground: &Ground, bytes: &[u8]) {
    let _ = Fields::parse(bytes);
    let answered = ground.ask(Method::POST, "/enter", bytes.to_vec());
    assert!(answered.is_none_or(|status| status.as_u16() != 500), "a form made the program fail");
}

fn forms(_: &Ground) -> Vec<Vec<u8>> {
    let sent = "request_key=01a21e7f-415f-700d-ae65-b522726df453&login=a&password=%E5%AF%86&next=%2Fdesk";
    vec![sent.as_bytes().to_vec()]
}

/// An address with its query, as it is typed; and the same bytes as one value of a filter.
fn address(ground: &Ground, bytes: &[u8]) {
    let typed = text(bytes);
    let value = percent_encode(bytes, NON_ALPHANUMERIC);
    for address in [format!("/{typed}"), format!("/communities?q={value}"), format!("/search?q={value}")] {
        let answered = ground.ask(Method::GET, &address, Vec::new());
        assert!(answered.is_none_or(|status| status.as_u16() != 500), "{address} made the program fail");
    }
}

fn addresses(_: &Ground) -> Vec<Vec<u8>> {
    let all = [
        "communities?q=an&kind=affordable_rental&sort=households&order=down&on=2026-01-31",
        "communities/310112107001?on=2025-06-30",
        "communities?after=eyJ&limit=5&page=2&town=310112107",
        "communities/list/csv?on=2026-01-31",
        "map?at=31.11,121.38&zoom=3",
        "handbook?lang=en&care=1",
        "search?q=%E8%8E%98",
    ];
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn problem(_: &Ground, bytes: &[u8]) {
    let text = &*text(bytes);
    for format in [
        Format::Pmed,
        Format::Cap,
        Format::PmedCap,
        Format::Holmberg,
        Format::OrLibrary,
        Format::Yang,
        Format::Ufl,
    ] {
        let _ = siting::read(format, text);
    }
}

fn problems(_: &Ground) -> Vec<Vec<u8>> {
    let all = [
        "3 3 1\n1 2 5\n2 3 7\n2 1 4\n",
        "2 1\ncapacity 0.5\n10 7500.\n4 1.25 30.125\n",
        "1\n1 10\n3 1 20\n1 0 0 5\n2 3 4 5\n3 6 8 5\n",
        "2 2\n10 5\n10 6\n3 4\n1 2\n3 4\n",
        "FILE: a\n2 2 0\n1 5 1 2\n2 6 3 4\n",
    ];
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// A photograph: what is kept of it is a picture, and nothing of what was beside it.
fn photo(_: &Ground, bytes: &[u8]) {
    let Ok(photo) = Photo::read("x.jpg", bytes) else { return };
    for kept in [&photo.picture, &photo.preview] {
        assert!(kept.starts_with(&[0xFF, 0xD8, 0xFF, 0xE0]), "it is no JPEG file");
        assert!(!kept.windows(6).any(|part| part == b"Exif\0\0"), "something of the camera is left");
        assert!(Photo::read("x.jpg", kept).is_ok(), "what is kept can be read");
    }
    assert!(photo.size.0.max(photo.size.1) <= PICTURE_SIDE, "it is too large");
}

fn photos(_: &Ground) -> Vec<Vec<u8>> {
    let wall = RgbImage::from_fn(40, 24, |x, y| Rgb([200, u8::try_from(x * y % 256).unwrap_or(0), 40]));
    let file = |kind| {
        let mut file = Cursor::new(Vec::new());
        // What cannot be written is no example.
        wall.write_to(&mut file, kind).ok().map(|()| file.into_inner())
    };
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].into_iter().filter_map(file).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// How long each target is tried here; `cargo xtask bench fuzz` takes 100,000 inputs.
    const LONG: Duration = Duration::from_secs(2);

    #[test]
    fn no_target_falls() {
        let ground = Ground::make().unwrap();
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).unwrap();
        let seed = u64::from_le_bytes(seed);
        for target in &TARGETS {
            let driven = crate::drive(target, &ground, seed, u64::MAX, Some(LONG));
            let count = driven.unwrap_or_else(|fallen| {
                panic!("{} fell on {:?} (seed {seed}): {}", target.name, text(&fallen.input), fallen.why)
            });
            assert!(count > 0, "{}", target.name);
            println!("{}: {count} inputs", target.name);
        }
    }

    #[test]
    fn each_target_is_one_of_cargo_fuzz_too() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz");
        let manifest = std::fs::read_to_string(format!("{folder}/Cargo.toml")).unwrap();
        let files = std::fs::read_dir(format!("{folder}/fuzz_targets")).unwrap();
        let mut there: Vec<String> = files
            .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        there.sort();
        let mut ours: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        ours.sort_unstable();
        assert_eq!(there, ours);
        for name in ours {
            let source = std::fs::read_to_string(format!("{folder}/fuzz_targets/{name}.rs")).unwrap();
            assert!(
                manifest.contains(&format!("name = \"{name}\"")) && source.contains(&format!("\"{name}\"")),
                "{name}"
            );
        }
    }

    #[test]
    fn the_examples_are_taken() {
        let ground = Ground::make().unwrap();
        for target in &TARGETS {
            let examples = (target.examples)(&ground);
            assert!(!examples.is_empty(), "{}", target.name);
            for example in &examples {
                (target.run)(&ground, example);
            }
        }
        let taken =
            |name: &str, bytes: &[u8]| book::open(name, bytes).and_then(|it| exchange::read(&it)).is_ok();
        assert!(taken("x.xlsx", &workbooks(&ground)[0]));
        assert!(sheets(&ground).iter().all(|it| taken(&format!("{}.csv", name(it[0])), &it[1..])));
        assert!(Handbook::read("handbook.toml", &text(&handbooks(&ground)[0])).is_ok());
        for sheet in hotline_sheets(&ground) {
            matters::read_sheet(&sheet, &HotlineWords::default()).unwrap();
        }
        assert!(weeks(&ground).iter().all(|it| lines(&text(it)).is_ok()));
        assert!(photos(&ground).iter().all(|it| Photo::read("x", it).is_ok()) && photos(&ground).len() == 3);
        assert!(db::archive::look(&archives(&ground)[0][..]).unwrap().open(None).unwrap().check().is_ok());
    }

    fn name(which: u8) -> &'static str {
        exchange::SheetId::ALL[usize::from(which)].names()[1]
    }
}
