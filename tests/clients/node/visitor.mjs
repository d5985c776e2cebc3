// A visitor of login pages without a browser: cookies, redirects, and the first form with a password.

import assert from "node:assert/strict";

import { PASSWORD, aws, makePool, makeUser } from "./awsemu.mjs";

/** Imports a file of a package that is an ES module, which `load` cannot. */
export function importPackage(path) {
  return import(`${process.env.NODE_CLIENTS}/node_modules/${path}`);
}

/** Makes a pool with the user jane and an app client for the code flow. */
export async function makeApp(callback, logout, client) {
  const made = await makePool(
    {},
    {
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ["code"],
      AllowedOAuthScopes: ["openid", "email", "profile"],
      CallbackURLs: [callback],
      LogoutURLs: [logout],
      SupportedIdentityProviders: ["COGNITO"],
      ...client,
    },
  );
  await makeUser(made.pool, "jane");
  const { UserAttributes } = await aws.adminGetUser({ UserPoolId: made.pool, Username: "jane" });
  const sub = UserAttributes.find((attribute) => attribute.Name === "sub").Value;
  return { ...made, sub };
}

/** A browser in small. */
export class Visitor {
  #cookies = new Map();

  /** One request; keeps the cookies of the answer. */
  async request(url, options = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...options.headers, ...(cookie && { cookie }) };
    const answer = await fetch(url, { ...options, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/;\s*max-age=0/i.test(line) || value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }

  /** Follows redirects until a page, or until one leads to `end`. Gives that URL, or the page. */
  async follow(url, end, options) {
    for (let hops = 0; hops < 8; hops += 1) {
      const answer = await this.request(url, options);
      const location = answer.headers.get("location");
      if (!location) return { url, status: answer.status, html: await answer.text() };
      url = new URL(location, url).href;
      if (url.startsWith(end)) return { url };
      options = undefined;
    }
    throw new Error(`too many redirects, at last to ${url}`);
  }

  /** Signs in, and gives the URL of the app to which that leads. */
  async signIn(url, callback, { username = "jane", password = PASSWORD } = {}) {
    let { url: place, html, status } = await this.follow(url, callback);
    if (html === undefined) return place;
    assert.equal(status, 200, html);
    // A page may ask for the name first.
    for (let pages = 0; pages < 2; pages += 1) {
      const fields = new URLSearchParams(inputs(html));
      fields.set("username", username);
      if (fields.has("password")) fields.set("password", password);
      const action = decode(html.match(/<form[^>]*\baction="([^"]*)"/)?.[1] ?? "");
      const target = new URL(action, place).href;
      const answer = await this.follow(target, callback, { method: "POST", body: fields });
      if (answer.html === undefined) return answer.url;
      ({ url: place, html } = answer);
    }
    throw new Error(`the sign-in did not end: ${html}`);
  }
}

/** What an attribute says. */
function decode(text) {
  return text.replaceAll("&#38;", "&").replaceAll("&amp;", "&").replaceAll("&quot;", '"');
}

/** The named inputs of a page with their values. */
function inputs(html) {
  return [...html.matchAll(/<input\b[^>]*>/g)].flatMap(([tag]) => {
    const name = tag.match(/\bname="([^"]*)"/)?.[1];
    return name ? [[name, decode(tag.match(/\bvalue="([^"]*)"/)?.[1] ?? "")]] : [];
  });
}
