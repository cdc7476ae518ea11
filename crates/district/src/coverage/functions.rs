//! The six functions of a station (六项职能), measured from the work itself and ticked by nobody.
//!
//! Of three the work is in Lilong: ① links public-service resources, ② urges the operator to do better, ④ visits and listens. Of
//! ③ (brings local forces together), ⑤ (helps residents agree a compact) and ⑥ (incubates community organisations) it is not, and
//! so they are *not yet measured*.

use base::Day;
use db::Tx;

use super::{Part, Standings};
use crate::kit::{CommunityId, Result, named};
use crate::matters::{self, Share};
use crate::services;

named! {
    /// A function of a station.
    Function {
        /// ① 链接公共服务资源.
        Resources = "resources",
        /// ② 督促运营方改进.
        Urging = "urging",
        /// ③ 整合社会力量.
        Forces = "forces",
        /// ④ 走访倾听.
        Visits = "visits",
        /// ⑤ 推动住户公约.
        Compact = "compact",
        /// ⑥ 孵化社区组织.
        Incubation = "incubation",
    }
}

/// Days that are looked back at: a quarter, today among them.
pub const LOOKED_BACK: i64 = 90;

/// What the work of the last ninety days says, by community.
#[derive(Debug)]
pub struct Functions {
    resources: ByCommunity,
    urging: ByCommunity,
    /// Of the whole district, which is asked for most.
    whole: [Option<Share>; Function::ALL.len()],
}

/// Shares in the order of the communities' ids, in which standings are as well: both are gone through side by side.
type ByCommunity = Vec<(CommunityId, Share)>;

fn ordered(by: impl IntoIterator<Item = (CommunityId, Share)>) -> ByCommunity {
    let mut all: ByCommunity = by.into_iter().collect();
    all.sort_unstable_by_key(|(community, _)| *community);
    all
}

impl Functions {
    /// Reads it beside the standings of the day. Asks no permission: pages ask [`super::may_see`].
    pub fn read(tx: &mut Tx<'_>, today: Day, standings: &Standings) -> Result<Self> {
        let days = (today + 1 - LOOKED_BACK, today + 1);
        let (resources, urging) = (services::linked(tx, days)?, matters::urged(tx, days)?);
        let mut read =
            Self { resources: ordered(resources), urging: ordered(urging), whole: Default::default() };
        for (place, function) in Function::ALL.iter().enumerate() {
            read.whole[place] = read.sum(*function, standings, Part::default());
        }
        Ok(read)
    }

    /// A function in a part of the district: so many of so many; `None`: not yet measured.
    pub fn of(&self, function: Function, standings: &Standings, part: Part) -> Option<Share> {
        if part == Part::default() {
            return self.whole[function as usize];
        }
        self.sum(function, standings, part)
    }

    fn sum(&self, function: Function, standings: &Standings, part: Part) -> Option<Share> {
        let sum = |by: &ByCommunity| {
            let (mut sum, mut by) = (Share::default(), by.iter().peekable());
            for standing in standings.of(part) {
                while by.next_if(|(community, _)| *community < standing.community).is_some() {}
                if let Some((_, it)) = by.next_if(|(community, _)| *community == standing.community) {
                    sum = Share { of: sum.of + it.of, all: sum.all + it.all };
                }
            }
            sum
        };
        match function {
            Function::Resources => Some(sum(&self.resources)),
            Function::Urging => Some(sum(&self.urging)),
            // Of every household, wherever it stands in the cascade: a visit is a visit.
            Function::Visits => Some(standings.of(part).fold(Share::default(), |sum, it| Share {
                of: sum.of + it.reach.contacted,
                all: sum.all + it.households,
            })),
            Function::Forces | Function::Compact | Function::Incubation => None,
        }
    }
}
