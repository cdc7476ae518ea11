//! What people are told, and by which ways.

use crate::kit::{Role, named};

/// Who holds matters, one level after the other.
const HOLDERS: [Role; 5] =
    [Role::Operator, Role::CommunityWorker, Role::GridLeader, Role::TownOfficer, Role::DistrictOfficer];

macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident = $text:literal to $roles:expr;)*) => {
        /// What happened. A slice that has something to tell adds its kinds here, and the messages `notices-kind-…` and
        /// `notices-text-…`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $($(#[$meta])* $name,)* }

        impl Kind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name in the store, in what webhooks are sent and in message ids.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The roles that are told of it: to them alone it is offered by other ways than the inbox.
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Self::$name => &$roles,)* }
            }
        }
    };
}

kinds! {
    /// Gaps were handed out to a town (交办).
    GapHandedOut = "gap-handed-out" to [Role::TownOfficer];
    /// Gaps of a town are chased (督办).
    GapChased = "gap-chased" to [Role::TownOfficer];
    /// A town has crossed gaps off (销号).
    GapCrossedOff = "gap-crossed-off" to [Role::DistrictOfficer];
    /// A town proposes a change of the list.
    ListingProposed = "listing-proposed" to [Role::DistrictOfficer];
    /// The district has decided a proposal.
    ListingDecided = "listing-decided" to [Role::TownOfficer];
    /// A version of the handbook was adopted.
    HandbookAdopted = "handbook-adopted" to [Role::TownOfficer, Role::GridLeader];
    /// A scenario became the district's plan.
    PlanAdopted = "plan-adopted" to [Role::TownOfficer, Role::GridLeader];
    /// Somebody wants to come in as a resident.
    JoinAsked = "join-asked" to [Role::CommunityWorker];
    /// Somebody states that a flat is theirs.
    OwnerStated = "owner-stated" to [Role::CommunityWorker];
    /// A resident was let in.
    JoinConfirmed = "join-confirmed" to [Role::Resident];
    /// A resident was not let in.
    JoinRefused = "join-refused" to [];
    /// Two people have checked an owner.
    OwnerConfirmed = "owner-confirmed" to [Role::Owner];
    /// An owner's certificate was refused.
    OwnerRefused = "owner-refused" to [];
    /// An account was given a role.
    RoleGiven = "role-given" to Role::GIVEN;
    /// A role of an account ended.
    RoleEnded = "role-ended" to Role::GIVEN;
    /// A matter came in.
    MatterReceived = "matter-received" to HOLDERS;
    /// A matter was assigned to another holder.
    MatterHandedOver = "matter-handed-over" to HOLDERS;
    /// A matter was given back (退单), and is with the next level.
    MatterReturned = "matter-returned" to HOLDERS;
    /// A matter begins anew, as whoever asked says that it is not done.
    MatterReopened = "matter-reopened" to HOLDERS;
    /// Four fifths of a matter's term are over.
    MatterReminded = "matter-reminded" to HOLDERS;
    /// The term of a matter is over.
    MatterExpired = "matter-expired" to HOLDERS;
    /// The next level has joined the holder of a matter whose term is over.
    MatterJoined = "matter-joined" to HOLDERS;
    /// What somebody asked for was answered.
    MatterAnswered = "matter-answered" to [Role::Resident, Role::Owner];
    /// What somebody asked for was closed while they said nothing.
    MatterUnconfirmed = "matter-unconfirmed" to [Role::Resident, Role::Owner];
    /// Somebody was referred to a service.
    ReferralMade = "referral-made" to [Role::CommunityWorker];
    /// A service takes a referral.
    ReferralAccepted = "referral-accepted" to [Role::CommunityWorker];
    /// Somebody should have looked at a referral again.
    ReferralOverdue = "referral-overdue" to [Role::CommunityWorker, Role::GridLeader];
    /// A worker has a round of visits.
    RoundGiven = "round-given" to [Role::CommunityWorker];
    /// What was left of a round went to another worker.
    RoundMoved = "round-moved" to [Role::CommunityWorker];
    /// A visit that no longer fits waits in the inbox.
    VisitWaits = "visit-waits" to [Role::CommunityWorker, Role::GridLeader];
    /// What is stuck in somebody's part: once a day, and only where something is.
    DailyDigest = "daily-digest" to HOLDERS;
    /// No backup was made.
    BackupFailed = "backup-failed" to [Role::SystemAdministrator];
    /// The calendar of working days of a year is missing.
    CalendarMissing = "calendar-missing" to [Role::SystemAdministrator, Role::DistrictOfficer];
    /// The code by which an address for e-mail is confirmed. It goes to that address and into no inbox.
    MailCode = "mail-code" to [];
}

impl Kind {
    /// The kind of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// Those that programs of others may be told of: all but what is somebody's own.
    pub fn for_webhooks() -> impl Iterator<Item = Self> {
        let own = |kind: &Self| {
            matches!(
                kind,
                Self::MailCode
                    | Self::DailyDigest
                    | Self::JoinConfirmed
                    | Self::JoinRefused
                    | Self::OwnerConfirmed
                    | Self::OwnerRefused
            )
        };
        Self::ALL.iter().copied().filter(move |kind| !own(kind))
    }
}

/// By what something is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// A text message (短信).
    Text,
    /// E-mail.
    Mail,
    /// The chat application of the office.
    Chat,
    /// A program of others.
    Webhook,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Text, Self::Mail, Self::Chat, Self::Webhook];
    /// Those that an account may choose.
    pub const CHOSEN: [Self; 3] = [Self::Text, Self::Mail, Self::Chat];

    /// The name in the store, in metrics and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Mail => "mail",
            Self::Chat => "chat",
            Self::Webhook => "webhook",
        }
    }

    /// The channel of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == name)
    }
}

named! {
    /// In which language something is sent.
    Tongue {
        /// Simplified Chinese.
        Hans = "zh-Hans",
        /// Traditional Chinese.
        Hant = "zh-Hant",
        /// English.
        English = "en",
    }
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Thing {
    /// Gaps of a town.
    Gaps,
    /// A proposal for the list.
    Listing,
    /// A version of the handbook.
    Handbook,
    /// A plan.
    Plan,
    /// A wish to join.
    JoinRequest,
    /// An owner's right in a flat.
    Ownership,
    /// One's own home.
    Home,
    /// One's own account.
    Account,
    /// The backups.
    Backup,
    /// The calendar of a year.
    Calendar,
    /// A matter, for who works on it.
    Matter,
    /// Matters of a community.
    Matters,
    /// A matter, for who asked.
    OwnMatter,
    /// A referral.
    Referral,
    /// A round of visits.
    Round,
    /// Visits that wait.
    VisitInbox,
    /// The desk of whoever is told.
    Desk,
}

impl Thing {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Gaps,
        Self::Listing,
        Self::Handbook,
        Self::Plan,
        Self::JoinRequest,
        Self::Ownership,
        Self::Home,
        Self::Account,
        Self::Backup,
        Self::Calendar,
        Self::Matter,
        Self::Matters,
        Self::OwnMatter,
        Self::Referral,
        Self::Round,
        Self::VisitInbox,
        Self::Desk,
    ];

    /// The name in the store and in what webhooks are sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gaps => "gaps",
            Self::Listing => "listing",
            Self::Handbook => "handbook",
            Self::Plan => "plan",
            Self::JoinRequest => "join-request",
            Self::Ownership => "ownership",
            Self::Home => "home",
            Self::Account => "account",
            Self::Backup => "backup",
            Self::Calendar => "calendar",
            Self::Matter => "matter",
            Self::Matters => "matters",
            Self::OwnMatter => "own-matter",
            Self::Referral => "referral",
            Self::Round => "round",
            Self::VisitInbox => "visit-inbox",
            Self::Desk => "desk",
        }
    }

    /// The thing of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|thing| thing.as_str() == name)
    }
}
