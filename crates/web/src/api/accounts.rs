//! Accounts and their roles, who one is, and the audit, for programs. What shows a name in full or hands out a secret is
//! done by a person, on a page.

use base::{Instant, Uuid};
use district::Refusal;
use district::kit::chain;
use district::kit::{AccountId, AuditId, CommunityId, Grant, GrantId, GridId, Role, Scope, TownId};
use district::people::{self as slice, AccountLine, Action, Asked, Held, Logged, OpenAccount};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::operation::{Api, Nothing, once, once_made};
use super::register::OnlyRows;
use super::values::{After, AuditOutcome, Code, Date, Did, Limit, RoleCode, Time};
use crate::kit::{Access, Fault, Posted, Shell};
use crate::people::break_words;

pub(super) fn operations() -> Api {
    let (read, write) = (Access::May(Action::AccountRead), Access::May(Action::AccountWrite));
    let (give, revoke) = (Access::May(Action::GrantWrite), Access::May(Action::SessionRevoke));
    let audit = Access::May(Action::AuditRead);
    Api::of("api-group-people")
        .read_each_time()
        .get("/api/v1/me", Access::SignedIn, "me", me)
        .list("/api/v1/accounts", read, "accounts", list)
        .post("/api/v1/accounts", write, "account-open", open)
        .get("/api/v1/accounts/{account}", read, "account", show)
        .delete("/api/v1/accounts/{account}", write, "account-end", end)
        .act("/api/v1/accounts/{account}/roles", give, "role-give", give_role)
        .delete("/api/v1/accounts/{account}/roles/{grant}", give, "role-take", take_role)
        .delete("/api/v1/accounts/{account}/sessions", revoke, "sessions-end", end_sessions)
        .delete("/api/v1/accounts/{account}/lock", revoke, "account-unlock", unlock)
        .list("/api/v1/audit", audit, "audit", log)
        .get("/api/v1/audit/chain", audit, "audit-chain", look_at_chain)
}

/// A role, and over what: nothing is named for the whole district.
#[derive(Debug, Serialize, ToSchema)]
struct RoleAt {
    /// The role.
    role: RoleCode,
    /// The town, if it is over no more than one.
    town: Option<Uuid>,
    /// The grid, if it is over no more than one.
    grid: Option<Uuid>,
    /// The community, if it is over no more than one.
    community: Option<Uuid>,
}

fn role_at(grant: &Grant) -> RoleAt {
    let (grid, community) = match grant.scope {
        Scope::District | Scope::Town(_) => (None, None),
        Scope::Grid { grid, .. } => (Some(grid), None),
        Scope::Community { grid, community, .. } => (grid, Some(community)),
    };
    RoleAt {
        role: Code(grant.role),
        town: grant.scope.town().map(TownId::uuid),
        grid: grid.map(GridId::uuid),
        community: community.map(CommunityId::uuid),
    }
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// What they type to sign in.
    login: String,
    /// Their roles in force.
    roles: Vec<RoleAt>,
    /// What the token is for; null for who comes from a page.
    scopes: Option<Vec<&'static str>>,
}

/// GET `/api/v1/me`.
fn me(s: &Shell, _: Nothing, _: Nothing) -> Result<Me, Fault> {
    let account = s.actor.account.ok_or(Fault::Absent)?;
    let scopes = s.actor.only.map(|scopes| scopes.iter().map(slice::TokenScope::as_str).collect());
    let login = s.state.read(|tx| slice::login_of(tx, account))?;
    Ok(Me { login, roles: s.actor.grants.iter().map(role_at).collect(), scopes })
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
struct Account {
    /// Its id.
    id: Uuid,
    /// What they type to sign in.
    login: String,
    /// The roles in force.
    roles: Vec<RoleAt>,
    /// Has a password been set?
    enrolled: bool,
    /// The last day on which it can be used; null until it is ended.
    last_day: Option<Date>,
}

fn account(it: AccountLine) -> Account {
    Account {
        id: it.id.uuid(),
        login: it.login,
        roles: it.grants.iter().map(role_at).collect(),
        enrolled: it.enrolled,
        last_day: it.ends.map(Date),
    }
}

/// GET `/api/v1/accounts`: by login.
fn list(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<Account>, Fault> {
    let after = asked.after.as_ref().map(After::read).transpose()?.unwrap_or_default();
    let limit = usize::from(asked.limit.unwrap_or_default().0);
    let (lines, more) = s.state.read(|tx| slice::accounts(tx, &s.actor, &after, limit, s.today()))?;
    let next = lines.last().filter(|_| more).map(|last| After::key(&last.login));
    Ok(Page { items: lines.into_iter().map(account).collect(), count: None, next })
}

/// An account that is opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    /// What they will type to sign in.
    login: String,
    /// Their name, which is kept in the vault.
    name: String,
    /// Their telephone, if it is known.
    telephone: Option<String>,
}

/// POST `/api/v1/accounts`: nobody signs in to it before a one-time code was handed over, which is done on its page.
fn open(s: &Shell, posted: &Posted, _: Nothing, sent: NewAccount) -> Result<Made, Fault> {
    let vault = s.state.vault()?;
    let command = OpenAccount { login: sent.login, name: sent.name, telephone: sent.telephone };
    once_made(
        s,
        posted,
        |id| format!("accounts/{id}"),
        |tx, call| slice::open_account(tx, call, vault, &command).map(AccountId::uuid),
    )
}

/// An account.
#[derive(Debug, Deserialize, IntoParams)]
struct OfAccount {
    /// Its id.
    account: Uuid,
}

/// A role that an account holds or held.
#[derive(Debug, Serialize, ToSchema)]
struct HeldRole {
    /// Its id.
    id: Uuid,
    /// The role, and over what.
    #[serde(flatten)]
    role: RoleAt,
    /// From this day.
    from: Date,
    /// Until the day before this.
    to: Option<Date>,
}

fn held(it: &Held) -> HeldRole {
    HeldRole { id: it.id.uuid(), role: role_at(&it.grant), from: it.from.into(), to: it.to.map(Date) }
}

/// An account with all that administrators know of it.
#[derive(Debug, Serialize, ToSchema)]
struct AccountDetails {
    /// The account.
    account: Account,
    /// The beginning of their name; null where it was erased or the key of the vault is not there.
    name: Option<String>,
    /// Every role, past ones too, the latest first.
    held: Vec<HeldRole>,
    /// Open sessions.
    sessions: i64,
    /// Until when it is locked for wrong passwords.
    locked_until: Option<Time>,
    /// Until when a code that was handed out may be used.
    code_until: Option<Time>,
}

/// GET `/api/v1/accounts/{account}`.
fn show(s: &Shell, at: OfAccount, _: Nothing) -> Result<AccountDetails, Fault> {
    let (id, vault) = (AccountId::from_uuid(at.account), s.state.vault().ok());
    let days = (s.today(), s.state.wall());
    let sheet = s.state.read(|tx| slice::account_sheet(tx, &s.actor, vault, id, days))?;
    let sheet = sheet.ok_or(Fault::Absent)?;
    Ok(AccountDetails {
        account: account(sheet.line),
        name: sheet.name,
        held: sheet.held.iter().map(held).collect(),
        sessions: sheet.sessions,
        locked_until: sheet.locked_until.map(Time),
        code_until: sheet.code_until.map(Time),
    })
}

/// DELETE `/api/v1/accounts/{account}`: ends it with its roles, sessions, tokens and codes.
fn end(s: &Shell, posted: &Posted, at: OfAccount) -> Result<(), Fault> {
    let (id, wall) = (AccountId::from_uuid(at.account), s.state.wall());
    once(s, posted, |tx, call| slice::end_account(tx, call, id, wall))
}

/// A role that is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The role: one that follows from a stay or a certificate is given by nobody.
    role: RoleCode,
    /// Over what: the code of a town, a grid or a community, as the role has it; null for the whole district.
    place: Option<String>,
    /// From this day on: today or later.
    from: Date,
}

/// POST `/api/v1/accounts/{account}/roles`.
fn give_role(s: &Shell, posted: &Posted, at: OfAccount, sent: Given) -> Result<(), Fault> {
    let (id, Code(role), Date(from)) = (AccountId::from_uuid(at.account), sent.role, sent.from);
    once(s, posted, |tx, call| {
        let given = given(tx, s, role, sent.place.as_deref())?;
        slice::give_role(tx, call, id, given, from)
    })
}

fn given(tx: &mut db::Tx<'_>, s: &Shell, role: Role, place: Option<&str>) -> district::kit::Result<Grant> {
    let scope = slice::scope_named(tx, role, place, s.today())?;
    let scope = scope.ok_or_else(|| Refusal::new("people-refused-place").at("place"))?;
    Ok(Grant { role, scope })
}

/// A role of an account.
#[derive(Debug, Deserialize, IntoParams)]
struct OfGrant {
    /// The id of the account.
    account: Uuid,
    /// The id of the role that it holds.
    grant: Uuid,
}

/// DELETE `/api/v1/accounts/{account}/roles/{grant}`: from today on.
fn take_role(s: &Shell, posted: &Posted, at: OfGrant) -> Result<(), Fault> {
    let (id, grant) = (AccountId::from_uuid(at.account), GrantId::from_uuid(at.grant));
    once(s, posted, |tx, call| slice::end_role(tx, call, id, grant))
}

/// DELETE `/api/v1/accounts/{account}/sessions`: its sessions, tokens and passkeys.
fn end_sessions(s: &Shell, posted: &Posted, at: OfAccount) -> Result<(), Fault> {
    let (id, wall) = (AccountId::from_uuid(at.account), s.state.wall());
    once(s, posted, |tx, call| slice::revoke_sessions(tx, call, id, wall))
}

/// DELETE `/api/v1/accounts/{account}/lock`: wrong passwords are forgiven.
fn unlock(s: &Shell, posted: &Posted, at: OfAccount) -> Result<(), Fault> {
    let id = AccountId::from_uuid(at.account);
    once(s, posted, |tx, call| slice::unlock(tx, call, id))
}

/// What of the audit is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct LogOf {
    /// By whom: a login, whole.
    login: Option<String>,
    /// What was done.
    action: Option<Did>,
    /// Only what was done, or only what was refused.
    outcome: Option<AuditOutcome>,
    /// From this day on.
    since: Option<Date>,
    /// Up to this day.
    until: Option<Date>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// A row of the audit.
#[derive(Debug, Serialize, ToSchema)]
struct AuditRow {
    /// Its id.
    id: Uuid,
    /// Its number in the chain; null for rows from before it.
    number: Option<i64>,
    /// When.
    at: Time,
    /// The login of who did it; null for the program, and for who was not signed in.
    login: Option<String>,
    /// As what.
    role: String,
    /// What.
    action: String,
    /// `done` or `refused`.
    outcome: String,
    /// How many things.
    objects: i64,
    /// The ids of the first of them, parted by spaces.
    ids: String,
    /// The names of the fields, parted by spaces.
    fields: String,
}

fn audit_row(it: Logged) -> AuditRow {
    AuditRow {
        id: it.id.uuid(),
        number: it.number,
        at: it.at.into(),
        login: it.login,
        role: it.role,
        action: it.action,
        outcome: it.outcome,
        objects: it.objects,
        ids: it.ids,
        fields: it.fields,
    }
}

/// GET `/api/v1/audit`: the latest first.
fn log(s: &Shell, _: Nothing, asked: LogOf) -> Result<Page<AuditRow>, Fault> {
    let question = Asked {
        login: asked.login.filter(|login| !login.is_empty()),
        action: asked.action.map(|Code(action)| action.as_str()),
        outcome: asked.outcome.map(|Code(outcome)| outcome.as_str()),
        from: asked.since.map(|Date(day)| day),
        to: asked.until.map(|Date(day)| day),
        after: asked.after.as_ref().map(cursor).transpose()?,
    };
    let limit = i64::from(asked.limit.unwrap_or_default().0);
    let (rows, more) = s.state.read(|tx| slice::audit_log(tx, &s.actor, &question, Some(limit)))?;
    let next = rows.last().filter(|_| more).map(|it| After::key(&format!("{} {}", it.at.millis(), it.id)));
    // A list that grows with the years is not counted.
    Ok(Page { items: rows.into_iter().map(audit_row).collect(), count: None, next })
}

fn cursor(after: &After) -> Result<(Instant, AuditId), Fault> {
    let text = after.read()?;
    let (at, id) = text.split_once(' ').ok_or(Fault::Absent)?;
    let at = at.parse().map(Instant::from_millis).map_err(|_| Fault::Absent)?;
    Ok((at, id.parse().map_err(|_| Fault::Absent)?))
}

/// What a look at the whole chain of the audit found.
#[derive(Debug, Serialize, ToSchema)]
struct AuditChain {
    /// Rows of the chain.
    rows: i64,
    /// Rows from before it began.
    before: i64,
    /// The hash of the last row: written down elsewhere, it proves the chain up to here.
    head: String,
    /// Where it is broken first, in words; null where it is whole.
    broken: Option<String>,
}

/// GET `/api/v1/audit/chain`: looks at every row.
fn look_at_chain(s: &Shell, _: Nothing, _: Nothing) -> Result<AuditChain, Fault> {
    let chain = db::heavy(|| s.state.read(chain::check))?;
    let broken = chain.broken.map(|broken| break_words(s, broken));
    Ok(AuditChain { rows: chain.rows, before: chain.before, head: chain.head, broken })
}
