use super::*;

#[test]
fn every_sheet_is_found_by_its_names_and_headers() {
    for sheet in SheetId::ALL {
        for name in sheet.names() {
            assert_eq!(SheetId::named(name), Some(sheet), "{name}");
        }
        let headers: Vec<String> = sheet.columns().iter().map(Column::header).collect();
        assert_eq!(SheetId::of_headers(&headers), Some(sheet));
        let english: Vec<String> = sheet.columns().iter().rev().map(|c| c.en.to_uppercase()).collect();
        assert_eq!(SheetId::of_headers(&english), Some(sheet));
    }
}

#[test]
fn a_header_means_one_column_of_its_sheet() {
    for sheet in SheetId::ALL {
        for column in sheet.columns() {
            let named = |header: &str| sheet.columns().iter().filter(|c| c.is_named(header)).count();
            for header in [
                column.zh,
                column.en,
                column.id,
                &column.header(),
                &format!(" *{}（{}）", column.zh, column.en),
            ] {
                assert_eq!(named(header), 1, "{sheet:?}: {header}");
            }
        }
    }
}
