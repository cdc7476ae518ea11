//! Messages that are words and variables and choose among nothing: put together from their pieces. What chooses a plural, or calls a function, goes through the library.

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};

use super::Arg;

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Words as they stand.
    Words(Box<str>),
    /// The value of a variable.
    Variable(Box<str>),
    /// Another message, without variables.
    Message(Box<str>),
}

/// The messages of a file that are made of nothing else, with at least one variable, by their ids.
pub(super) fn of(resource: &FluentResource) -> impl Iterator<Item = (String, Vec<Piece>)> + '_ {
    resource.entries().filter_map(|entry| {
        let Entry::Message(message) = entry else { return None };
        let pieces: Option<Vec<Piece>> = message.value.as_ref()?.elements.iter().map(piece).collect();
        let pieces = pieces?;
        let varies = pieces.iter().any(|piece| matches!(piece, Piece::Variable(_)));
        varies.then(|| (message.id.name.to_owned(), pieces))
    })
}

fn piece(element: &PatternElement<&str>) -> Option<Piece> {
    match element {
        PatternElement::TextElement { value } => Some(Piece::Words((*value).into())),
        PatternElement::Placeable { expression: Expression::Inline(inline) } => match inline {
            InlineExpression::VariableReference { id } => Some(Piece::Variable(id.name.into())),
            InlineExpression::MessageReference { id, attribute: None } => {
                Some(Piece::Message(id.name.into()))
            }
            _ => None,
        },
        PatternElement::Placeable { .. } => None,
    }
}

/// A message of its pieces; `None` where a value is missing.
pub(super) fn put_together(pieces: &[Piece], args: &[(&str, Arg<'_>)]) -> Option<String> {
    let mut text = String::with_capacity(64);
    for piece in pieces {
        match piece {
            Piece::Words(words) => text.push_str(words),
            Piece::Variable(name) => match &args.iter().find(|(given, _)| **given == **name)?.1 {
                Arg::Number(number) => text.push_str(&base::grouped(*number)),
                Arg::Text(value) => text.push_str(value),
            },
            // They were put in the place of those when the messages were read.
            Piece::Message(_) => return None,
        }
    }
    Some(text)
}
