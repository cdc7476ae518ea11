//! What households of the reader's part need, in sums.

use askama::Template;
use district::visits::rules::LEAST_HOUSEHOLDS;
use district::visits::{self, Theme};

use super::words;
use crate::kit::{self, Shell};

#[derive(Template)]
#[template(path = "visits/themes.html")]
struct Show<'a> {
    s: &'a Shell,
    themes: Vec<Theme>,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn need(&self, theme: &Theme) -> &str {
        self.s.t(words::category_message(theme.category))
    }

    fn least(&self) -> i64 {
        LEAST_HOUSEHOLDS
    }
}

/// GET `/desk/visits/themes`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let themes = s.state.read(|tx| visits::themes(tx, &s.actor, &s.state.memory, s.today()))?;
    s.html(&Show { s: &s, themes })
}
