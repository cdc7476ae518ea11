//! The file goes back as the same workbook: bad cells marked, and a column that says what is wrong and how to mend it. What
//! an import leaves aside goes back as well: the text of a formula, and columns that are none of ours, at the end.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::book::{Book, Cell, FORMULA, Marks, Reading, RowAt, Source, zip_of};
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
        others: HashMap::new(),
        places: Vec::new(),
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
    /// The columns of each sheet that are none of ours: where they stand in the file, and their headers.
    others: HashMap<(u16, SheetId), Vec<(usize, String)>>,
    /// Where they stand in the file, in their order at the end of the sheet that is being written.
    places: Vec<usize>,
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

    fn take(&mut self, at: RowAt, cells: &[Cell], beside: &[(usize, Cell)]) -> Result<()> {
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
            let others = self.others.get(&(at.file, at.sheet)).map_or(&[][..], Vec::as_slice);
            let headers: Vec<String> = others.iter().map(|(_, header)| cut(header)).collect();
            book.begin_with(at.sheet, &headers)?;
            self.places = others.iter().map(|(place, _)| *place).collect();
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
        if !goes {
            return Ok(());
        }
        let beside: Vec<(u16, String)> =
            beside.iter().map(|(place, cell)| (self.place_of(*place), text(cell))).collect();
        self.book.as_mut().map_or(Ok(()), |book| book.row_with(&texts, marks.as_ref(), &beside))
    }

    /// The place of a column that is none of ours; one without a header comes after those that have one.
    fn place_of(&mut self, place: usize) -> u16 {
        let known = self.places.iter().position(|it| *it == place);
        let at = known.unwrap_or_else(|| {
            self.places.push(place);
            self.places.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
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
    fn row(&mut self, at: RowAt, cells: &[Cell], beside: &[(usize, Cell)]) {
        if self.failed.is_none()
            && let Err(error) = self.take(at, cells, beside)
        {
            self.failed = Some(error);
        }
    }

    fn others(&mut self, at: RowAt, headers: Vec<(usize, String)>) {
        // A second sheet of one kind is not read.
        self.others.entry((at.file, at.sheet)).or_insert(headers);
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.told
    }
}

/// The longest text a cell of a workbook takes.
const MOST_TEXT: usize = 32_767;

fn cut(text: &str) -> String {
    text.chars().take(MOST_TEXT).collect()
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Number(text, _) | Cell::Error(text) => cut(text),
        Cell::Formula(formula) => cut(&format!("{FORMULA}={formula}")),
        Cell::Day(day) => day.to_string(),
    }
}

/// The community a row speaks of.
fn community(sheet: SheetId, texts: &[String]) -> Option<String> {
    let id = if sheet == SheetId::Communities { "code" } else { "community" };
    let at = sheet.columns().iter().position(|column| column.id == id)?;
    texts.get(at).map(|text| plain(text))
}
