// Users sign in through an OIDC provider: oidc-provider on loopback, and another pool of the same server.

import assert from "node:assert/strict";

import { PASSWORD, aws, claims, endpoint, makePool, makeUser, named } from "./awsemu.mjs";
import { CALLBACK, SECRET, startProvider } from "./oidc_idp.mjs";

const APP = "http://localhost:9/app";

/** A browser: it keeps the cookies of each host, and follows redirects until one leads to the app. */
class Browser {
  #cookies = new Map();

  async open(url, form) {
    for (let hops = 0; hops < 12; hops += 1) {
      if (String(url).startsWith(APP)) return { url: new URL(url) };
      const { host } = new URL(url);
      const jar = this.#cookies.get(host) ?? new Map();
      this.#cookies.set(host, jar);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
      const body = form && new URLSearchParams(form);
      const answer = await fetch(url, {
        method: form ? "POST" : "GET",
        headers: { cookie },
        body,
        redirect: "manual",
      });
      for (const line of answer.headers.getSetCookie()) {
        const [name, value] = line.split(";")[0].split(/=(.*)/s);
        if (value && !/max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.set(name, value);
        else jar.delete(name);
      }
      const location = answer.headers.get("location");
      if (!location) return { url: new URL(url), status: answer.status, html: await answer.text() };
      url = new URL(location, url);
      form = undefined;
    }
    assert.fail("too many redirects");
  }
}

const OAUTH = {
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ["code"],
  AllowedOAuthScopes: ["openid", "email", "profile"],
};

/** A pool with a provider `Corp` and an app that offers it. */
async function federate(issuer, clientId, clientSecret) {
  const { pool } = await makePool({}, {});
  await aws.createIdentityProvider({
    UserPoolId: pool,
    ProviderName: "Corp",
    ProviderType: "OIDC",
    ProviderDetails: {
      client_id: clientId,
      client_secret: clientSecret,
      authorize_scopes: "openid email profile",
      attributes_request_method: "GET",
      oidc_issuer: issuer,
    },
    AttributeMapping: { email: "email", name: "name", email_verified: "email_verified" },
  });
  const { UserPoolClient } = await aws.createUserPoolClient({
    UserPoolId: pool,
    ClientName: "app",
    ...OAUTH,
    CallbackURLs: [APP],
    SupportedIdentityProviders: ["Corp"],
  });
  return { pool, client: UserPoolClient.ClientId };
}

function authorize(client) {
  const query = {
    response_type: "code",
    client_id: client,
    redirect_uri: APP,
    state: "s",
    identity_provider: "Corp",
  };
  return `${endpoint}/oauth2/authorize?${new URLSearchParams(query)}`;
}

async function redeem(client, url) {
  assert.equal(url.searchParams.get("state"), "s", url);
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: client,
    redirect_uri: APP,
    code: url.searchParams.get("code"),
  });
  const answer = await fetch(`${endpoint}/oauth2/token`, { method: "POST", body });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

/** oidc-provider: discovery, PKCE, client_secret_post, userinfo, and attributes that change. */
async function nodeOidcProvider() {
  const account = { sub: "User-7", email: "a@example.com", email_verified: true, name: "Alice" };
  const provider = await startProvider(account);
  const { pool, client } = await federate(provider.issuer, "awsemu", SECRET);
  const { url } = await new Browser().open(authorize(client));
  const id = claims((await redeem(client, url)).id_token);
  assert.equal(id["cognito:username"], "Corp_User-7");
  assert.deepEqual([id.email, id.email_verified, id.name], ["a@example.com", true, "Alice"]);
  assert.deepEqual(id["cognito:groups"], [`${pool}_Corp`]);
  assert.equal(id.identities[0].userId, "User-7");
  assert.equal(id.identities[0].primary, "true");

  account.email = "new@example.com";
  await redeem(client, (await new Browser().open(authorize(client))).url);
  const user = await aws.adminGetUser({ UserPoolId: pool, Username: "Corp_User-7" });
  assert.equal(user.UserStatus, "EXTERNAL_PROVIDER");
  assert.equal(user.UserAttributes.find(({ Name }) => Name === "email").Value, "new@example.com");

  // A code that somebody else got is worth nothing here, and is told to the app.
  const wrong = await federate(provider.issuer, "awsemu", "another secret");
  const refused = (await new Browser().open(authorize(wrong.client))).url;
  assert.equal(refused.searchParams.get("error"), "invalid_request", refused);

  provider.stop();
  const details = { UserPoolId: pool, ProviderName: "Corp" };
  const { IdentityProvider } = await aws.describeIdentityProvider(details);
  await assert.rejects(
    aws.updateIdentityProvider({ ...details, ProviderDetails: IdentityProvider.ProviderDetails }),
    named("InvalidParameterException"),
  );
}

/** A pool is an OIDC provider too: the user signs in on the page of the other pool. */
async function anotherPool() {
  const home = await makePool(
    {},
    { GenerateSecret: true, ...OAUTH, CallbackURLs: [CALLBACK], SupportedIdentityProviders: ["COGNITO"] },
  );
  await makeUser(home.pool, "alice");
  const { pool, client } = await federate(`${endpoint}/${home.pool}`, home.client, home.secret);
  const browser = new Browser();
  const page = await browser.open(authorize(client));
  assert.equal(page.status, 200);
  assert.equal(page.url.searchParams.get("client_id"), home.client);
  const csrf = page.html.match(/name="_csrf"\s+value="([^"]+)"/)[1];
  const { url } = await browser.open(page.url, { _csrf: csrf, username: "alice", password: PASSWORD });
  const id = claims((await redeem(client, url)).id_token);
  const { UserAttributes } = await aws.adminGetUser({ UserPoolId: home.pool, Username: "alice" });
  const sub = UserAttributes.find(({ Name }) => Name === "sub").Value;
  assert.equal(id["cognito:username"], `Corp_${sub}`);
  assert.equal(id.iss, `${endpoint}/${pool}`);
  assert.deepEqual([id.email, id.email_verified], ["alice@example.com", true]);
}

await nodeOidcProvider();
await anotherPool();
