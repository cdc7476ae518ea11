//! Personal tokens: by which a program of somebody's own reads and writes for them, as far as they said and until a day.
//!
//! A token never permits what its owner's roles do not: [`super::may`] asks both. Tokens live by the machine's clock
//! (`wall`), as sessions do.

use base::{Day, Instant};
use db::{Row, Tx, params};

use super::accounts::grant;
use super::policy::own_account;
use super::{Action, Token, store};
use crate::kit::{self, AccountId, Actor, Call, Entry, Error, Grant, Refusal, Result, TokenId};

/// What every token begins with, so that whoever finds one in a file or a log knows what it is.
pub const TOKEN_PREFIX: &str = "lilong_";
/// The longest a token lives: a year and a day, so that somebody looks at each connection once a year, on the same date.
pub const LONGEST_TOKEN_DAYS: i64 = 366;
/// The longest name of a token, in characters: “夜间把名册送到市级平台” fits four times.
pub const TOKEN_NAME_LENGTH: usize = 60;
/// The most tokens of one account that live at a time: more programs than one person looks after.
pub const MOST_TOKENS: usize = 20;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenScope {
    /// Read what its owner may read.
    Read,
    /// Change the register, propose for the list and decide.
    Register,
    /// Make and adopt versions of the handbook, decide the form of a station.
    Handbook,
    /// Change stations, points, posts and rotas.
    Stations,
    /// Make and adopt plans, work on the gap list.
    Plan,
    /// Decide what of coverage is public.
    Coverage,
    /// Open and end accounts, give roles and take them away, end sessions.
    Accounts,
    /// Confirm and refuse residents and owners who want to come in.
    Joining,
    /// Read what everyone did.
    Audit,
    /// Take matters in and work on them.
    Matters,
    /// Keep the directory of public services; read referrals and record their steps.
    Services,
    /// Read rounds and visits, tell visits, plan rounds.
    Visits,
    /// Read one's inbox; for the system administrator, look after what is sent.
    Notices,
    /// Send matters in, as anyone may, and nothing else: a key of Open311.
    Report,
}

impl TokenScope {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Read,
        Self::Register,
        Self::Handbook,
        Self::Stations,
        Self::Plan,
        Self::Coverage,
        Self::Accounts,
        Self::Joining,
        Self::Audit,
        Self::Matters,
        Self::Services,
        Self::Visits,
        Self::Notices,
        Self::Report,
    ];

    /// The name in the store, in forms and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Register => "register",
            Self::Handbook => "handbook",
            Self::Stations => "stations",
            Self::Plan => "plan",
            Self::Coverage => "coverage",
            Self::Accounts => "accounts",
            Self::Joining => "joining",
            Self::Audit => "audit",
            Self::Matters => "matters",
            Self::Services => "services",
            Self::Visits => "visits",
            Self::Notices => "notices",
            Self::Report => "report",
        }
    }

    /// The scope of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    /// The scope that an action needs. `None`: no token may, however it was made: what shows who somebody is or hands out a
    /// secret (names in full, letters, one-time codes, passwords, passkeys, tokens), what erases, what is about oneself and
    /// about the program; and what is not named here, so that a new action is on the safe side.
    pub const fn of(action: Action) -> Option<Self> {
        match action {
            Action::RegisterRead
            | Action::RegisterExport
            | Action::HandbookRead
            | Action::StationRead
            | Action::PlanRead
            | Action::GapRead
            | Action::CoverageRead
            | Action::MatterRead => Some(Self::Read),
            Action::RegisterWrite
            | Action::RegisterImport
            | Action::ReportFormWrite
            | Action::ListingPropose
            | Action::ListingDecide => Some(Self::Register),
            Action::HandbookDraft | Action::HandbookAdopt | Action::FormDecide => Some(Self::Handbook),
            Action::StationWrite => Some(Self::Stations),
            Action::PlanWrite | Action::PlanAdopt | Action::GapChase | Action::GapCross => Some(Self::Plan),
            Action::Publish => Some(Self::Coverage),
            Action::AccountRead | Action::AccountWrite | Action::GrantWrite | Action::SessionRevoke => {
                Some(Self::Accounts)
            }
            Action::JoinDecide | Action::OwnerCheck => Some(Self::Joining),
            Action::AuditRead => Some(Self::Audit),
            Action::MatterHandle | Action::MatterSteer | Action::AnswerKeep => Some(Self::Matters),
            Action::ServiceWrite | Action::ReferralRead | Action::ReferralWrite => Some(Self::Services),
            Action::VisitRead
            | Action::VisitWrite
            | Action::VisitPlan
            | Action::VisitThemes
            | Action::LoadRead => Some(Self::Visits),
            Action::NoticeOwn | Action::OutboxRead | Action::OutboxReplay | Action::WebhookWrite => {
                Some(Self::Notices)
            }
            Action::MatterReport => Some(Self::Report),
            _ => None,
        }
    }
}

/// The scopes of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TokenScopes(u16);

impl TokenScopes {
    /// Is this one of them?
    pub fn has(self, scope: TokenScope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// Do they let an action through?
    pub fn permit(self, action: Action) -> bool {
        TokenScope::of(action).is_some_and(|scope| self.has(scope))
    }

    /// None at all?
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in their order.
    pub fn iter(self) -> impl Iterator<Item = TokenScope> {
        TokenScope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }

    fn bit(scope: TokenScope) -> u16 {
        1 << scope as u8
    }

    /// As the store keeps them: names parted by spaces.
    fn text(self) -> String {
        self.iter().map(TokenScope::as_str).collect::<Vec<_>>().join(" ")
    }

    /// What the store kept; a name that is not known any more permits nothing.
    fn from_text(text: &str) -> Self {
        text.split(' ').filter_map(TokenScope::parse).collect()
    }
}

impl FromIterator<TokenScope> for TokenScopes {
    fn from_iter<I: IntoIterator<Item = TokenScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | Self::bit(scope)))
    }
}

impl Token {
    /// As its owner gives it to a program: the prefix and 64 hexadecimal digits.
    pub fn personal_text(&self) -> String {
        TOKEN_PREFIX.to_owned() + &self.text()
    }

    /// Reads what a program sent.
    pub fn parse_personal(text: &str) -> Option<Self> {
        text.strip_prefix(TOKEN_PREFIX).and_then(Self::parse)
    }
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What its owner knows it by.
    pub name: String,
    /// What it is for.
    pub scopes: TokenScopes,
    /// The last day it holds.
    pub last_day: Day,
}

/// A token as its owner sees it.
#[derive(Debug, Clone)]
pub struct PersonalToken {
    /// Its id.
    pub id: TokenId,
    /// What its owner knows it by.
    pub name: String,
    /// What it is for.
    pub scopes: TokenScopes,
    /// When it was made.
    pub made_at: Instant,
    /// From when on it does not hold any more.
    pub ends_at: Instant,
    /// When it was last used, to the minute.
    pub used_at: Option<Instant>,
    /// When its owner revoked it.
    pub revoked_at: Option<Instant>,
}

impl PersonalToken {
    /// Does it hold?
    pub fn holds(&self, wall: Instant) -> bool {
        self.revoked_at.is_none() && self.ends_at > wall
    }

    /// The last day it holds.
    pub fn last_day(&self) -> Day {
        self.ends_at.day() - 1
    }
}

/// Makes a token of whoever calls. Only its hash is kept, so that nobody can show it again.
pub fn make_token(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    token: &Token,
    new: &NewToken,
    wall: Instant,
) -> Result<TokenId> {
    let account = call.own_account(Action::TokenWrite)?;
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > TOKEN_NAME_LENGTH {
        let refusal = Refusal::new("people-refused-token-name").with("most", TOKEN_NAME_LENGTH);
        return Err(refusal.at("name").into());
    }
    if new.scopes.is_empty() {
        return Err(Refusal::new("people-refused-token-scopes").at("scope").into());
    }
    let today = wall.day();
    if new.last_day < today || new.last_day > today + LONGEST_TOKEN_DAYS {
        let latest = today + LONGEST_TOKEN_DAYS;
        let refusal = Refusal::new("people-refused-token-end").with("today", today).with("latest", latest);
        return Err(refusal.at("last_day").into());
    }
    let alive = tokens(tx, call.actor)?.into_iter().filter(|token| token.holds(wall)).count();
    if alive >= MOST_TOKENS {
        return Err(Refusal::new("people-refused-token-many").with("most", MOST_TOKENS).into());
    }
    let id: TokenId = call.id();
    let ends_at = Instant::at(new.last_day + 1, 0, 0);
    let row = params![id, account, token.hash(), name, new.scopes.text(), wall, ends_at];
    tx.execute(&store::ADD_TOKEN, row)?;
    audit(tx, call, id, "token name scopes ends_at")?;
    Ok(id)
}

/// Ends a token of whoever calls at once.
pub fn revoke_token(tx: &mut Tx<'_>, call: &mut Call<'_>, id: TokenId, wall: Instant) -> Result<()> {
    let account = call.own_account(Action::TokenWrite)?;
    if tx.execute(&store::REVOKE_TOKEN, params![id, account, wall])? == 0 {
        return Err(Error::Absent("token"));
    }
    audit(tx, call, id, "token revoked_at")
}

/// The tokens of whoever asks, the newest first.
pub fn tokens(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<PersonalToken>> {
    let account = own_account(actor, Action::TokenWrite)?;
    tx.query(&store::TOKENS_OF, params![account])?.iter_mut().map(read).collect()
}

fn read(row: &mut Row) -> Result<PersonalToken> {
    let scopes: String = row.get(2)?;
    Ok(PersonalToken {
        id: row.get(0)?,
        name: row.get(1)?,
        scopes: TokenScopes::from_text(&scopes),
        made_at: row.get(3)?,
        ends_at: row.get(4)?,
        used_at: row.get(5)?,
        revoked_at: row.get(6)?,
    })
}

fn audit(tx: &mut Tx<'_>, call: &mut Call<'_>, id: TokenId, fields: &str) -> Result<()> {
    kit::record(tx, call, Entry { action: Action::TokenWrite, objects: &[id.uuid()], fields })
}

/// Who works by a token.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// When it was last used, to the minute.
    pub used_at: Option<Instant>,
    /// Who acts: the owner, and no more than the token is for.
    pub actor: Actor,
}

/// Who works by a token that holds. `day` decides which of its owner's roles are in force. Asks no permission: it is how
/// a program comes in.
pub fn find_token(tx: &mut Tx<'_>, token: &Token, wall: Instant, day: Day) -> Result<Option<Bearer>> {
    let mut found: Option<(AccountId, Option<Instant>, TokenScopes)> = None;
    let mut grants: Vec<Grant> = Vec::new();
    for mut row in tx.query(&store::TOKEN, params![token.hash(), wall, day])? {
        let scopes: String = row.get(2)?;
        found = Some((row.get(0)?, row.get(1)?, TokenScopes::from_text(&scopes)));
        if row.get::<Option<String>>(3)?.is_some() {
            grants.push(grant(&mut row, 4)?);
        }
    }
    Ok(found.map(|(account, used_at, scopes)| Bearer {
        used_at,
        actor: Actor { only: Some(scopes), ..Actor::account(account, grants) },
    }))
}

/// Notes that a token is in use.
pub fn touch_token(tx: &mut Tx<'_>, token: &Token, wall: Instant) -> Result<()> {
    tx.execute(&store::TOUCH_TOKEN, params![token.hash(), wall])?;
    Ok(())
}

#[cfg(test)]
mod tests;
