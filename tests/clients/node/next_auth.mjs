// next-auth (its core, @auth/core) with the Cognito provider: the handler that an app mounts, from sign-in to session.
// Argument: URL of awsemu.

import assert from "node:assert/strict";

import { endpoint } from "./awsemu.mjs";
import { Visitor, importPackage, makeApp } from "./visitor.mjs";

const { Auth } = await importPackage("@auth/core/index.js");
const { default: Cognito } = await importPackage("@auth/core/providers/cognito.js");

const SITE = "http://localhost:3000";
const CALLBACK = `${SITE}/auth/callback/cognito`;
const app = await makeApp(CALLBACK, `${SITE}/`, { GenerateSecret: true });
const config = {
  basePath: "/auth",
  providers: [
    Cognito({ clientId: app.client, clientSecret: app.secret, issuer: `${endpoint}/${app.pool}` }),
  ],
  secret: "0123456789abcdef0123456789abcdef",
  trustHost: true,
  callbacks: {
    jwt: ({ token, account }) => (account ? { ...token, refreshes: Boolean(account.refresh_token) } : token),
    session: ({ session, token }) => ({ ...session, refreshes: token.refreshes }),
  },
};

// The site's cookies; the pool's are the visitor's.
const cookies = new Map();

/** A request to the site, answered by next-auth. */
async function ask(url, options = {}) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const request = new Request(url, { ...options, headers: { ...options.headers, cookie } });
  const answer = await Auth(request, config);
  for (const line of answer.headers.getSetCookie()) {
    const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
    cookies.set(name, value);
  }
  return answer;
}

const { csrfToken } = await (await ask(`${SITE}/auth/csrf`)).json();
const begun = await ask(`${SITE}/auth/signin/cognito`, {
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ csrfToken, callbackUrl: SITE }),
});
const authorize = begun.headers.get("location");
assert.ok(authorize.startsWith(`${endpoint}/oauth2/authorize?`), authorize);
const back = await new Visitor().signIn(authorize, CALLBACK);
const done = await ask(back);
assert.equal(done.headers.get("location"), SITE);
const session = await (await ask(`${SITE}/auth/session`)).json();
assert.equal(session.user.email, "jane@example.com");
assert.equal(session.refreshes, true);
