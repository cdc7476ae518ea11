//! Telling programs of others, as Standard Webhooks asks: <https://github.com/standard-webhooks/standard-webhooks>.

use std::sync::OnceLock;
use std::time::Duration;

use district::notices::{Claimed, Secret, Unsent, Why};
use serde_json::json;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;

use super::gateway::why;
use super::reach::{Guarded, Reach};
use crate::kit::outward;

/// How long a receiver may take: it is asked to put away what it is told, and to work on it afterwards.
const PATIENCE: Duration = Duration::from_secs(15);

/// Tells programs of others.
#[derive(Debug, Default)]
pub struct Hooks {
    reach: Reach,
    /// Made when it is first needed: it reads whom the machine trusts.
    agent: OnceLock<ureq::Agent>,
}

impl Hooks {
    /// Tells programs that lie within reach.
    pub fn new(reach: Reach) -> Self {
        Self { reach, agent: OnceLock::new() }
    }

    /// What lies within reach.
    pub(super) fn reach(&self) -> &Reach {
        &self.reach
    }

    fn agent(&self) -> &ureq::Agent {
        self.agent.get_or_init(|| {
            let resolver = Guarded(self.reach.clone(), DefaultResolver::default());
            // Not by a proxy: it would look the name up itself.
            let config = outward::config(PATIENCE).proxy(None).build();
            ureq::Agent::with_parts(config, DefaultConnector::default(), resolver)
        })
    }

    /// Sends a message, signed with each secret; the status of the answer.
    pub(super) fn send(
        &self,
        url: &str,
        secrets: &[Secret],
        claimed: &Claimed,
        seconds: i64,
    ) -> Result<Option<u16>, Unsent> {
        self.reach.check(url).map_err(|_| Unsent::from(Why::Private))?;
        let (id, body) = (format!("msg_{}", claimed.id.uuid().simple()), event(claimed));
        let signed: Vec<String> = secrets.iter().map(|secret| secret.sign(&id, seconds, &body)).collect();
        let request = self
            .agent()
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signed.join(" "));
        let status = request.send(body).map_err(|error| why(&error))?.status();
        // What the receiver has to say beyond that is not read.
        if status.is_success() {
            return Ok(Some(status.as_u16()));
        }
        Err(Unsent { why: Why::Answer, status: Some(status.as_u16()) })
    }
}

/// What a program is told: the same each time, by public codes, and nothing of anybody.
pub(super) fn event(claimed: &Claimed) -> String {
    let about = &claimed.about;
    json!({
        "type": claimed.kind.as_str(),
        "timestamp": crate::api::timestamp(claimed.made),
        "data": {
            "thing": about.thing.as_str(),
            "id": about.id.map(|id| id.to_string()),
            "code": about.code,
            "count": about.count,
        },
    })
    .to_string()
}
