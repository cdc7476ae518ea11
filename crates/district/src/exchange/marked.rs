//! The file goes back as the same workbook: bad cells marked, and a column that says what is wrong and how to mend it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::book::{Book, Cell, Marks, Reading, RowAt, Source, zip_of};
use super::fault::{Fault, Faults, Place, Weight};
use super::sheets::SheetId;
use super::values::plain;
use crate::kit::{Error, Result};

/// Which rows go back.
#[derive(Debug, Clone)]
pub enum Back {
    /// All of them.
    All,
    /// Those of these communities, and rows with faults.
    Of(HashSet<String>),
}

/// The name of the archive when several files go back.
pub const MARKED_ARCHIVE: &str = "marked.zip";

/// A file with its name and content.
pub type Named = (String, Vec<u8>);

/// The marked workbook; an archive when several files came together. `say` puts a fault into words.
pub fn marked(
    source: &Source,
    faults: &[Fault],
    back: &Back,
    say: &dyn Fn(&Fault) -> String,
) -> Result<Named> {
    let mut by_row: HashMap<Place, Vec<&Fault>> = HashMap::new();
    for fault in faults {
        by_row.entry(fault.place).or_default().push(fault);
    }
    let mut marking = Marking {
        by_row,
        back,
        say,
        book: None,
        sheet: None,
        file: 0,
        done: BTreeMap::new(),
        told: Faults::default(),
        failed: None,
    };
    source.read(&mut marking)?;
    marking.close()?;
    if let Some(error) = marking.failed {
        return Err(error);
    }
    let mut files: Vec<Named> = marking
        .done
        .into_iter()
        .map(|(file, bytes)| {
            let name = source.files.get(usize::from(file)).map_or("workbook", |file| file.name.as_str());
            let stem =
                name.rsplit('/').next().unwrap_or(name).rsplit_once('.').map_or(name, |(stem, _)| stem);
            (format!("{stem}-marked.xlsx"), bytes)
        })
        .collect();
    match files.len() {
        1 => Ok(files.remove(0)),
        _ => Ok((MARKED_ARCHIVE.to_owned(), zip_of(&files)?)),
    }
}

struct Marking<'a> {
    by_row: HashMap<Place, Vec<&'a Fault>>,
    back: &'a Back,
    say: &'a dyn Fn(&Fault) -> String,
    book: Option<Book>,
    sheet: Option<SheetId>,
    file: u16,
    done: BTreeMap<u16, Vec<u8>>,
    /// Faults of headers are found again while reading; they are known already.
    told: Faults,
    failed: Option<Error>,
}

impl Marking<'_> {
    fn marks(&self, faults: &[&Fault]) -> Marks {
        let mut marks = Marks::default();
        for fault in faults {
            let refuses = fault.weight == Weight::Refuses;
            let at =
                fault.column.and_then(|id| fault.place.sheet.columns().iter().position(|it| it.id == id));
            if let Some(at) = at {
                *marks.cells.entry(at).or_default() |= refuses;
            }
            marks.reasons.push((self.say)(fault));
        }
        marks
    }

    fn take(&mut self, at: RowAt, cells: &[Cell]) -> Result<()> {
        if self.file != at.file {
            self.close()?;
            self.file = at.file;
        }
        if self.sheet != Some(at.sheet) {
            self.close_sheet()?;
            let book = match &mut self.book {
                Some(book) => book,
                None => self.book.insert(Book::new(true)?),
            };
            book.begin(at.sheet)?;
            self.sheet = Some(at.sheet);
        }
        let faults = self.by_row.remove(&at);
        let texts: Vec<String> = cells.iter().map(text).collect();
        let goes = match self.back {
            Back::All => true,
            Back::Of(codes) => {
                faults.is_some() || community(at.sheet, &texts).is_some_and(|it| codes.contains(&it))
            }
        };
        let marks = faults.map(|faults| self.marks(&faults));
        match (&mut self.book, goes) {
            (Some(book), true) => book.row(&texts, marks.as_ref()),
            _ => Ok(()),
        }
    }

    /// What is wrong with a sheet and not with one of its rows (a missing column) stands below them.
    fn close_sheet(&mut self) -> Result<()> {
        let Some(sheet) = self.sheet.take() else { return Ok(()) };
        let mut places: Vec<Place> =
            self.by_row.keys().filter(|at| at.sheet == sheet && at.file == self.file).copied().collect();
        places.sort_unstable();
        for place in places {
            let faults = self.by_row.remove(&place).unwrap_or_default();
            let marks = self.marks(&faults);
            if let Some(book) = &mut self.book {
                book.row::<&str>(&[], Some(&marks))?;
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        self.close_sheet()?;
        if let Some(book) = self.book.take() {
            self.done.insert(self.file, book.finish()?);
        }
        Ok(())
    }
}

impl Reading for Marking<'_> {
    fn row(&mut self, at: RowAt, cells: &[Cell]) {
        if self.failed.is_none()
            && let Err(error) = self.take(at, cells)
        {
            self.failed = Some(error);
        }
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.told
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty | Cell::Formula => String::new(),
        Cell::Text(text) | Cell::Number(text, _) | Cell::Error(text) => text.clone(),
        Cell::Day(day) => day.to_string(),
    }
}

/// The community a row speaks of.
fn community(sheet: SheetId, texts: &[String]) -> Option<String> {
    let id = if sheet == SheetId::Communities { "code" } else { "community" };
    let at = sheet.columns().iter().position(|column| column.id == id)?;
    texts.get(at).map(|text| plain(text))
}
