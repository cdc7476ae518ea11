//! Who may do what: policies as files (`policies/*.cedar`), asked inside every operation.

use std::str::FromStr as _;
use std::sync::LazyLock;

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};

use crate::kit::{AccountId, Actor, Error, Grant, Result, Role, Scope};

macro_rules! actions {
    ($($(#[$meta:meta])* $name:ident = $text:literal;)*) => {
        /// What can be done. The text is the name in the policies and in the audit.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$meta])* $name,)* }

        impl Action {
            /// All actions.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name in the policies and in the audit.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

actions! {
    /// Read what everyone may know: communities, who serves them, the rules.
    PublicRead = "public.read";
    /// Read the working register: modes, organisations, buildings, quality; no person.
    RegisterRead = "register.read";
    /// Change communities, modes, organisations, buildings, tenancies.
    RegisterWrite = "register.write";
    /// Propose a community for the list, or its leaving.
    ListingPropose = "listing.propose";
    /// Confirm or refuse a proposal.
    ListingDecide = "listing.decide";
    /// Import workbooks.
    RegisterImport = "register.import";
    /// Export lists.
    RegisterExport = "register.export";
    /// Keep superiors' forms, and say what their columns are filled with.
    ReportFormWrite = "report-form.write";
    /// Read the handbook as officers do, drafts included.
    HandbookRead = "handbook.read";
    /// Make and change drafts.
    HandbookDraft = "handbook.draft";
    /// Adopt a version from a date.
    HandbookAdopt = "handbook.adopt";
    /// Decide the form of station where the handbook leaves it to a named person.
    FormDecide = "form.decide";
    /// Read stations, points, posts, rotas.
    StationRead = "station.read";
    /// Open, move, close stations; set posts and rotas.
    StationWrite = "station.write";
    /// Read plans.
    PlanRead = "plan.read";
    /// Make scenarios, pin, forbid, solve.
    PlanWrite = "plan.write";
    /// Adopt a scenario as the district's plan.
    PlanAdopt = "plan.adopt";
    /// Read the gap list.
    GapRead = "gap.read";
    /// Hand out and chase gaps.
    GapChase = "gap.chase";
    /// Cross off a gap.
    GapCross = "gap.cross";
    /// Read coverage figures that are not published.
    CoverageRead = "coverage.read";
    /// Count anew how far households are reached. No policy of a person permits it: the program does, by command.
    CoverageRecount = "coverage.recount";
    /// Decide what is published.
    Publish = "coverage.publish";
    /// See a person's masked field in full; each reading is logged.
    PersonReveal = "person.reveal";
    /// See, copy or correct what is known of oneself. No policy permits it: everyone may, of themselves.
    PersonOwn = "person.own";
    /// Erase names that nobody needs any longer; the facts keep the pseudonym.
    PersonErase = "person.erase";
    /// See accounts, their roles and whether they are locked.
    AccountRead = "account.read";
    /// Make accounts and end them.
    AccountWrite = "account.write";
    /// Give roles and take them away.
    GrantWrite = "grant.write";
    /// Give an account a one-time code, with which its password is set.
    CodeIssue = "code.issue";
    /// End sessions of others, and unlock accounts.
    SessionRevoke = "session.revoke";
    /// Set one's own password. No policy permits it: the old one does, or a one-time code.
    PasswordSet = "password.set";
    /// Read what everyone did.
    AuditRead = "audit.read";
    /// Begin a district. No policy permits it: the code does that the program prints at its start.
    DistrictBegin = "district.begin";
    /// Name the district.
    DistrictName = "district.name";
    /// Come in. No policy permits it: the password does, or the demonstration's setting.
    SessionStart = "session.start";
    /// Leave. Whoever holds the token may.
    SessionEnd = "session.end";
    /// Seal everything with a new key.
    VaultRekey = "vault.rekey";
    /// Read the record of processing, and what is due after a breach.
    PrivacyRead = "privacy.read";
    /// Read the page of one's own home.
    HomeRead = "home.read";
    /// Be sent a code, and show by it that a telephone is one's own. No policy permits it: whoever holds the telephone may.
    TelephoneProve = "telephone.prove";
    /// Become a resident's account. No policy permits it: a letter does, the lease list, or a worker's confirmation.
    AccountJoin = "account.join";
    /// Print letters with which residents join.
    LetterPrint = "letter.print";
    /// Confirm or refuse that somebody lives here.
    JoinDecide = "join.decide";
    /// Hold an owner's certificate against the paper; refuse it; end what was sold.
    OwnerCheck = "owner.check";
    /// Make and revoke personal tokens of one's own.
    TokenWrite = "token.write";
    /// Keep and remove passkeys of one's own.
    PasskeyWrite = "passkey.write";
    /// Ask for something. On a page anyone may, without an account; by a program, whoever holds a key for it.
    MatterReport = "matter.report";
    /// Confirm what was done, reopen it or take it back. No policy permits it: whoever asked may, by their own address.
    MatterConfirm = "matter.confirm";
    /// Read matters as those do who work on them.
    MatterRead = "matter.read";
    /// Take matters in and take steps with those of one's own level and below.
    MatterHandle = "matter.handle";
    /// Assign matters, give more time, merge them, refuse them on a legal ground, clear their words for everyone.
    MatterSteer = "matter.steer";
    /// Keep the directory of public services.
    ServiceWrite = "service.write";
    /// Read referrals; no name.
    ReferralRead = "referral.read";
    /// Refer people to services, and record what came of it.
    ReferralWrite = "referral.write";
    /// See rounds, households that are due, and what visits to a household found, but for what was said in confidence.
    VisitRead = "visit.read";
    /// Tell visits, decide on those that no longer fit, mark households, read what was said in confidence.
    VisitWrite = "visit.write";
    /// Plan rounds and hand them over.
    VisitPlan = "visit.plan";
    /// See what households need, in sums.
    VisitThemes = "visit.themes";
    /// See how work lies upon the stations of a part.
    LoadRead = "load.read";
    /// Read one's own inbox, and choose by what one is told.
    NoticeOwn = "notice.own";
    /// Tell of what the program itself has seen.
    NoticeTell = "notice.tell";
    /// See what is sent and what came of it: not to whom in full, and not what is said.
    OutboxRead = "outbox.read";
    /// Send a message once more.
    OutboxReplay = "outbox.replay";
    /// Claim and send messages.
    OutboxSend = "outbox.send";
    /// Keep the programs of others that are told.
    WebhookWrite = "webhook.write";
    /// Keep the answers that are given often.
    AnswerKeep = "answer.keep";
    /// Make the demonstration district.
    Simulate = "district.simulate";
}

impl Action {
    /// Does what this does change the register, the handbook, plans or stations, so that readings kept of them are over?
    /// What is not named here does: a new action is on the safe side.
    pub const fn moves_the_ground(self) -> bool {
        !matches!(
            self,
            Self::PublicRead
                | Self::RegisterRead
                | Self::RegisterExport
                | Self::ReportFormWrite
                | Self::ListingPropose
                | Self::HandbookRead
                | Self::HandbookDraft
                | Self::StationRead
                | Self::PlanRead
                | Self::GapRead
                | Self::GapChase
                | Self::GapCross
                | Self::CoverageRead
                | Self::Publish
                | Self::PersonReveal
                | Self::PersonOwn
                | Self::PrivacyRead
                | Self::VaultRekey
                | Self::PersonErase
                | Self::AccountRead
                | Self::AccountWrite
                | Self::GrantWrite
                | Self::CodeIssue
                | Self::SessionRevoke
                | Self::PasswordSet
                | Self::AuditRead
                | Self::DistrictBegin
                | Self::DistrictName
                | Self::SessionStart
                | Self::SessionEnd
                | Self::TokenWrite
                | Self::PasskeyWrite
                | Self::HomeRead
                | Self::TelephoneProve
                | Self::AccountJoin
                | Self::LetterPrint
                | Self::JoinDecide
                | Self::OwnerCheck
                | Self::MatterReport
                | Self::MatterConfirm
                | Self::MatterRead
                | Self::MatterHandle
                | Self::MatterSteer
                | Self::ServiceWrite
                | Self::ReferralRead
                | Self::ReferralWrite
                | Self::VisitRead
                | Self::VisitWrite
                | Self::VisitPlan
                | Self::VisitThemes
                | Self::LoadRead
                | Self::NoticeOwn
                | Self::NoticeTell
                | Self::OutboxRead
                | Self::OutboxReplay
                | Self::OutboxSend
                | Self::WebhookWrite
                | Self::AnswerKeep
        )
    }
}

const FILES: [&str; 1] = [include_str!("../../../../policies/roles.cedar")];

/// Whether each (role, action, within its scope or not) is permitted, at its [`place`]. The policies know nothing else, so the
/// engine is asked once for each at the first use and never again; every page asks.
static PERMITTED: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let policies = PolicySet::from_str(&FILES.join("\n"))
        .expect("the policies are in the program and a test reads them");
    let mut permitted = vec![false; Role::ALL.len() * Action::ALL.len() * 2];
    for role in Role::ALL {
        for &action in Action::ALL {
            for within in [true, false] {
                permitted[place(role, action, within)] = decide(&policies, role, action, within);
            }
        }
    }
    permitted
});

/// Where the answer of a question lies: each of them has a place of its own.
const fn place(role: Role, action: Action, within: bool) -> usize {
    (role as usize * Action::ALL.len() + action as usize) * 2 + within as usize
}

fn decide(policies: &PolicySet, role: Role, action: Action, within: bool) -> bool {
    let uid = |kind: &str, name: &str| {
        EntityUid::from_str(&format!("{kind}::\"{name}\""))
            .expect("names of roles and actions are plain words")
    };
    let relation = if within { "within" } else { "outside" };
    let request = Request::new(
        uid("Role", role.as_str()),
        uid("Action", action.as_str()),
        uid("Scope", relation),
        Context::empty(),
        None,
    );
    let Ok(request) = request else { return false };
    Authorizer::new().is_authorized(&request, policies, &Entities::empty()).decision() == Decision::Allow
}

/// May the actor do this to something that lies there? Whoever comes by a personal token may what their roles permit and
/// the token is for.
pub fn may(actor: &Actor, action: Action, scope: Scope) -> bool {
    let permitted = &*PERMITTED;
    let by_role = |grant: &Grant| permitted[place(grant.role, action, grant.scope.covers(scope))];
    actor.only.is_none_or(|scopes| scopes.permit(action)) && actor.grants.iter().any(by_role)
        // Whoever is signed in is still anyone.
        || permitted[place(Role::Anyone, action, true)]
}

/// The same as a refusal.
pub fn authorise(actor: &Actor, action: Action, scope: Scope) -> Result<()> {
    if may(actor, action, scope) { Ok(()) } else { Err(Error::Forbidden(action)) }
}

/// The account of whoever does something about themselves; not of a program that comes by a token without that scope.
pub(crate) fn own_account(actor: &Actor, action: Action) -> Result<AccountId> {
    authorise(actor, action, actor.scope())?;
    actor.account.ok_or(Error::Forbidden(action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::TownId;
    use base::Uuid;

    #[test]
    fn the_policies_are_read_and_say_what_the_roles_mean() {
        let town = |n| TownId::from_uuid(Uuid::from_u128(n));
        let account = AccountId::from_uuid(Uuid::from_u128(9));
        let officer =
            Actor::account(account, vec![Grant { role: Role::TownOfficer, scope: Scope::Town(town(1)) }]);
        assert!(may(&officer, Action::RegisterWrite, Scope::Town(town(1))));
        assert!(!may(&officer, Action::RegisterWrite, Scope::Town(town(2))));
        assert!(!may(&officer, Action::HandbookAdopt, Scope::District));
        assert!(may(&officer, Action::PublicRead, Scope::District));
        let anyone = Actor::anyone();
        for &action in Action::ALL {
            assert_eq!(
                may(&anyone, action, Scope::District),
                action == Action::PublicRead,
                "{}",
                action.as_str()
            );
        }
        let district =
            Actor::account(account, vec![Grant { role: Role::DistrictOfficer, scope: Scope::District }]);
        assert!(may(&district, Action::PlanAdopt, Scope::District));
        assert!(!may(&district, Action::Simulate, Scope::District));
    }
}
