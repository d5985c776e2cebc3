// aws-amplify in a page of another origin: signInWithRedirect and signOut. Amplify goes to a domain by https only, so a
// proxy with a certificate of its own stands before awsemu.
// Argument: URL of awsemu.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as forward } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { endpoint, load } from "../node/awsemu.mjs";
import { makeApp } from "../node/visitor.mjs";
import { fillIn, launch, serve } from "./browser.mjs";

/** Amplify as one script for the page, with what ends a sign-in when the page comes back. */
async function bundle() {
  const contents = `
    export { Amplify } from "aws-amplify";
    export { fetchAuthSession, getCurrentUser, signInWithRedirect, signOut } from "aws-amplify/auth";
    import "aws-amplify/auth/enable-oauth-listener";`;
  const stdin = { contents, resolveDir: process.env.NODE_CLIENTS };
  const options = { stdin, bundle: true, format: "iife", globalName: "amplify", write: false };
  const { outputFiles } = await load("esbuild").build(options);
  return outputFiles[0].text;
}

/** A TLS proxy before awsemu. Gives its host and port, and the way to end it. */
async function proxy() {
  const folder = mkdtempSync(join(tmpdir(), "awsemu-"));
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
  const subject = ["-subj", "/CN=localhost", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, ...subject], {
    stdio: "ignore",
  });
  const tls = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  const server = createServer(tls, (request, answer) => {
    const { method, url, headers } = request;
    const inner = forward(new URL(url, endpoint), { method, headers: { ...headers, host: new URL(endpoint).host } });
    inner.on("response", (response) => {
      answer.writeHead(response.statusCode, response.headers);
      response.pipe(answer);
    });
    request.pipe(inner);
  });
  await new Promise((ready) => server.listen(0, "localhost", ready));
  return { domain: `localhost:${server.address().port}`, close: () => server.close() };
}

/** Runs in the page, each time that it comes: configures Amplify. */
function configure({ settings }) {
  amplify.Amplify.configure(settings);
}

/** Runs in the page: who is signed in, once the sign-in has ended. */
async function who() {
  for (let tries = 0; tries < 50; tries += 1) {
    const { tokens } = await amplify.fetchAuthSession();
    if (tokens) return { user: await amplify.getCurrentUser(), email: tokens.idToken.payload.email };
    await new Promise((ready) => setTimeout(ready, 100));
  }
  return undefined;
}

const front = await proxy();
const site = await serve(await bundle());
const app = await makeApp(site.url, site.url);
const settings = {
  Auth: {
    Cognito: {
      userPoolId: app.pool,
      userPoolClientId: app.client,
      userPoolEndpoint: endpoint,
      loginWith: {
        oauth: {
          domain: front.domain,
          scopes: ["openid", "email", "profile"],
          redirectSignIn: [site.url],
          redirectSignOut: [site.url],
          responseType: "code",
        },
      },
    },
  },
};
const browser = await launch();
try {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const open = async () => {
    await page.goto(site.url);
    await page.evaluate(configure, { settings });
  };
  const signIn = () => page.evaluate(() => void amplify.signInWithRedirect());
  await open();
  await signIn();
  await page.waitForURL(`https://${front.domain}/login?**`);
  await fillIn(page, site.url);
  await page.evaluate(configure, { settings });
  const { user, email } = await page.evaluate(who);
  assert.deepEqual([user.userId, user.username, email], [app.sub, "jane", "jane@example.com"]);

  await Promise.all([
    page.waitForRequest((request) => request.url().startsWith(`https://${front.domain}/logout?`)),
    page.waitForEvent("load"),
    page.evaluate(() => void amplify.signOut()),
  ]);
  assert.equal(page.url(), site.url);
  await page.evaluate(configure, { settings });
  assert.deepEqual((await page.evaluate(() => amplify.fetchAuthSession())).tokens, undefined);
  await signIn();
  await page.waitForURL(`https://${front.domain}/login?**`);
} finally {
  await browser.close();
  site.close();
  front.close();
}
