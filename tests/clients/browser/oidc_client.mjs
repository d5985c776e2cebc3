// oidc-client-ts in a page of another origin: sign-in by redirect, user info, silent renewal, revocation, sign-out.
// Argument: URL of awsemu.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { endpoint } from "../node/awsemu.mjs";
import { makeApp } from "../node/visitor.mjs";
import { fillIn, launch, serve } from "./browser.mjs";

const library = `${process.env.NODE_CLIENTS}/node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js`;

const site = await serve(readFileSync(library, "utf8"));
const app = await makeApp(site.url, site.url);
const settings = {
  authority: `${endpoint}/${app.pool}`,
  client_id: app.client,
  redirect_uri: site.url,
  scope: "openid email",
  loadUserInfo: true,
  extraQueryParams: { lang: "en" },
};

/** Runs in the page: a call of the library's user manager; of a user the parts that the test looks at. */
async function call([settings, name, ...more]) {
  globalThis.manager ??= new oidc.UserManager(settings);
  const result = await globalThis.manager[name](...more);
  return result?.profile && { profile: result.profile, access: result.access_token, refresh: result.refresh_token };
}

const browser = await launch();
try {
  const page = await browser.newPage();
  const run = (name, ...more) => page.evaluate(call, [settings, name, ...more]);
  await page.goto(site.url);
  // The page goes away under the call.
  await Promise.all([page.waitForURL(`${endpoint}/login?**`), run("signinRedirect").catch(() => undefined)]);
  await fillIn(page, site.url);
  const first = await run("signinRedirectCallback");
  assert.deepEqual([first.profile.sub, first.profile.email], [app.sub, "jane@example.com"]);
  assert.equal(first.profile.username, "jane", "the user info is in the profile");
  const renewed = await run("signinSilent");
  assert.equal(renewed.profile.sub, app.sub);
  assert.notEqual(renewed.access, first.access);

  // Who is signed in need not sign in again.
  await run("removeUser");
  await page.goto(site.url);
  await Promise.all([page.waitForURL(/\?code=/), run("signinRedirect").catch(() => undefined)]);
  await run("signinRedirectCallback");
  await run("revokeTokens", ["refresh_token"]);
  const leave = { extraQueryParams: { client_id: app.client, logout_uri: site.url } };
  await Promise.all([
    page.waitForEvent("load"),
    run("signoutRedirect", leave).catch(() => undefined),
  ]);
  assert.equal(page.url(), site.url);
  await Promise.all([page.waitForURL(`${endpoint}/login?**`), run("signinRedirect").catch(() => undefined)]);
} finally {
  await browser.close();
  site.close();
}
