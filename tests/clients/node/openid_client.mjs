// openid-client: discovery, code flow with PKCE, state and nonce, user info, refresh, revocation, sign-out.
// Argument: URL of awsemu.

import assert from "node:assert/strict";

import { endpoint } from "./awsemu.mjs";
import { Visitor, importPackage, makeApp } from "./visitor.mjs";

const oidc = await importPackage("openid-client/build/index.js");
const CALLBACK = "http://localhost:3000/callback";
const LOGOUT = "http://localhost:3000/";
const insecure = { execute: [oidc.allowInsecureRequests] };

/** Signs in at the pool as an app does, and gives the tokens. */
async function signIn(config, visitor, more) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: "openid email",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...more,
  });
  const answer = new URL(await visitor.signIn(url.href, CALLBACK));
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  const tokens = await oidc.authorizationCodeGrant(config, answer, checks);
  // The code is used up.
  await assert.rejects(oidc.authorizationCodeGrant(config, answer, checks), { error: "invalid_grant" });
  return tokens;
}

for (const GenerateSecret of [false, true]) {
  const app = await makeApp(CALLBACK, LOGOUT, { GenerateSecret });
  const issuer = new URL(`${endpoint}/${app.pool}`);
  const methods = GenerateSecret
    ? [oidc.ClientSecretBasic(app.secret), oidc.ClientSecretPost(app.secret)]
    : [oidc.None()];
  for (const method of methods) {
    const config = await oidc.discovery(issuer, app.client, undefined, method, insecure);
    const visitor = new Visitor();
    const first = await signIn(config, visitor);
    assert.equal(first.claims().sub, app.sub);
    assert.equal(first.claims().email, "jane@example.com");
    // The replay of the code ended that sign-in; the browser is still signed in.
    await assert.rejects(oidc.refreshTokenGrant(config, first.refresh_token), { error: "invalid_grant" });
    const verifier = oidc.randomPKCECodeVerifier();
    const code_challenge = await oidc.calculatePKCECodeChallenge(verifier);
    const again = oidc.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: "openid email",
      code_challenge,
      code_challenge_method: "S256",
    });
    const silent = await visitor.follow(again.href, CALLBACK);
    assert.ok(silent.url.startsWith(CALLBACK), silent.html);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(silent.url), { pkceCodeVerifier: verifier });

    const user = await oidc.fetchUserInfo(config, tokens.access_token, app.sub);
    assert.deepEqual([user.username, user.email, user.email_verified], ["jane", "jane@example.com", "true"]);
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    assert.equal(refreshed.claims().sub, app.sub);
    await oidc.tokenRevocation(config, tokens.refresh_token);
    await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), { error: "invalid_grant" });
    await assert.rejects(oidc.fetchUserInfo(config, refreshed.access_token, app.sub));

    const out = oidc.buildEndSessionUrl(config, { logout_uri: LOGOUT, client_id: app.client });
    assert.equal((await visitor.follow(out.href, LOGOUT)).url, LOGOUT);
    const { status, html } = await visitor.follow(again.href, CALLBACK);
    assert.equal(status, 200, "the browser is signed out");
    assert.match(html, /name="_csrf"/);
  }
  const wrong = GenerateSecret ? oidc.ClientSecretBasic("wrong-secret-of-this-app-client") : undefined;
  if (wrong) {
    const config = await oidc.discovery(issuer, app.client, undefined, wrong, insecure);
    const grant = oidc.refreshTokenGrant(config, "x");
    await assert.rejects(grant, { error: "invalid_client" });
  }
}
