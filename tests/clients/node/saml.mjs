// SAML 2.0 with samlify as the identity provider: sign-ins that the pool begins (signed requests, both bindings,
// encrypted assertions), that the identity provider begins, and single logout. Argument: URL of awsemu.

import assert from "node:assert/strict";

import { aws, claims, endpoint, makePool } from "./awsemu.mjs";
import { ALICE, GROUPS, startIdp } from "./saml_idp.mjs";

const CALLBACK = "https://app.example.com/callback";
const GOODBYE = "https://app.example.com/goodbye";
const ACS = `${endpoint}/saml2/idpresponse`;

/** A browser: it keeps cookies, follows redirects between awsemu and the identity provider, and sends forms. */
class Browser {
  cookies = new Map();

  /** Goes to a URL and on, until it would leave both. Gives the URL that it leaves for, or the last page. */
  async go(url, form) {
    for (let steps = 0; steps < 12; steps += 1) {
      if (!url.startsWith("http://")) return { url };
      const ours = url.startsWith(endpoint);
      const headers = ours ? { cookie: [...this.cookies].map((pair) => pair.join("=")).join("; ") } : {};
      const init = { headers, redirect: "manual" };
      if (form) Object.assign(init, { method: "POST", body: new URLSearchParams(form) });
      const response = await fetch(url, init);
      if (ours) this.keep(response);
      const next = response.headers.get("location");
      const page = await response.text();
      if (next) [url, form] = [new URL(next, url).href, undefined];
      else {
        const posted = automatic(page);
        if (!posted) return { url, status: response.status, page };
        [url, form] = [new URL(posted.action, url).href, posted.fields];
      }
    }
    assert.fail("too many steps");
  }

  keep(response) {
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      if (/max-age=0(;|$)/i.test(cookie) || value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

/** The form of a page that carries a SAML message on. */
function automatic(page) {
  const unescape = (text) =>
    text.replace(/&quot;|&#34;/g, '"').replace(/&#x2f;|&#47;/gi, "/").replace(/&#38;|&amp;/g, "&");
  const action = page.match(/<form[^>]*\baction="([^"]*)"/)?.[1];
  const inputs = [...page.matchAll(/<input type="hidden" name="(SAML\w+|RelayState)" value="([^"]*)"/g)];
  if (action === undefined || !inputs.some(([, name]) => name.startsWith("SAML"))) return undefined;
  return { action: unescape(action), fields: inputs.map(([, name, value]) => [name, unescape(value)]) };
}

/** A pool with an app client that signs in by a provider, which trusts the pool. */
async function poolWith(idp, details) {
  const { pool, client } = await makePool(
    { Schema: [{ Name: "groups", AttributeDataType: "String", Mutable: true }] },
    { CallbackURLs: [CALLBACK], LogoutURLs: [GOODBYE] },
  );
  await aws.createIdentityProvider({
    UserPoolId: pool,
    ProviderName: "Corporate",
    ProviderType: "SAML",
    ProviderDetails: { MetadataFile: idp.metadata, RequestSigningAlgorithm: "rsa-sha256", ...details },
    AttributeMapping: { email: "mail", "custom:groups": "groups" },
  });
  await aws.updateUserPoolClient({
    UserPoolId: pool,
    ClientId: client,
    CallbackURLs: [CALLBACK],
    LogoutURLs: [GOODBYE],
    SupportedIdentityProviders: ["Corporate"],
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ["code"],
    AllowedOAuthScopes: ["openid", "email", "profile"],
  });
  const { Certificate } = await aws.getSigningCertificate({ UserPoolId: pool });
  const entityID = `urn:amazon:cognito:sp:${pool}`;
  idp.trust({ entityID, certificate: Certificate.replace(/-----[^-]*-----|\s/g, ""), acs: ACS, slo: `${endpoint}/saml2/logout` });
  return { pool, client };
}

const asked = (client, more) =>
  new URLSearchParams({
    response_type: "code",
    client_id: client,
    redirect_uri: CALLBACK,
    scope: "openid email profile",
    state: "state & more",
    ...more,
  });

/** The tokens for the code in the URL that the browser left for. */
async function tokens(client, { url, page }) {
  assert.ok(url.startsWith(`${CALLBACK}?`), `${url} ${page}`);
  const answered = new URL(url).searchParams;
  assert.equal(answered.get("error_description"), null);
  assert.equal(answered.get("state"), "state & more");
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: client,
    redirect_uri: CALLBACK,
    code: answered.get("code"),
  });
  const response = await fetch(`${endpoint}/oauth2/token`, { method: "POST", body });
  const granted = await response.json();
  assert.equal(response.status, 200, JSON.stringify(granted));
  return granted;
}

async function signedIn(pool, client, left) {
  const { id_token, access_token } = await tokens(client, left);
  const id = claims(id_token);
  assert.equal(id["cognito:username"], `Corporate_${ALICE}`);
  assert.equal(id.email, ALICE);
  assert.equal(id.identities[0].providerType, "SAML");
  assert.equal(id.identities[0].userId, ALICE);
  assert.deepEqual(claims(access_token)["cognito:groups"], [`${pool}_Corporate`]);
  const { Users } = await aws.listUsers({ UserPoolId: pool });
  assert.equal(Users.length, 1);
  assert.equal(Users[0].UserStatus, "EXTERNAL_PROVIDER");
  return id;
}

async function begunByThePool({ signsOnBy, encrypts }) {
  const idp = await startIdp({ signsOnBy, encrypts });
  const { pool, client } = await poolWith(idp, encrypts ? { EncryptedResponses: "true" } : {});
  const query = asked(client, { identity_provider: "Corporate" });
  const browser = new Browser();
  await signedIn(pool, client, await browser.go(`${endpoint}/oauth2/authorize?${query}`));
  assert.deepEqual(idp.requests.map(({ kind, binding }) => [kind, binding]), [["sign-in", signsOnBy]]);
  // A second browser meets the same user again.
  await signedIn(pool, client, await new Browser().go(`${endpoint}/oauth2/authorize?${query}`));
  idp.stop();
}

async function replayed() {
  const idp = await startIdp();
  const { client } = await poolWith(idp, { IDPInit: "true" });
  const query = asked(client, { identity_provider: "Corporate" });
  const { action, fields } = automatic(await idp.unasked(String(query)));
  const browser = new Browser();
  await tokens(client, await browser.go(action, fields));
  const again = await new Browser().go(action, fields);
  assert.ok(!again.url.includes("code="), again.url);
  idp.stop();
}

async function begunByTheProvider() {
  const idp = await startIdp();
  const { pool, client } = await poolWith(idp, { IDPInit: "true" });
  const page = await idp.unasked(String(asked(client, { identity_provider: "Corporate" })));
  const { action, fields } = automatic(page);
  await signedIn(pool, client, await new Browser().go(action, fields));
  idp.stop();
}

async function notBegunByTheProviderUnlessAllowed() {
  const idp = await startIdp();
  const { pool, client } = await poolWith(idp, {});
  const { action, fields } = automatic(await idp.unasked(String(asked(client, { identity_provider: "Corporate" }))));
  const left = await new Browser().go(action, fields);
  assert.ok(!left.url.includes("code="), left.url);
  const { Users } = await aws.listUsers({ UserPoolId: pool });
  assert.equal(Users.length, 0);
  idp.stop();
}

async function signedOut() {
  const idp = await startIdp();
  const { pool, client } = await poolWith(idp, { IDPSignout: "true" });
  const browser = new Browser();
  const query = asked(client, { identity_provider: "Corporate" });
  await signedIn(pool, client, await browser.go(`${endpoint}/oauth2/authorize?${query}`));
  const logout = new URLSearchParams({ client_id: client, logout_uri: GOODBYE });
  assert.equal((await browser.go(`${endpoint}/logout?${logout}`)).url, GOODBYE);
  const [, signOut] = idp.requests;
  assert.equal(signOut.kind, "sign-out");
  assert.equal(signOut.nameID, ALICE);
  assert.equal(signOut.sessionIndex, "session-of-alice");
  idp.stop();
}

await begunByThePool({ signsOnBy: "redirect", encrypts: false });
await begunByThePool({ signsOnBy: "post", encrypts: false });
await begunByThePool({ signsOnBy: "redirect", encrypts: true });
await begunByTheProvider();
await notBegunByTheProviderUnlessAllowed();
await replayed();
await signedOut();
console.log("SAML with samlify: fine");
