//! Metadata behind a URL: fetched anew after six hours, and kept where that fails.

use super::*;

const URL: &str = "https://corp.example/metadata";

/// A pool whose only provider is behind [`URL`].
async fn scene() -> Scene {
    let world = World::new().await;
    let pool = world.pool(json!({})).await;
    world.idps.answer_text(URL, 200, &CORP.metadata("https://corp.example"));
    let provider = json!({
        "UserPoolId": pool, "ProviderName": "Corp", "ProviderType": "SAML",
        "ProviderDetails": { "MetadataURL": URL },
    });
    world.ok("CreateIdentityProvider", provider).await;
    world.idps.requests();
    let client = Scene::client(&world, &pool, &["Corp"]).await;
    Scene { world, pool, client }
}

/// Whether a sign-in succeeds by what this provider says, and how often the metadata were fetched for it.
async fn sign_in(scene: &Scene, idp: &IdentityProvider) -> (bool, usize) {
    let mut browser = Browser::new(&scene.world);
    let location = browser::away(&browser.get(Endpoint::Authorize, &scene.authorize("")).await);
    let away = Away { browser, location };
    let state = away.asked("RelayState");
    let said = Said { assertion_id: state.clone(), ..said(scene, &state) };
    let location = away.with(&idp.respond(&said).unwrap()).await;
    (parameter(&location, "code").is_some(), scene.world.idps.requests().len())
}

#[tokio::test]
async fn after_six_hours() {
    let scene = scene().await;
    let rotated = IdentityProvider::new("https://corp").unwrap();
    scene.world.idps.answer_text(URL, 200, &rotated.metadata("https://new.example"));
    scene.world.advance(Span::minutes(359));
    assert_eq!(sign_in(&scene, &CORP).await, (true, 0));
    scene.world.advance(Span::minutes(1));
    assert_eq!(sign_in(&scene, &rotated).await, (true, 1));
    assert_eq!(sign_in(&scene, &rotated).await, (true, 0));
    assert_eq!(sign_in(&scene, &CORP).await, (false, 0));
    let which = json!({ "UserPoolId": scene.pool, "ProviderName": "Corp" });
    let details =
        &scene.world.ok("DescribeIdentityProvider", which).await["IdentityProvider"]["ProviderDetails"];
    assert_eq!(details["SSORedirectBindingURI"], "https://new.example/sso");
    assert_eq!((&details["MetadataURL"], details.get("MetadataFile")), (&json!(URL), None));
}

#[tokio::test]
async fn what_cannot_be_read_replaces_nothing() {
    let scene = scene().await;
    for (status, body) in [(500, String::new()), (200, "<html/>".to_owned()), (200, CORP.metadata("ftp://x"))]
    {
        scene.world.idps.answer_text(URL, status, &body);
        scene.world.advance(Span::hours(6));
        assert_eq!(sign_in(&scene, &CORP).await, (true, 1), "{body}");
        scene.world.advance(Span::minutes(4));
        assert_eq!(sign_in(&scene, &CORP).await, (true, 0), "left alone for a while");
        scene.world.advance(Span::minutes(1));
        assert_eq!(sign_in(&scene, &CORP).await, (true, 1), "{body}");
    }
}

#[tokio::test]
async fn sooner_where_the_metadata_say_so() {
    let scene = scene().await;
    scene.world.advance(Span::hours(6));
    let until = "validUntil=\"2100-01-01T00:00:00Z\" entityID";
    scene.world.idps.answer_text(URL, 200, &CORP.metadata("https://corp.example").replace("entityID", until));
    assert_eq!(sign_in(&scene, &CORP).await, (true, 1));
    scene.world.advance(Span::minutes(359));
    assert_eq!(sign_in(&scene, &CORP).await, (true, 0));
    // An hour from now.
    scene.world.advance(Span::minutes(1));
    let end = scene.world.now() + Span::hours(1);
    let until = format!("validUntil=\"{}\" entityID", instant(end.seconds()));
    scene.world.idps.answer_text(
        URL,
        200,
        &CORP.metadata("https://corp.example").replace("entityID", &until),
    );
    assert_eq!(sign_in(&scene, &CORP).await, (true, 1));
    scene.world.advance(Span::minutes(59));
    assert_eq!(sign_in(&scene, &CORP).await, (true, 0));
    scene.world.advance(Span::minutes(1));
    assert_eq!(sign_in(&scene, &CORP).await, (true, 1));
}

fn instant(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}
