//! Sign-in by OpenID Connect, where one is configured: authorization code with PKCE, bound to the browser by a cookie of its
//! own, to the attempt by a state, and the answer to it by a nonce. The provider says who somebody is; the case says what
//! they may do.
//!
//! This is the one place where the server opens a connection: to the configured issuer, and to nobody else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
};
use serde::Deserialize;
use tutela_case::clock::Stopwatch;

use crate::ServeError;
use crate::problem::Problem;
use crate::sign_in::{hash, lock, random};

/// An attempt that was not ended after so long is given up.
const ATTEMPT_S: f64 = 600.0;
/// So many attempts may go on at once.
const ATTEMPTS_MAX: usize = 1000;
/// The longest answer of a provider.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
const TIMEOUT: Duration = Duration::from_secs(10);

/// What the configuration file says, as JSON.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    /// What people are told to sign in with.
    name: String,
    /// The issuer's address, `https` unless it is of this machine.
    issuer: String,
    client_id: String,
    /// The file that holds the client's secret.
    client_secret_file: PathBuf,
    /// The certificates of the authorities that vouch for the issuer (PEM). Nobody else's are trusted.
    ca_file: Option<PathBuf>,
    /// Which claim names the person.
    #[serde(default)]
    claim: Claim,
    /// The names of people by the claim's value; where it is absent the value is the name.
    people: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Claim {
    #[default]
    PreferredUsername,
    /// Only where the provider says that it is verified.
    Email,
    Sub,
}

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// A provider.
pub(crate) struct Provider {
    configuration: Configuration,
    issuer: IssuerUrl,
    secret: ClientSecret,
    redirect: RedirectUrl,
    agent: ureq::Agent,
    /// Asked for when it is first needed: a provider that is away must not keep the server from starting.
    metadata: Mutex<Option<CoreProviderMetadata>>,
    attempts: Mutex<BTreeMap<[u8; 32], Attempt>>,
}

/// A sign-in that has begun.
struct Attempt {
    begun: Stopwatch,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl Provider {
    /// Reads the configuration. `callback` is the address to which the provider sends people back.
    pub(crate) fn read(file: &Path, callback: String) -> Result<Self, ServeError> {
        let wrong = |file: &Path, why: String| ServeError::Configuration { file: file.display().to_string(), why };
        let text = fs::read(file).map_err(|e| wrong(file, e.to_string()))?;
        let configuration: Configuration =
            serde_json::from_slice(&text).map_err(|e| wrong(file, format!("{e}; expected JSON")))?;
        let issuer = IssuerUrl::new(configuration.issuer.clone()).map_err(|e| wrong(file, format!("issuer: {e}")))?;
        let local = matches!(issuer.url().host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let secure = issuer.url().scheme() == "https";
        if !secure && !local {
            return Err(wrong(file, format!("issuer is {}; expected https", configuration.issuer)));
        }
        if secure && configuration.ca_file.is_none() {
            return Err(wrong(
                file,
                "ca_file is missing; expected the authorities that vouch for the issuer".to_owned(),
            ));
        }
        // Files are named as seen from the configuration.
        let beside = |path: &Path| file.parent().unwrap_or(Path::new("")).join(path);
        let secret_file = beside(&configuration.client_secret_file);
        let secret = fs::read_to_string(&secret_file).map_err(|e| wrong(&secret_file, e.to_string()))?;
        let redirect = RedirectUrl::new(callback).map_err(|e| wrong(file, format!("callback: {e}")))?;
        let agent = match &configuration.ca_file {
            Some(path) => {
                let path = beside(path);
                agent(&roots(&path).map_err(|why| wrong(&path, why))?, secure)
            }
            None => agent(&[], secure),
        };
        Ok(Self {
            issuer,
            secret: ClientSecret::new(secret.trim().to_owned()),
            redirect,
            agent,
            metadata: Mutex::new(None),
            attempts: Mutex::new(BTreeMap::new()),
            configuration,
        })
    }

    /// What people are told to sign in with.
    pub(crate) fn name(&self) -> &str {
        &self.configuration.name
    }

    /// Begins a sign-in: the address to send the browser to, and what its cookie is to hold.
    pub(crate) fn begin(&self) -> Result<(String, String), Problem> {
        let cookie = random().map_err(|e| Problem::internal(e.to_string()))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client()?;
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let asked = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let asked = asked.add_scope(Scope::new("profile".to_owned())).add_scope(Scope::new("email".to_owned()));
        let (address, state, nonce) = asked.set_pkce_challenge(challenge).url();
        let mut attempts = lock(&self.attempts);
        attempts.retain(|_, a| a.begun.seconds() < ATTEMPT_S);
        if attempts.len() >= ATTEMPTS_MAX {
            return Err(Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "busy",
                "too many sign-ins have begun; try again later",
            ));
        }
        attempts.insert(hash(&cookie), Attempt { begun: Stopwatch::start(), state, nonce, verifier });
        Ok((address.to_string(), cookie))
    }

    /// Ends the sign-in that a browser's cookie names, with what the provider sent it back with: the person's name.
    pub(crate) fn end(&self, cookie: &str, state: &str, code: &str) -> Result<String, Problem> {
        let refused = |why: &str| Problem::new(StatusCode::FORBIDDEN, "provider_refused", why);
        // An attempt is good for one answer, right or wrong.
        let attempt = lock(&self.attempts).remove(&hash(cookie));
        let attempt = attempt.filter(|a| a.begun.seconds() < ATTEMPT_S);
        let attempt = attempt.ok_or_else(|| refused("no sign-in of this browser has begun, or too long ago"))?;
        if hash(attempt.state.secret()) != hash(state) {
            return Err(refused("the answer is to another sign-in"));
        }
        let client = self.client()?;
        let asked = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let asked = asked.map_err(|e| unusable(&e.to_string()))?;
        let answer = asked.set_pkce_verifier(attempt.verifier).request(&|r: HttpRequest| self.ask(r));
        let answer = answer.map_err(|_| refused("the provider does not know the code"))?;
        let token = answer.id_token().ok_or_else(|| refused("the provider says nothing of who it is"))?;
        let verifier = client.id_token_verifier();
        let claims =
            token.claims(&verifier, &attempt.nonce).map_err(|e| refused(&format!("the provider's word: {e}")))?;
        if let Some(expected) = claims.access_token_hash() {
            let signed = token.signing_alg().ok().zip(token.signing_key(&verifier).ok());
            let made = signed.and_then(|(alg, key)| AccessTokenHash::from_token(answer.access_token(), alg, key).ok());
            if made.as_ref() != Some(expected) {
                return Err(refused("the provider's word is of another answer"));
            }
        }
        let value = match self.configuration.claim {
            Claim::PreferredUsername => claims.preferred_username().map(|n| n.as_str()),
            Claim::Email => claims.email().filter(|_| claims.email_verified() == Some(true)).map(|e| e.as_str()),
            Claim::Sub => Some(claims.subject().as_str()),
        };
        let value = value.ok_or_else(|| refused("the provider does not say the claim that names people"))?;
        match &self.configuration.people {
            None => Ok(value.to_owned()),
            Some(people) => people.get(value).cloned().ok_or_else(|| {
                Problem::new(StatusCode::FORBIDDEN, "not_a_person", "the configuration names nobody for that claim")
            }),
        }
    }

    fn client(&self) -> Result<Client, Problem> {
        let known = lock(&self.metadata).clone();
        let metadata = match known {
            Some(metadata) => metadata,
            None => {
                let found = CoreProviderMetadata::discover(&self.issuer, &|r: HttpRequest| self.ask(r));
                let found = found.map_err(|e| unusable(&e.to_string()))?;
                *lock(&self.metadata) = Some(found.clone());
                found
            }
        };
        let id = ClientId::new(self.configuration.client_id.clone());
        let client = CoreClient::from_provider_metadata(metadata, id, Some(self.secret.clone()));
        Ok(client.set_redirect_uri(self.redirect.clone()))
    }

    fn ask(&self, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let (parts, mut body) = self.agent.run(request)?.into_parts();
        let bytes = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
        Ok(HttpResponse::from_parts(parts, bytes))
    }
}

fn unusable(why: &str) -> Problem {
    Problem::new(StatusCode::BAD_GATEWAY, "provider_away", format!("the provider cannot be asked: {why}"))
}

/// A client that trusts those certificates, follows nothing and goes through nobody.
fn agent(roots: &[ureq::tls::Certificate<'static>], secure: bool) -> ureq::Agent {
    let tls = ureq::tls::TlsConfig::builder()
        .root_certs(ureq::tls::RootCerts::new_with_certs(roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .https_only(secure)
        .max_redirects(0)
        .proxy(None)
        .timeout_global(Some(TIMEOUT))
        .tls_config(tls);
    config.build().new_agent()
}

fn roots(file: &Path) -> Result<Vec<ureq::tls::Certificate<'static>>, String> {
    let text = fs::read(file).map_err(|e| e.to_string())?;
    let mut out = Vec::new();
    for item in ureq::tls::parse_pem(&text) {
        if let ureq::tls::PemItem::Certificate(certificate) = item.map_err(|e| format!("{e}; expected PEM"))? {
            out.push(certificate);
        }
    }
    if out.is_empty() { Err("holds no certificate; expected PEM".to_owned()) } else { Ok(out) }
}
