//! Sign-in by OpenID Connect against a small provider of our own, honest and otherwise.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreIdToken, CoreIdTokenClaims, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
};
use openidconnect::{AccessToken, PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey as _};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use tutela_case::{Case, Role, SharedCase};

use super::{PREFIX, router};
use crate::guard::Reach;
use crate::held::HeldCase;
use crate::provider::Provider;
use crate::sign_in::{SignIn, lock};
use crate::{App, Desk, guard};

/// A key that signs nothing but the words of this test's provider.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n-----END PRIVATE KEY-----\n";
const OTHER_KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI\n-----END PRIVATE KEY-----\n";

/// What the provider says to the next who asks.
#[derive(Clone)]
struct Word {
    nonce: String,
    challenge: String,
    audience: String,
    name: String,
    valid_s: i64,
    key: &'static str,
}

struct Mock {
    issuer: String,
    word: Mutex<Option<Word>>,
}

fn key(pem: &str) -> CoreEdDsaPrivateSigningKey {
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(pem, None).unwrap()
}

async fn discovery(State(mock): State<Arc<Mock>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", mock.issuer);
    Json(json!({
        "issuer": mock.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn jwks() -> Json<CoreJsonWebKeySet> {
    Json(CoreJsonWebKeySet::new(vec![key(KEY).as_verification_key()]))
}

async fn token(State(mock): State<Arc<Mock>>, body: String) -> (StatusCode, Json<Value>) {
    let fields: BTreeMap<&str, &str> = body.split('&').filter_map(|f| f.split_once('=')).collect();
    let word = lock(&mock.word).take();
    let proven = |word: &Word| {
        let verifier = PkceCodeVerifier::new(fields["code_verifier"].to_owned());
        PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str() == word.challenge
    };
    let Some(word) = word.filter(|w| fields.get("code") == Some(&"the-code") && proven(w)) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" })));
    };
    let now = tutela_case::clock::now_us() / 1_000_000;
    let claims: CoreIdTokenClaims = serde_json::from_value(json!({
        "iss": mock.issuer, "aud": [word.audience], "sub": "s-1", "iat": now, "exp": now + word.valid_s,
        "nonce": word.nonce, "preferred_username": word.name,
    }))
    .unwrap();
    let access = AccessToken::new("access".to_owned());
    let token = CoreIdToken::new(claims, &key(word.key), CoreJwsSigningAlgorithm::EdDsa, Some(&access), None).unwrap();
    let answer = json!({ "access_token": "access", "token_type": "Bearer", "id_token": token.to_string() });
    (StatusCode::OK, Json(answer))
}

struct Test {
    _folder: tempfile::TempDir,
    app: App,
    mock: Arc<Mock>,
}

async fn office() -> Test {
    let folder = tempfile::tempdir().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mock = Arc::new(Mock { issuer: format!("http://{}", listener.local_addr().unwrap()), word: Mutex::new(None) });
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/token", post(token))
        .with_state(Arc::clone(&mock));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let root = folder.path().join("case");
    let mut case = Case::init(&root, "maker").unwrap();
    case.set_person("Anna Prova", Role::Prosecutor, "a password nobody uses").unwrap();
    drop(case);
    std::fs::write(folder.path().join("secret"), "a secret\n").unwrap();
    let file = folder.path().join("provider.json");
    let configuration = json!({
        "name": "Office", "issuer": mock.issuer, "client_id": "tutela", "client_secret_file": "secret",
        "people": { "anna": "Anna Prova", "zoe": "Zoe Prova" },
    });
    std::fs::write(&file, configuration.to_string()).unwrap();
    let provider = Provider::read(&file, format!("http://127.0.0.1:8420{PREFIX}/session/provider/callback")).unwrap();
    let held = HeldCase::new(SharedCase::open(&root, "server").unwrap(), 1 << 20).unwrap();
    let cases = BTreeMap::from([("c".to_owned(), Arc::new(held))]);
    let (sign_in, _) = SignIn::new("server", 8420, false).unwrap();
    let reach = Reach::new("127.0.0.1:8420".parse().unwrap(), false, &[]);
    let app = Arc::new(Desk { cases, sign_in, reach, provider: Some(provider), told: Box::new(|_| {}) });
    Test { _folder: folder, app, mock }
}

impl Test {
    async fn ask(&self, path: &str, cookie: &str) -> (StatusCode, HeaderMap) {
        let request = Request::builder().uri(format!("{PREFIX}{path}"));
        let request = request.header(header::HOST, "127.0.0.1:8420").header(header::COOKIE, cookie);
        let answer =
            guard::wrap(&self.app, router(&self.app)).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        (answer.status(), answer.headers().clone())
    }

    /// Begins a sign-in: the browser's cookie, the state, and the word of an honest provider.
    async fn begin(&self) -> (String, String, Word) {
        let (status, headers) = self.ask("/session/provider", "").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let cookie = headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let address = headers[header::LOCATION].to_str().unwrap();
        assert!(address.starts_with(&format!("{}/authorize?", self.mock.issuer)), "{address}");
        let (_, query) = address.split_once('?').unwrap();
        let query: BTreeMap<&str, &str> = query.split('&').filter_map(|f| f.split_once('=')).collect();
        assert_eq!((query["response_type"], query["code_challenge_method"]), ("code", "S256"));
        let word = Word {
            nonce: query["nonce"].to_owned(),
            challenge: query["code_challenge"].to_owned(),
            audience: "tutela".to_owned(),
            name: "anna".to_owned(),
            valid_s: 60,
            key: KEY,
        };
        (cookie.split(';').next().unwrap().to_owned(), query["state"].to_owned(), word)
    }

    /// Ends it: where the browser is sent, and the cookie of its session.
    async fn end(&self, cookie: &str, state: &str, word: Option<Word>) -> (String, Option<String>) {
        *lock(&self.mock.word) = word;
        let path = format!("/session/provider/callback?code=the-code&state={state}&session_state=more");
        let (status, headers) = self.ask(&path, cookie).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let session = headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|c| c.to_str().unwrap().split(';').next())
            .find(|c| c.starts_with("tutela-8420="));
        (headers[header::LOCATION].to_str().unwrap().to_owned(), session.map(str::to_owned))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_word_lets_a_person_of_the_case_in() {
    let test = office().await;
    let (cookie, state, word) = test.begin().await;
    let (to, session) = test.end(&cookie, &state, Some(word.clone())).await;
    assert_eq!(to, "/");
    let session = session.unwrap();
    assert_eq!(test.ask("/cases/c/people", &session).await.0, StatusCode::OK);
    let visitor = test.app.sign_in.visitor(&session).unwrap();
    assert_eq!((visitor.who.as_str(), visitor.seats["c"].role()), ("Anna Prova", Some(Role::Prosecutor)));
    // What was used once is used up.
    let again = test.end(&cookie, &state, Some(word)).await;
    assert_eq!(again, ("/sign-in?failed=provider_refused".to_owned(), None));
}

/// What is changed of a word.
type Change = fn(&mut Word);

#[tokio::test(flavor = "multi_thread")]
async fn no_other_word_lets_anybody_in() {
    let test = office().await;
    let refused = |to: &str| (format!("/sign-in?failed={to}"), None);
    let changes: [(&str, Change); 6] = [
        ("provider_refused", |w| w.nonce = "another".to_owned()),
        ("provider_refused", |w| w.audience = "another".to_owned()),
        ("provider_refused", |w| w.valid_s = -60),
        ("provider_refused", |w| w.key = OTHER_KEY),
        ("not_a_person", |w| w.name = "zoe".to_owned()),
        ("not_a_person", |w| w.name = "nobody".to_owned()),
    ];
    for (code, change) in changes {
        let (cookie, state, mut word) = test.begin().await;
        change(&mut word);
        assert_eq!(test.end(&cookie, &state, Some(word)).await, refused(code));
    }
    let (cookie, state, word) = test.begin().await;
    assert_eq!(test.end(&cookie, "another", Some(word.clone())).await, refused("provider_refused"));
    assert_eq!(test.end(&cookie, &state, Some(word.clone())).await, refused("provider_refused"), "one answer each");
    // The answer to one browser, brought by another: or by one that never began.
    let (_, state, word) = test.begin().await;
    let (other, ..) = test.begin().await;
    assert_eq!(test.end(&other, &state, Some(word.clone())).await, refused("provider_refused"));
    assert_eq!(test.end("", &state, Some(word)).await, refused("provider_refused"));
    // A provider that knows no such code.
    let (cookie, state, _) = test.begin().await;
    assert_eq!(test.end(&cookie, &state, None).await, refused("provider_refused"));
}

#[test]
fn a_provider_that_cannot_be_trusted_is_not_configured() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), "s").unwrap();
    let file = folder.path().join("provider.json");
    let why = |issuer: &str, more: &str| {
        let text = format!(r#"{{"name":"n","issuer":"{issuer}","client_id":"c","client_secret_file":"secret"{more}}}"#);
        std::fs::write(&file, text).unwrap();
        Provider::read(&file, "https://w.example.org/callback".to_owned()).err().unwrap().to_string()
    };
    assert!(why("http://login.example.org", "").contains("expected https"));
    assert!(why("https://login.example.org", "").contains("ca_file is missing"));
    assert!(why("https://login.example.org", r#","ca_file":"secret""#).contains("holds no certificate"));
    assert!(why("https://login.example.org", r#","unheard_of":1"#).contains("unheard_of"));
    assert!(why("no address", "").contains("issuer"));
}
