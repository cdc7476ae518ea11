//! The words of the life of a matter: where it stands, who holds it, how it ends, why, and the steps that can be taken.

use base::Day;

use crate::kit::{MatterId, Role, named};

named! {
    /// Where it stands.
    State {
        /// 登记: nobody has taken it yet.
        Received = "received",
        /// 受理: its holder has taken it.
        Accepted = "accepted",
        /// 办理中.
        InProgress = "in-progress",
        /// 挂起: waits for something with a day.
        Suspended = "suspended",
        /// 答复: done, says who did it; waits for the second key.
        Answered = "answered",
        /// 办结.
        Closed = "closed",
        /// 不予受理: on a legal ground.
        NotAccepted = "not-accepted",
        /// 撤回.
        Withdrawn = "withdrawn",
        /// 并入: goes on as another.
        Merged = "merged",
    }
}

impl State {
    /// Does the term run?
    pub const fn runs(self) -> bool {
        matches!(self, Self::Received | Self::Accepted | Self::InProgress)
    }

    /// Is somebody still to do something?
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::Accepted | Self::InProgress | Self::Suspended | Self::Answered)
    }
}

named! {
    /// Who holds it, lowest first.
    Holder {
        /// 物业、运营方.
        Operator = "operator",
        /// 社工站.
        Station = "station",
        /// 综合网格.
        Grid = "grid",
        /// 街镇.
        Town = "town",
        /// 区.
        District = "district",
    }
}

impl Holder {
    /// How many are above.
    pub const fn above(self) -> i64 {
        4 - self as i64
    }

    /// The one so many levels above; the district when there are not so many.
    #[must_use]
    pub fn up(self, levels: i64) -> Self {
        let place = usize::try_from(levels).unwrap_or(0).saturating_add(self as usize);
        Self::ALL.get(place).copied().unwrap_or(Self::District)
    }

    /// The level on which a role works; `None`: it holds no matters.
    pub const fn of(role: Role) -> Option<Self> {
        match role {
            Role::Operator => Some(Self::Operator),
            Role::CommunityWorker => Some(Self::Station),
            Role::GridLeader => Some(Self::Grid),
            Role::TownOfficer => Some(Self::Town),
            Role::DistrictOfficer | Role::Program => Some(Self::District),
            _ => None,
        }
    }
}

named! {
    /// How it was closed.
    Outcome {
        /// The one who asked says that it is done.
        Confirmed = "confirmed",
        /// Nobody said anything: 办结未确认, never counted as resolved.
        Unconfirmed = "unconfirmed",
        /// Nobody had said anything, and who was called back says that it is done.
        CalledBack = "called-back",
    }
}

named! {
    /// Why it is given back.
    ReturnReason {
        /// Not theirs to do.
        NotMine = "not-mine",
        /// It lies elsewhere.
        WrongPlace = "wrong-place",
        /// It is something else.
        WrongCategory = "wrong-category",
    }
}

named! {
    /// What it waits for.
    SuspendReason {
        /// A decision of the owners.
        OwnersVote = "owners-vote",
        /// Parts, or works that were ordered.
        Works = "works",
        /// A court or another authority.
        Proceedings = "proceedings",
        /// The one who asked is away.
        Away = "away",
    }
}

named! {
    /// The legal ground on which it is not accepted.
    Ground {
        /// A court or an arbitration has it: 诉讼、仲裁.
        Court = "court",
        /// An authority's procedure of law enforcement: excluded from the terms of service.
        Enforcement = "enforcement",
        /// Another district's.
        Elsewhere = "elsewhere",
        /// Decided before, nothing new.
        Decided = "decided",
    }
}

/// A step in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It comes in: the first of its record.
    Receive,
    /// The holder takes it.
    Accept,
    /// The holder begins.
    Begin,
    /// Whoever asked was called or met for the first time (先行联系).
    Contact,
    /// The holder has done it, says the holder.
    Answer,
    /// The second key.
    Confirm {
        /// Satisfied? `None`: not said.
        satisfied: Option<bool>,
    },
    /// 重办: it is not done, says who asked.
    Reopen,
    /// The holder gives it back; the next level holds it.
    Return(ReturnReason),
    /// Somebody else is to hold it.
    Assign(Holder),
    /// It waits, until a day at the latest.
    Suspend(SuspendReason, Day),
    /// It waits no longer.
    Resume,
    /// It is not accepted.
    Refuse(Ground),
    /// Whoever asked takes it back.
    Withdraw,
    /// The holder asks for so many working days more.
    AskExtension(i64),
    /// They are given.
    Extend,
    /// They are not.
    KeepTerm,
    /// It goes on as another.
    Merge(MatterId),
    /// It does not, after all.
    Unmerge,
    /// Whoever said nothing was called.
    CallBack {
        /// Is it done?
        resolved: bool,
        /// Satisfied? `None`: not said.
        satisfied: Option<bool>,
    },
    /// Words for the record.
    Note,
    /// Words that everyone may read.
    Clear,
    /// They may not, after all.
    Hide,
    /// Time: 80 % of the term are over.
    Remind,
    /// Time: the term is over, and the next level joins.
    Join,
    /// Time: nobody confirmed.
    Silence,
}

impl Step {
    /// The name in the store and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Accept => "accept",
            Self::Begin => "begin",
            Self::Contact => "contact",
            Self::Answer => "answer",
            Self::Confirm { .. } => "confirm",
            Self::Reopen => "reopen",
            Self::Return(_) => "return",
            Self::Assign(_) => "assign",
            Self::Suspend(..) => "suspend",
            Self::Resume => "resume",
            Self::Refuse(_) => "refuse",
            Self::Withdraw => "withdraw",
            Self::AskExtension(_) => "ask-extension",
            Self::Extend => "extend",
            Self::KeepTerm => "keep-term",
            Self::Merge(_) => "merge",
            Self::Unmerge => "unmerge",
            Self::CallBack { .. } => "call-back",
            Self::Note => "note",
            Self::Clear => "clear",
            Self::Hide => "hide",
            Self::Remind => "remind",
            Self::Join => "join",
            Self::Silence => "silence",
        }
    }

    /// The code of its reason, for the record.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Return(reason) => Some(reason.as_str()),
            Self::Suspend(reason, _) => Some(reason.as_str()),
            Self::Refuse(ground) => Some(ground.as_str()),
            _ => None,
        }
    }
}
