//! Messages: Fluent files in `locales/`, read once at the start into plain maps.
//!
//! Most messages have no variables and are formatted at the start; a page only looks them up. Traditional Chinese is
//! derived from Simplified at the start by `OpenCC`'s standard conversion (`s2t`), without regional vocabulary.

mod pieces;

use std::borrow::Cow;
use std::sync::Arc;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use rustc_hash::{FxBuildHasher, FxHashMap};
use unic_langid::LanguageIdentifier;

use pieces::Piece;

#[derive(RustEmbed)]
#[folder = "../../locales"]
struct Files;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// 简体中文.
    Hans,
    /// 繁體中文, derived from the Simplified.
    Hant,
    /// English.
    En,
}

impl Language {
    /// All languages, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Hans, Self::Hant, Self::En];

    /// The BCP 47 tag: in `lang`, in the address, in the cookie.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Hans => "zh-Hans",
            Self::Hant => "zh-Hant",
            Self::En => "en",
        }
    }

    /// The language of a tag.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Is this Chinese, in either script?
    pub const fn is_chinese(self) -> bool {
        !matches!(self, Self::En)
    }

    /// The language a browser prefers among ours; Simplified when it names none of them.
    pub fn preferred(accept: &str) -> Self {
        let mut best = (Self::Hans, 0);
        for part in accept.split(',') {
            let mut fields = part.split(';').map(str::trim);
            let tag = fields.next().unwrap_or_default();
            let weight = fields.find_map(|field| field.strip_prefix("q=")).map_or(1000, weight);
            if let Some(language) = Self::of_browser(tag)
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }

    fn of_browser(tag: &str) -> Option<Self> {
        let lower = tag.to_ascii_lowercase();
        let mut parts = lower.split('-');
        match parts.next()? {
            "en" => Some(Self::En),
            "zh" => {
                let traditional = parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo"));
                Some(if traditional { Self::Hant } else { Self::Hans })
            }
            _ => None,
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Hans => 0,
            Self::Hant => 1,
            Self::En => 2,
        }
    }
}

/// `0.8` as 800.
fn weight(text: &str) -> u32 {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(4).collect();
    let value: u32 = format!("{digits:0<4}").parse().unwrap_or(0);
    value.min(1000)
}

/// A value a message names: a number is grouped and chooses the plural, a text stands as it is.
#[derive(Debug, Clone)]
pub enum Arg<'a> {
    /// A count.
    Number(i64),
    /// A text.
    Text(Cow<'a, str>),
}

macro_rules! number_args {
    ($($type:ty),*) => { $(
        impl From<$type> for Arg<'_> {
            fn from(value: $type) -> Self {
                Self::Number(i64::try_from(value).unwrap_or(i64::MAX))
            }
        }
        impl From<&$type> for Arg<'_> {
            fn from(value: &$type) -> Self {
                Self::from(*value)
            }
        }
        // Templates pass what they match on by one reference more.
        impl From<&&$type> for Arg<'_> {
            fn from(value: &&$type) -> Self {
                Self::from(**value)
            }
        }
    )* };
}

number_args!(i64, i32, u32, u64, usize);

impl<'a> From<&'a str> for Arg<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

/// Templates borrow what they already hold by reference.
impl<'a> From<&&'a str> for Arg<'a> {
    fn from(value: &&'a str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl<'a> From<&&'a String> for Arg<'a> {
    fn from(value: &&'a String) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Arg<'_> {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl<'a> From<&Cow<'a, str>> for Arg<'a> {
    fn from(value: &Cow<'a, str>) -> Self {
        Self::Text(value.clone())
    }
}

impl<'a> From<Cow<'a, str>> for Arg<'a> {
    fn from(value: Cow<'a, str>) -> Self {
        Self::Text(value)
    }
}

macro_rules! shown_args {
    ($($type:ty),*) => { $(
        impl From<$type> for Arg<'_> {
            fn from(value: $type) -> Self {
                Self::Text(Cow::Owned(value.to_string()))
            }
        }
        impl From<&$type> for Arg<'_> {
            fn from(value: &$type) -> Self {
                Self::Text(Cow::Owned(value.to_string()))
            }
        }
        impl From<&&$type> for Arg<'_> {
            fn from(value: &&$type) -> Self {
                Self::Text(Cow::Owned(value.to_string()))
            }
        }
    )* };
}

shown_args!(base::Day, base::Instant, base::Money, base::Area);

/// A variable of a message with its value. Templates pass a tuple of expressions by reference.
pub trait Named<'a> {
    /// The name and the value.
    fn named(self) -> (&'a str, Arg<'a>);
}

impl<'a, T: Into<Arg<'a>>> Named<'a> for (&'a str, T) {
    fn named(self) -> (&'a str, Arg<'a>) {
        (self.0, self.1.into())
    }
}

impl<'a, T: Clone + Into<Arg<'a>>> Named<'a> for &(&'a str, T) {
    fn named(self) -> (&'a str, Arg<'a>) {
        (self.0, self.1.clone().into())
    }
}

/// The messages could not be read; the program does not start.
#[derive(Debug, thiserror::Error)]
#[error("messages: {0}")]
pub struct LocalesError(String);

struct Book {
    /// By id. All ids are ours, so that nobody can choose some that meet.
    plain: FxHashMap<String, Box<str>>,
    /// Those that are words and variables.
    pieces: FxHashMap<String, Vec<Piece>>,
    bundle: FluentBundle<FluentResource>,
}

/// The messages of every language.
#[derive(Clone)]
pub struct Locales {
    books: Arc<[Book; 3]>,
    traditional: Arc<OpenCC>,
}

impl std::fmt::Debug for Locales {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Locales").finish_non_exhaustive()
    }
}

impl Locales {
    /// Reads the messages in the program.
    pub fn load() -> Result<Self, LocalesError> {
        let traditional =
            OpenCC::from_config(BuiltinConfig::S2t).map_err(|error| LocalesError(error.to_string()))?;
        let hans = texts("zh-Hans");
        let derived: Vec<String> = hans.iter().map(|text| traditional.convert(text)).collect();
        let books = [book("zh-Hans", hans)?, book("zh-Hant", derived)?, book("en", texts("en"))?];
        Ok(Self { books: Arc::new(books), traditional: Arc::new(traditional) })
    }

    /// A message without variables. An id that does not exist (a test finds them) shows itself.
    pub fn text<'a>(&'a self, language: Language, id: &'a str) -> &'a str {
        self.books[language.index()].plain.get(id).map_or(id, |text| text)
    }

    /// A message with variables.
    pub fn format(&self, language: Language, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let book = &self.books[language.index()];
        if let Some(text) = book.pieces.get(id).and_then(|pieces| pieces::put_together(pieces, args)) {
            return text;
        }
        Self::formatted(book, id, args)
    }

    /// The same by the library.
    fn formatted(book: &Book, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let Some(pattern) = book.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut fluent = FluentArgs::with_capacity(args.len());
        for (name, arg) in args {
            fluent.set(
                *name,
                match arg {
                    Arg::Number(number) => FluentValue::from(*number),
                    Arg::Text(text) => FluentValue::String(Cow::Borrowed(text)),
                },
            );
        }
        let mut errors = Vec::new();
        let text = book.bundle.format_pattern(pattern, Some(&fluent), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::warn!(id, ?errors, "a message was formatted with errors");
        }
        text
    }

    /// Data in Simplified Chinese as the language shows it: converted for Traditional, itself otherwise.
    pub fn data<'a>(&self, language: Language, text: &'a str) -> Cow<'a, str> {
        if language == Language::Hant {
            Cow::Owned(self.traditional.convert(text))
        } else {
            Cow::Borrowed(text)
        }
    }
}

/// The files of a language, in the order of their names.
fn texts(language: &str) -> Vec<String> {
    let mut names: Vec<Cow<'static, str>> =
        Files::iter().filter(|name| name.split('/').next() == Some(language)).collect();
    names.sort();
    let file = |name: &Cow<'static, str>| Files::get(name);
    names.iter().filter_map(file).map(|file| String::from_utf8_lossy(&file.data).into_owned()).collect()
}

fn book(language: &str, texts: Vec<String>) -> Result<Book, LocalesError> {
    let tag: LanguageIdentifier =
        language.parse().map_err(|error| LocalesError(format!("{language}: {error}")))?;
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(FluentNumber { value, .. }) => Some(grouped(*value)),
        _ => None,
    }));
    let (mut ids, mut pieces) = (Vec::new(), FxHashMap::default());
    for text in texts {
        ids.extend(text.lines().filter_map(message_id).map(str::to_owned));
        let resource = FluentResource::try_new(text)
            .map_err(|(_, errors)| LocalesError(format!("{language}: {errors:?}")))?;
        pieces.extend(pieces::of(&resource));
        bundle.add_resource(resource).map_err(|errors| LocalesError(format!("{language}: {errors:?}")))?;
    }
    let mut plain = FxHashMap::with_capacity_and_hasher(ids.len(), FxBuildHasher);
    for id in ids {
        let Some(pattern) = bundle.get_message(&id).and_then(|message| message.value()) else { continue };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
        // A message with variables cannot be formatted without them: it stays in the bundle.
        if errors.is_empty() {
            plain.insert(id, text.into_boxed_str());
        }
    }
    for piece in pieces.values_mut().flatten() {
        if let Piece::Message(id) = piece
            && let Some(words) = plain.get(&**id)
        {
            *piece = Piece::Words(words.clone());
        }
    }
    Ok(Book { plain, pieces, bundle })
}

/// The id that a line of a Fluent file begins a message with.
pub(crate) fn message_id(line: &str) -> Option<&str> {
    let (id, _) = line.split_once('=')?;
    let id = id.trim_end();
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !id.is_empty();
    (plain && !line.starts_with(' ')).then_some(id)
}

/// Fluent carries numbers as floats; ours are whole.
#[expect(clippy::cast_possible_truncation, reason = "they were whole numbers of 64 bits before")]
fn grouped(value: f64) -> String {
    base::grouped(value as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_chooses_among_ours() {
        for (accept, language) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Hans),
            ("en-GB,en;q=0.9,zh;q=0.8", Language::En),
            ("zh-TW", Language::Hant),
            ("zh-Hant-HK, en;q=0.2", Language::Hant),
            ("de,en;q=0.3,zh-CN;q=0.7", Language::Hans),
            ("de", Language::Hans),
            ("", Language::Hans),
            ("en;q=0", Language::Hans),
        ] {
            assert_eq!(Language::preferred(accept), language, "{accept}");
        }
    }

    #[test]
    fn data_and_messages_become_traditional() {
        let locales = Locales::load().unwrap();
        assert_eq!(locales.data(Language::Hant, "虹桥镇紫藤网格"), "虹橋鎮紫藤網格");
        assert_eq!(locales.data(Language::Hans, "虹桥镇"), "虹桥镇");
        assert_eq!(locales.text(Language::Hant, "shell-door-district"), "區級");
    }

    #[test]
    fn what_is_put_together_is_what_the_library_makes() {
        let locales = Locales::load().unwrap();
        let mut tried = 0;
        for book in locales.books.iter() {
            for (id, pieces) in &book.pieces {
                let names = pieces.iter().filter_map(|piece| match piece {
                    Piece::Variable(name) => Some(&**name),
                    _ => None,
                });
                let names: Vec<&str> = names.collect();
                let numbers: Vec<_> = names.iter().map(|name| (*name, Arg::from(-1_234_567_i64))).collect();
                let texts: Vec<_> = names.iter().map(|name| (*name, Arg::from("“甲” <b>"))).collect();
                for args in [numbers, texts] {
                    let text = pieces::put_together(pieces, &args);
                    assert_eq!(text, Some(Locales::formatted(book, id, &args)), "{id}");
                    tried += 1;
                }
                assert_eq!(pieces::put_together(pieces, &[]), None, "{id}: a value is missing");
            }
        }
        assert!(tried > 1_000, "{tried}");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(147_012.0), "147,012");
        assert_eq!(grouped(0.0), "0");
    }
}
