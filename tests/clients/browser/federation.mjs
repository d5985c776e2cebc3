// Signs in at identity providers in Chromium: samlify by SAML, in both bindings, with and without JavaScript, and out
// there again; oidc-provider by a button of the login page. They are on 127.0.0.1 and awsemu on localhost, which are two
// sites to a browser: what they post comes without our cookies.
// Argument: URL of awsemu.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { aws, claims, endpoint, load, makePool } from "../node/awsemu.mjs";
import { SECRET, startProvider } from "../node/oidc_idp.mjs";
import { ALICE, startIdp } from "../node/saml_idp.mjs";
import { launch, serve } from "./browser.mjs";

const axe = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
const ACS = `${endpoint}/saml2/idpresponse`;

const app = await serve("");
const browser = await launch();

/** A pool that trusts a provider, with an app that offers these. */
async function trusting(provider, SupportedIdentityProviders) {
  const { pool } = await makePool({}, {});
  await aws.createIdentityProvider({ UserPoolId: pool, ...provider });
  const { UserPoolClient } = await aws.createUserPoolClient({
    UserPoolId: pool,
    ClientName: "app",
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ["code"],
    AllowedOAuthScopes: ["openid", "email"],
    CallbackURLs: [app.url],
    LogoutURLs: [app.url],
    SupportedIdentityProviders,
  });
  return { pool, client: UserPoolClient.ClientId };
}

async function saml({ signsOnBy }) {
  const idp = await startIdp({ signsOnBy });
  const provider = {
    ProviderName: "Corporate",
    ProviderType: "SAML",
    ProviderDetails: { MetadataFile: idp.metadata, RequestSigningAlgorithm: "rsa-sha256", IDPSignout: "true" },
    AttributeMapping: { email: "mail" },
  };
  const made = await trusting(provider, ["Corporate"]);
  const { Certificate } = await aws.getSigningCertificate({ UserPoolId: made.pool });
  idp.trust({
    entityID: `urn:amazon:cognito:sp:${made.pool}`,
    certificate: Certificate.replace(/-----[^-]*-----|\s/g, ""),
    acs: ACS,
    slo: `${endpoint}/saml2/logout`,
  });
  return { ...made, idp };
}

function authorize(client, more = {}) {
  const query = { response_type: "code", client_id: client, redirect_uri: app.url, state: "s", ...more };
  return `${endpoint}/oauth2/authorize?${new URLSearchParams(query)}`;
}

/** Opens a URL. Pages of the provider are sent on by their button, and pages of ours too where no script does it. */
async function go({ page, javaScriptEnabled }, url) {
  const passed = [];
  await page.goto(url);
  while (!page.url().startsWith(app.url)) {
    const ours = page.url().startsWith(endpoint);
    if (ours && (await page.locator("main").getAttribute("data-testid")) !== "post") break;
    passed.push({ ours, lang: await page.locator("html").getAttribute("lang") });
    await Promise.all([page.waitForEvent("load"), page.locator("form button").first().click()]);
    if (javaScriptEnabled) await page.waitForURL((at) => at.href !== ACS);
  }
  return passed;
}

/** A browser of its own. `posts` tells of each post to the consumer whether our cookie came along. */
async function newVisitor({ javaScriptEnabled = true, ...options } = {}) {
  const context = await browser.newContext({ javaScriptEnabled, ...options });
  const page = await context.newPage();
  const posts = [];
  page.on("request", (request) => {
    if (request.method() !== "POST" || request.url() !== ACS) return;
    posts.push(request.allHeaders().then(({ cookie = "" }) => cookie.includes("XSRF-TOKEN-")));
  });
  return { context, page, javaScriptEnabled, posts: () => Promise.all(posts) };
}

/** The claims of the ID token for the code that the app got. */
async function signedIn(page, client) {
  const { searchParams } = new URL(page.url());
  assert.equal(searchParams.get("state"), "s", page.url());
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: client,
    redirect_uri: app.url,
    code: searchParams.get("code"),
  });
  const answer = await fetch(`${endpoint}/oauth2/token`, { method: "POST", body });
  assert.equal(answer.status, 200, await answer.clone().text());
  return claims((await answer.json()).id_token);
}

/** Our cookies come with the second post only, the one of our own page. */
async function samlWithScripts() {
  const { client, idp } = await saml({ signsOnBy: "redirect" });
  const visitor = await newVisitor();
  const { context, page, posts } = visitor;
  await go(visitor, authorize(client));
  const id = await signedIn(page, client);
  assert.deepEqual([id["cognito:username"], id.email], [`Corporate_${ALICE}`, ALICE]);
  assert.deepEqual(await posts(), [false, true]);

  // The session signs in without the provider, until it is ended, there as well.
  await go(visitor, authorize(client));
  assert.equal(idp.requests.length, 1);
  await signedIn(page, client);
  const logout = { client_id: client, logout_uri: app.url };
  await go(visitor, `${endpoint}/logout?${new URLSearchParams(logout)}`);
  assert.equal(page.url(), app.url);
  assert.deepEqual(idp.requests.map(({ kind }) => kind), ["sign-in", "sign-out"]);
  await go(visitor, authorize(client));
  await signedIn(page, client);
  assert.equal(idp.requests.length, 3);

  // The other form leads to a new sign-in.
  const again = { client_id: client, redirect_uri: app.url, response_type: "code", state: "s" };
  await go(visitor, `${endpoint}/logout?${new URLSearchParams(again)}`);
  assert.equal(new URL(page.url()).pathname, "/login");
  assert.deepEqual(idp.requests.slice(3).map(({ kind }) => kind), ["sign-out"]);
  await context.close();
  idp.stop();
}

/** The request to the provider is posted too: both pages of ours have a button, in the language of the browser. */
async function samlWithoutScripts() {
  const { client, idp } = await saml({ signsOnBy: "post" });
  const visitor = await newVisitor({ javaScriptEnabled: false, locale: "de-DE" });
  const { context, page, posts } = visitor;
  const passed = await go(visitor, authorize(client));
  assert.equal((await signedIn(page, client)).email, ALICE);
  assert.deepEqual(passed.map(({ ours }) => ours), [true, false, true]);
  assert.deepEqual(passed.filter(({ ours }) => ours).map(({ lang }) => lang), ["de", "de"]);
  assert.deepEqual(await posts(), [false, true]);
  await context.close();
  idp.stop();
}

/** The page that posts, held still: nothing that axe-core finds. */
async function thePageThatPosts() {
  const { client, idp } = await saml({ signsOnBy: "post" });
  const { context, page } = await newVisitor();
  await page.route("**/static/post.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await page.goto(authorize(client, { lang: "fr" }));
  assert.equal(await page.locator("html").getAttribute("lang"), "fr");
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const devtools = await context.newCDPSession(page);
    const expression = `${axe}; axe.run({ resultTypes: ["violations"] }).then((found) => JSON.stringify(found.violations))`;
    const { result } = await devtools.send("Runtime.evaluate", { expression, awaitPromise: true });
    assert.deepEqual(JSON.parse(result.value).map(({ id, nodes }) => [id, nodes[0].html]), [], colorScheme);
  }
  await context.close();
  idp.stop();
}

/** A response that an attacker got for himself signs nobody else in: login CSRF. */
async function aForeignResponse() {
  const { client, idp } = await saml({ signsOnBy: "redirect" });
  const attacker = await newVisitor();
  await attacker.page.goto(authorize(client));
  const stolen = await attacker.page.content();
  const { context, page } = await newVisitor();
  await page.route("**/trap", (route) => route.fulfill({ contentType: "text/html", body: stolen }));
  await page.goto(authorize(client));
  await page.goto(`${idp.url}/trap`);
  await page.locator("form button").click();
  await page.waitForURL((at) => at.pathname === "/error");
  await context.close();
  await attacker.context.close();
  idp.stop();
}

async function oidc() {
  const account = { sub: "User-7", email: "a@example.com", email_verified: true, name: "Alice" };
  const idp = await startProvider(account);
  const provider = {
    ProviderName: "Corp",
    ProviderType: "OIDC",
    ProviderDetails: {
      client_id: "awsemu",
      client_secret: SECRET,
      authorize_scopes: "openid email",
      attributes_request_method: "GET",
      oidc_issuer: idp.issuer,
    },
    AttributeMapping: { email: "email" },
  };
  const { client } = await trusting(provider, ["COGNITO", "Corp"]);
  const { context, page } = await newVisitor();
  await page.goto(authorize(client));
  await page.getByTestId("provider-Corp").click();
  await page.waitForURL((at) => at.href.startsWith(app.url));
  const id = await signedIn(page, client);
  assert.deepEqual([id["cognito:username"], id.email], ["Corp_User-7", "a@example.com"]);

  // What the browser comes back with counts once; later the session signs in.
  const answers = [];
  page.on("request", (request) => request.url().includes("/oauth2/idpresponse") && answers.push(request.url()));
  await page.goto(authorize(client));
  await signedIn(page, client);
  await page.goto(authorize(client, { identity_provider: "Corp", prompt: "login" }));
  await page.waitForURL((at) => at.href.startsWith(app.url));
  await signedIn(page, client);
  assert.equal(answers.length, 1);
  await page.goto(answers[0]);
  assert.equal(new URL(page.url()).pathname, "/error");

  // Signing out here leaves the session there: the next sign-in asks for nothing.
  await page.goto(`${endpoint}/logout?${new URLSearchParams({ client_id: client, logout_uri: app.url })}`);
  assert.equal(page.url(), app.url);
  await page.goto(authorize(client));
  assert.equal(new URL(page.url()).pathname, "/login");
  await page.getByTestId("provider-Corp").click();
  await page.waitForURL((at) => at.href.startsWith(app.url));
  await signedIn(page, client);
  await context.close();
  idp.stop();
}

try {
  await samlWithScripts();
  await samlWithoutScripts();
  await thePageThatPosts();
  await aForeignResponse();
  await oidc();
} finally {
  await browser.close();
  app.close();
}
