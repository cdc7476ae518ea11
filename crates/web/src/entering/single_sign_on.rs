//! Single sign-on (统一身份认证) by `OpenID` Connect Core 1.0: the code flow (§ 3.1) with a secret of our own for each way
//! there and back (PKCE, RFC 7636).
//!
//! Whoever runs the program says which service it is. The way there is begun by a form and bound to the browser by a cookie;
//! what the service says is checked by its keys, its issuer, our name, the nonce and the time of the machine.

use std::sync::Mutex;
use std::time::Duration;

use askama::Template;
use base::Instant;
use district::kit::{Actor, Refusal};
use district::people::{self, CEREMONY_MILLIS, Ceremony, IdentityHolder, Token};
use http::{HeaderMap, StatusCode};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndUserEmail, EndUserUsername, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, SubjectIdentifier, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Enter, workplace};
use crate::kit::{self, Fault, Posted, Shell, cookie_named, entered, outward, random, set_cookie};

/// How long the service may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long its description is believed: keys are changed within days, and the old ones stay for hours.
const KNOWN_MILLIS: i64 = 10 * 60_000;
/// The cookie that holds who was sent there.
const COOKIE: &str = "lilong-single-sign-on";
/// Where the service sends people back to; it has to know this address.
pub(super) const BACK: &str = "/enter/single-sign-on/back";

/// Which of a person's words at the service is their login here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LoginClaim {
    /// `preferred_username`.
    #[default]
    Name,
    /// `email`, which the service has to have checked.
    Email,
    /// `sub`, its own number of a person.
    Subject,
}

impl LoginClaim {
    /// What has to be asked for, beside who somebody is.
    const fn scope(self) -> Option<&'static str> {
        match self {
            Self::Name => Some("profile"),
            Self::Email => Some("email"),
            Self::Subject => None,
        }
    }

    /// The login among what the service says. An email that it did not check could be anybody's.
    fn of(
        self,
        subject: &SubjectIdentifier,
        name: Option<&EndUserUsername>,
        email: Option<&EndUserEmail>,
        checked: Option<bool>,
    ) -> Option<String> {
        match self {
            Self::Name => name.map(|name| name.as_str().to_owned()),
            Self::Email => email.filter(|_| checked == Some(true)).map(|email| email.as_str().to_owned()),
            Self::Subject => Some(subject.as_str().to_owned()),
        }
    }
}

/// Which service, and who we are to it.
#[derive(Clone)]
pub struct SingleSignOnSettings {
    /// The address that it calls itself by, without `/.well-known/openid-configuration`.
    pub issuer: String,
    /// Our name there.
    pub client: String,
    /// Our secret there; `None`: it gave us none.
    pub secret: Option<String>,
    /// What is looked for among our accounts when somebody comes for the first time.
    pub login: LoginClaim,
}

/// The service cannot be used as it was described.
#[derive(Debug, thiserror::Error)]
pub enum SingleSignOnError {
    /// The address.
    #[error("“{0}” is no issuer: an address that begins with https://, or with http:// on this machine")]
    Issuer(String),
}

/// A service for single sign-on.
pub struct SingleSignOn {
    settings: SingleSignOnSettings,
    issuer: IssuerUrl,
    agent: ureq::Agent,
    known: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

/// Never shows the secret.
impl std::fmt::Debug for SingleSignOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SingleSignOn").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

/// What is kept from the way there to the way back.
#[derive(Serialize, Deserialize)]
struct Sent {
    verifier: PkceCodeVerifier,
    nonce: Nonce,
    next: String,
}

/// Who somebody is at the service.
struct Known {
    subject: SubjectIdentifier,
    login: Option<String>,
}

/// We, with the addresses of a service that described itself.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl SingleSignOn {
    /// A service that is asked when somebody comes by it, and not before.
    pub fn new(settings: SingleSignOnSettings) -> Result<Self, SingleSignOnError> {
        let wrong = || SingleSignOnError::Issuer(settings.issuer.clone());
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| wrong())?;
        let near = ["localhost", "127.0.0.1", "[::1]"];
        let near = issuer.url().host_str().is_some_and(|host| near.contains(&host));
        if issuer.url().scheme() != "https" && !(near && issuer.url().scheme() == "http") {
            return Err(wrong());
        }
        Ok(Self { settings, issuer, agent: outward::agent(PATIENCE), known: Mutex::new(None) })
    }

    /// The service's description of itself.
    fn metadata(&self, wall: Instant) -> Result<CoreProviderMetadata, Away> {
        let mut known = self.known.lock().map_err(|_| Away("its description is broken".into()))?;
        if let Some((at, metadata)) = &*known
            && (0..KNOWN_MILLIS).contains(&(wall.millis() - at.millis()))
        {
            return Ok(metadata.clone());
        }
        let found =
            CoreProviderMetadata::discover(&self.issuer, &|request| outward::call(&self.agent, request));
        let metadata = found.map_err(|error| Away::because("its description", &error))?;
        *known = Some((wall, metadata.clone()));
        Ok(metadata)
    }

    /// We, as the service knows us.
    fn client(&self, back: RedirectUrl, wall: Instant) -> Result<Client, Away> {
        let client = CoreClient::from_provider_metadata(
            self.metadata(wall)?,
            ClientId::new(self.settings.client.clone()),
            self.settings.secret.clone().map(ClientSecret::new),
        );
        Ok(client.set_redirect_uri(back))
    }

    /// Where somebody is sent, and what is kept until they come back.
    fn leave(
        &self,
        back: RedirectUrl,
        state: String,
        next: &str,
        wall: Instant,
    ) -> Result<(String, Sent), Away> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (url, _, nonce) = self
            .client(back, wall)?
            .authorize_url(flow, move || CsrfToken::new(state.clone()), Nonce::new_random)
            .add_scopes(self.settings.login.scope().map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        Ok((url.into(), Sent { verifier, nonce, next: next.to_owned() }))
    }

    /// Who the service says came back with a code.
    fn arrive(&self, back: RedirectUrl, code: String, sent: Sent, wall: Instant) -> Result<Known, Away> {
        let http = |request| outward::call(&self.agent, request);
        let client = self.client(back, wall)?;
        let exchange = client.exchange_code(AuthorizationCode::new(code));
        let answer = exchange
            .map_err(|error| Away::because("its description", &error))?
            .set_pkce_verifier(sent.verifier)
            .request(&http)
            .map_err(|error| Away::because("its answer to the code", &error))?;
        let token = answer.id_token().ok_or_else(|| Away("it sent no ID token".into()))?;
        let claims = token
            .claims(&client.id_token_verifier(), &sent.nonce)
            .map_err(|error| Away::because("its ID token", &error))?;
        let subject = claims.subject().clone();
        let claim = self.settings.login;
        let said = claim.of(&subject, claims.preferred_username(), claims.email(), claims.email_verified());
        if said.is_some() {
            return Ok(Known { subject, login: said });
        }
        // Many services keep the ID token small and tell the rest when asked (§ 5.4).
        let Ok(asked) = client.user_info(answer.access_token().clone(), Some(subject.clone())) else {
            return Ok(Known { subject, login: None });
        };
        let more: CoreUserInfoClaims =
            asked.request(&http).map_err(|error| Away::because("what it says of a person", &error))?;
        let login = claim.of(&subject, more.preferred_username(), more.email(), more.email_verified());
        Ok(Known { subject, login })
    }
}

/// The service did not do its part: why, without a name or a code.
#[derive(Debug, thiserror::Error)]
#[error("the service for single sign-on: {0}")]
struct Away(String);

impl Away {
    fn because(what: &str, error: &dyn std::error::Error) -> Self {
        let mut why = format!("{what}: {error}");
        let mut source = error.source();
        while let Some(inner) = source {
            why = format!("{why}: {inner}");
            source = inner.source();
        }
        Self(why)
    }

    /// In words for whoever wanted to come in; the reason is for the log.
    fn told(&self) -> Fault {
        tracing::warn!("{self}");
        Fault::Refused(Refusal::new("people-refused-single-sign-on"))
    }
}

/// The page between here and there. A form may lead to pages of ours alone, so the way out is a link, and followed at once.
#[derive(Template)]
#[template(path = "entering/leaving_for.html")]
struct LeavingFor<'a> {
    s: &'a Shell,
    to: &'a str,
}

/// The address that the service sends people back to.
fn back(s: &Shell) -> Result<RedirectUrl, Fault> {
    let scheme = if s.state.settings.secure { "https" } else { "http" };
    let host = s.host.as_deref().ok_or(Fault::Bad)?;
    RedirectUrl::new(format!("{scheme}://{host}{BACK}")).map_err(|_| Fault::Bad)
}

/// What the service gives back, made of what the browser keeps: whoever has one cannot make the other.
fn state_of(token: &Token) -> String {
    base::hex(&Sha256::new().chain_update(b"state").chain_update(token.text()).finalize())
}

/// POST `/enter/single-sign-on`: sends somebody there. Takes `next`.
pub(super) async fn begin(s: Shell, posted: Posted) -> kit::Result {
    let service = s.state.single_sign_on.as_ref().ok_or(Fault::Absent)?;
    let (back, wall) = (back(&s)?, s.state.wall());
    let token = Token::new(random().map_err(Fault::Internal)?);
    let next = posted.fields.get("next");
    let left = db::heavy(|| service.leave(back, state_of(&token), next, wall));
    let (to, sent) = match left {
        Ok(left) => left,
        Err(away) => return again(&s, away.told()),
    };
    let sent = serde_json::to_string(&sent).map_err(|error| Fault::Internal(error.to_string()))?;
    s.state.write(&Actor::anyone(), |tx, _| {
        people::begin_ceremony(tx, (Ceremony::SingleSignOn, &token), None, &sent, wall)
    })?;
    let mut response = s.html(&LeavingFor { s: &s, to: &to })?;
    set_cookie(&mut response, &s.state, COOKIE, &token.text(), CEREMONY_MILLIS / 1000);
    Ok(response)
}

/// GET `/enter/single-sign-on/back`: `code` and `state`, or `error`. The one address that lets somebody in without a form of
/// ours: the service cannot send one.
pub(super) async fn arrive(s: Shell, headers: HeaderMap) -> kit::Result {
    let service = s.state.single_sign_on.as_ref().ok_or(Fault::Absent)?;
    let refused = || Fault::Refused(Refusal::new("people-refused-single-sign-on"));
    let wall = s.state.wall();
    let token = cookie_named(&headers, COOKIE).and_then(|text| Token::parse(&text));
    let token = token.filter(|token| s.asked("state").as_deref() == Some(&state_of(token)));
    let (Some(token), Some(code)) = (token, s.asked("code")) else { return again(&s, refused()) };
    // Ended before the service is asked: a code is good for one exchange.
    let sent = s.state.write(&Actor::anyone(), |tx, _| {
        people::end_ceremony(tx, (Ceremony::SingleSignOn, &token), None, wall)
    })?;
    let Some(sent) = sent else { return again(&s, refused()) };
    let sent: Sent = serde_json::from_str(&sent).map_err(|error| Fault::Internal(error.to_string()))?;
    let (back, next) = (back(&s)?, sent.next.clone());
    let known = match db::heavy(|| service.arrive(back, code, sent, wall)) {
        Ok(known) => known,
        Err(away) => return again(&s, away.told()),
    };
    match enter(&s, &service.settings.issuer, &known, &next) {
        Ok(mut response) => {
            set_cookie(&mut response, &s.state, COOKIE, "", 0);
            Ok(response)
        }
        Err(fault) => again(&s, fault),
    }
}

/// Opens the session of whoever the service knows.
fn enter(s: &Shell, issuer: &str, known: &Known, next: &str) -> kit::Result {
    let (wall, today) = (s.state.wall(), s.today());
    let session = Token::new(random().map_err(Fault::Internal)?);
    let subject = known.subject.as_str();
    let role = s.state.write(&Actor::anyone(), |tx, call| {
        let by = match people::identity_holder(tx, issuer, subject, today)? {
            IdentityHolder::Account(account) => (account, "identity"),
            IdentityHolder::Ended => return Err(Refusal::new("people-refused-identity").into()),
            IdentityHolder::Nobody => {
                let login = known.login.as_deref().unwrap_or_default();
                (people::keep_identity(tx, call, (issuer, subject), login, wall)?, "identity login")
            }
        };
        people::sign_in_by(tx, call, by, &session, wall)
    })?;
    Ok(entered(&s.state, &session, if next.is_empty() { workplace(role) } else { next }))
}

/// The page where one signs in, with what went wrong.
fn again(s: &Shell, fault: Fault) -> kit::Result {
    let Fault::Refused(refusal) = fault else { return Err(fault) };
    let page = Enter { faults: s.faults(&refusal), ..Enter::new(s) };
    s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(issuer: &str) -> Result<SingleSignOn, SingleSignOnError> {
        let settings = SingleSignOnSettings {
            issuer: issuer.to_owned(),
            client: "lilong".into(),
            secret: Some("between the two of us".into()),
            login: LoginClaim::Name,
        };
        SingleSignOn::new(settings)
    }

    #[test]
    fn a_service_is_reached_by_https_or_stands_on_this_machine() {
        for good in
            ["https://id.example/realm", "http://localhost:9000", "http://127.0.0.1:9000", "http://[::1]/"]
        {
            assert!(service(good).is_ok(), "{good}");
        }
        for bad in ["", "id.example", "http://id.example", "http://localhost.example", "ftp://localhost"] {
            assert!(matches!(service(bad), Err(SingleSignOnError::Issuer(_))), "{bad}");
        }
        assert!(!format!("{:?}", service("https://id.example").unwrap()).contains("between"));
    }

    #[test]
    fn an_email_that_the_service_did_not_check_is_nobodys() {
        let subject = SubjectIdentifier::new("7".into());
        let name = EndUserUsername::new("zhang".into());
        let email = EndUserEmail::new("zhang@town.example".into());
        let of = |claim: LoginClaim, checked| claim.of(&subject, Some(&name), Some(&email), checked);
        assert_eq!(of(LoginClaim::Name, None).as_deref(), Some("zhang"));
        assert_eq!(of(LoginClaim::Subject, None).as_deref(), Some("7"));
        assert_eq!(of(LoginClaim::Email, Some(true)).as_deref(), Some("zhang@town.example"));
        assert_eq!((of(LoginClaim::Email, Some(false)), of(LoginClaim::Email, None)), (None, None));
    }

    #[test]
    fn what_comes_back_is_made_of_what_the_browser_keeps() {
        let [one, other] = [Token::new([1; 32]), Token::new([2; 32])];
        assert_ne!(state_of(&one), state_of(&other));
        assert_ne!(state_of(&one), one.text());
    }
}
