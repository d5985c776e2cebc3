//! When an issuer is asked for its keys, what of its answers is believed, and for how long.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use cognito_jwt::SigningKey;
use serde_json::json;

use super::*;
use crate::ports::IdpAnswer;

const ISSUER: &str = "https://issuer.example.com";
const JWKS: &str = "https://issuer.example.com/keys";

static KEYS: LazyLock<[SigningKey; 2]> =
    LazyLock::new(|| [(); 2].map(|()| SigningKey::generate().expect("OpenSSL makes RSA keys")));

/// An issuer that answers after a while, and counts.
#[derive(Default)]
struct Fake {
    answers: Mutex<HashMap<String, IdpAnswer>>,
    slow: Mutex<Duration>,
    asked: AtomicUsize,
}

#[async_trait]
impl IdpClient for Fake {
    async fn send(&self, request: IdpRequest) -> Result<IdpAnswer, IdpError> {
        assert_eq!(request.limit, Some(LONGEST));
        self.asked.fetch_add(1, Ordering::SeqCst);
        let slow = *locked(&self.slow);
        tokio::time::sleep(slow).await;
        let answer = locked(&self.answers).get(&request.url).cloned();
        answer.ok_or(IdpError(request.url))
    }
}

/// The issuer and who trusts it.
struct Scene {
    fake: Arc<Fake>,
    idps: Arc<dyn IdpClient>,
    keys: Arc<RemoteKeys>,
}

impl Scene {
    /// An issuer with the first key.
    fn new() -> Self {
        let fake = Arc::<Fake>::default();
        let scene = Self { idps: Arc::clone(&fake) as _, fake, keys: Arc::default() };
        scene.discovery(&json!({ "issuer": ISSUER, "jwks_uri": JWKS }).to_string());
        scene.publish(&[0]);
        scene
    }

    fn discovery(&self, document: &str) {
        self.answer(&format!("{ISSUER}/.well-known/openid-configuration"), 200, document);
    }

    fn publish(&self, keys: &[usize]) {
        let keys: Vec<Value> = keys.iter().map(|key| KEYS[*key].public_jwk()).collect();
        self.answer(JWKS, 200, &json!({ "keys": keys }).to_string());
    }

    fn answer(&self, url: &str, status: u16, body: &str) {
        let answer = IdpAnswer { status, body: body.as_bytes().to_vec() };
        locked(&self.fake.answers).insert(url.to_owned(), answer);
    }

    fn slow(&self, seconds: f32) {
        *locked(&self.fake.slow) = Duration::from_secs_f32(seconds);
    }

    fn die(&self) {
        locked(&self.fake.answers).clear();
    }

    /// Verifies a token of a key: `ok` or why not, and how many documents were fetched for it.
    async fn check(&self, key: usize, expected: &str, fetched: usize) {
        self.check_at(&issuer(), key, expected, fetched).await;
    }

    async fn check_at(&self, place: &Place, key: usize, expected: &str, fetched: usize) {
        let before = self.fake.asked.load(Ordering::SeqCst);
        let outcome = self.keys.verify(&self.idps, place, &token(key)).await;
        assert_eq!(told(outcome), expected);
        assert_eq!(self.fake.asked.load(Ordering::SeqCst) - before, fetched, "documents fetched");
    }
}

fn issuer() -> Place {
    Place::Issuer(ISSUER.to_owned())
}

fn token(key: usize) -> String {
    KEYS[key].sign(&json!({ "iss": ISSUER })).expect("a key signs")
}

fn told(outcome: Result<Map<String, Value>, Unverified>) -> String {
    match outcome {
        Ok(claims) => {
            assert_eq!(Value::Object(claims), json!({ "iss": ISSUER }));
            "ok".to_owned()
        }
        Err(error) => error.to_string(),
    }
}

async fn pass(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

const NO_KEYS: &str = "the keys of the issuer cannot be had";
const UNKNOWN: &str = "the token's key is unknown";

#[tokio::test(start_paused = true)]
async fn keys_are_fetched_once_in_two_hours() {
    let scene = Scene::new();
    scene.check(0, "ok", 2).await;
    scene.check(0, "ok", 0).await;
    pass(2 * 60 * 60 - 1).await;
    scene.check(0, "ok", 0).await;
    pass(1).await;
    scene.check(0, "ok", 2).await;
}

#[tokio::test(start_paused = true)]
async fn keys_are_not_used_past_two_hours() {
    let scene = Scene::new();
    scene.check(0, "ok", 2).await;
    scene.die();
    pass(2 * 60 * 60).await;
    scene.check(0, NO_KEYS, 1).await;
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_is_looked_for_once_in_a_while() {
    let scene = Scene::new();
    scene.check(0, "ok", 2).await;
    scene.publish(&[1]);
    scene.check(1, UNKNOWN, 0).await;
    pass(5).await;
    scene.check(1, "ok", 2).await;
    // The old key was withdrawn.
    scene.check(0, UNKNOWN, 0).await;
    pass(5).await;
    scene.check(0, UNKNOWN, 2).await;
    scene.check(0, UNKNOWN, 0).await;
    scene.check(1, "ok", 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_look_leaves_the_keys_that_are_good() {
    let scene = Scene::new();
    scene.check(0, "ok", 2).await;
    scene.die();
    pass(5).await;
    scene.check(1, UNKNOWN, 1).await;
    scene.check(0, "ok", 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_dead_issuer_is_left_alone_for_a_while() {
    let scene = Scene::new();
    scene.die();
    scene.check(0, NO_KEYS, 1).await;
    scene.check(0, NO_KEYS, 0).await;
    pass(4).await;
    scene.check(0, NO_KEYS, 0).await;
    pass(1).await;
    scene.check(0, NO_KEYS, 1).await;
}

#[tokio::test(start_paused = true)]
async fn callers_at_once_share_one_fetch() {
    let scene = Scene::new();
    scene.slow(0.5);
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let (keys, idps) = (Arc::clone(&scene.keys), Arc::clone(&scene.idps));
            tokio::spawn(async move { told(keys.verify(&idps, &issuer(), &token(0)).await) })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.expect("no panic"), "ok");
    }
    assert_eq!(scene.fake.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_goes_away_does_not_end_the_fetch() {
    let scene = Scene::new();
    scene.slow(0.5);
    let (keys, idps) = (Arc::clone(&scene.keys), Arc::clone(&scene.idps));
    let gone = tokio::spawn(async move { told(keys.verify(&idps, &issuer(), &token(0)).await) });
    tokio::time::sleep(Duration::from_millis(100)).await;
    gone.abort();
    // The first document is on its way for the other one.
    scene.check(0, "ok", 1).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_behind_a_look_for_an_unknown_key() {
    let scene = Scene::new();
    scene.check(0, "ok", 2).await;
    pass(5).await;
    scene.slow(1.0);
    let (keys, idps) = (Arc::clone(&scene.keys), Arc::clone(&scene.idps));
    let looking = tokio::spawn(async move { told(keys.verify(&idps, &issuer(), &token(1)).await) });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    scene.check(0, "ok", 0).await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(looking.await.expect("no panic"), UNKNOWN);
}

#[tokio::test(start_paused = true)]
async fn a_slow_issuer_is_given_up() {
    let scene = Scene::new();
    scene.slow(0.8);
    let begun = Instant::now();
    scene.check(0, NO_KEYS, 2).await;
    assert_eq!(begun.elapsed(), TIMEOUT);
    scene.check(0, NO_KEYS, 0).await;
    // An identity provider may take its time.
    scene.slow(4.9);
    scene.check_at(&Place::Jwks(JWKS.to_owned()), 0, "ok", 1).await;
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_forgotten_are_fetched_at_once() {
    let scene = Scene::new();
    scene.check(0, "ok", 2).await;
    scene.publish(&[1]);
    scene.keys.forget(&issuer());
    scene.check(1, "ok", 2).await;
    scene.check(0, UNKNOWN, 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_document_without_discovery() {
    let scene = Scene::new();
    scene.check_at(&Place::Jwks(JWKS.to_owned()), 0, "ok", 1).await;
    scene.check_at(&Place::Jwks(format!("{JWKS}/other")), 0, NO_KEYS, 1).await;
}

#[tokio::test(start_paused = true)]
async fn few_issuers_are_kept() {
    let scene = Scene::new();
    scene.check(0, "ok", 2).await;
    for number in 0..2 * PLACES {
        pass(1).await;
        let place = Place::Jwks(format!("https://dead.example.com/{number}"));
        scene.check_at(&place, 0, NO_KEYS, 1).await;
    }
    assert_eq!(locked(&scene.keys.0).len(), PLACES);
    // The oldest was forgotten, and is simply asked again.
    scene.check(0, "ok", 2).await;
}

#[tokio::test(start_paused = true)]
async fn tokens_that_name_no_key_cost_nothing() {
    let scene = Scene::new();
    for token in ["", "x.e30", "a.b.c", "e30.e30.e30", "eyJhbGciOiJub25lIiwia2lkIjoieCJ9.e30."] {
        assert!(scene.keys.verify(&scene.idps, &issuer(), token).await.is_err(), "{token}");
    }
    assert_eq!(scene.fake.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn documents_that_are_not_believed() {
    let good = json!({ "issuer": ISSUER, "jwks_uri": JWKS });
    let with = |name: &str, value: Value| {
        let mut document = good.clone();
        document[name] = value;
        document.to_string()
    };
    for document in [
        String::new(),
        "[]".to_owned(),
        "{}".to_owned(),
        with("issuer", json!("https://other.example.com")),
        with("issuer", json!(format!("{ISSUER}/"))),
        with("issuer", json!(null)),
        with("jwks_uri", json!(1)),
        with("jwks_uri", json!("http://issuer.example.com/keys")),
        with("jwks_uri", json!("file:///etc/passwd")),
        format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"https://a.example.com","jwks_uri":"{JWKS}"}}"#),
        format!("{good}{}", " ".repeat(LONGEST)),
    ] {
        let scene = Scene::new();
        scene.discovery(&document);
        scene.check(0, NO_KEYS, 1).await;
    }
    for (status, document) in [
        (500, json!({ "keys": [KEYS[0].public_jwk()] }).to_string()),
        (302, String::new()),
        (200, String::new()),
        (200, "{}".to_owned()),
        (200, json!({ "keys": [KEYS[0].public_jwk(), KEYS[0].public_jwk()] }).to_string()),
        (200, format!("{}{}", json!({ "keys": [KEYS[0].public_jwk()] }), " ".repeat(LONGEST))),
    ] {
        let scene = Scene::new();
        scene.answer(JWKS, status, &document);
        scene.check(0, NO_KEYS, 2).await;
    }
}
