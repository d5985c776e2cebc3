// A page calls an HTTP API of another origin with a token: preflights and CORS headers as the API is configured, and a
// page of a third origin, which may not. What an API answers by path is shut off from the server's own pages.
// Argument: URL of awsemu.

import assert from "node:assert/strict";
import { createServer } from "node:http";

import { PASSWORD, aws, endpoint, makePool, makeUser, region } from "../node/awsemu.mjs";
import { launch, serve } from "./browser.mjs";

/** What the integration was asked. */
const seen = [];
const integration = createServer((request, answer) => {
  seen.push(`${request.method} ${request.url}`);
  // What an integration says of other origins does not count where the API itself is configured.
  answer.setHeader("Access-Control-Allow-Origin", "*").setHeader("X-Seen", "yes");
  answer.setHeader("Content-Type", "text/html").end(`<!doctype html><title>${request.url}</title>`);
});
await new Promise((ready) => integration.listen(0, "127.0.0.1", ready));
const target = `http://127.0.0.1:${integration.address().port}`;

/** An operation of the management API, signed so that a server which checks nothing takes it. */
async function manage(path, input) {
  const scope = `Credential=test/20261125/${region}/apigateway/aws4_request`;
  const headers = { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=00` };
  const answer = await fetch(`${endpoint}/v2/apis${path}`, { method: "POST", headers, body: JSON.stringify(input) });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

/** An API with a route for tokens of a pool and an open one. Gives its URLs. */
async function makeApi({ pool, client }, corsConfiguration) {
  const { apiId, apiEndpoint } = await manage("", { name: "api", protocolType: "HTTP", corsConfiguration });
  const { authorizerId } = await manage(`/${apiId}/authorizers`, {
    name: "pool",
    authorizerType: "JWT",
    identitySource: ["$request.header.Authorization"],
    jwtConfiguration: { issuer: `${endpoint}/${pool}`, audience: [client] },
  });
  const { integrationId } = await manage(`/${apiId}/integrations`, {
    integrationType: "HTTP_PROXY",
    integrationMethod: "ANY",
    integrationUri: `${target}/{proxy}`,
    payloadFormatVersion: "1.0",
  });
  const rule = { target: `integrations/${integrationId}` };
  await manage(`/${apiId}/routes`, { ...rule, routeKey: "ANY /open/{proxy+}" });
  await manage(`/${apiId}/routes`, {
    ...rule,
    routeKey: "ANY /secret/{proxy+}",
    authorizationType: "JWT",
    authorizerId,
  });
  await manage(`/${apiId}/stages`, { stageName: "$default", autoDeploy: true });
  return { host: apiEndpoint, path: `${endpoint}/_aws/execute-api/${apiId}` };
}

/** Runs in a page: a call, as the page sees its answer. */
async function call([url, options]) {
  try {
    const answer = await fetch(url, options);
    const id = answer.headers.get("apigw-requestid");
    return { status: answer.status, text: await answer.text(), id, unexposed: answer.headers.get("x-seen") };
  } catch (error) {
    return error.name;
  }
}

const [site, stranger] = [await serve(""), await serve("")];
const made = await makePool({}, { ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] });
await makeUser(made.pool, "jane");
const { AuthenticationResult } = await aws.initiateAuth({
  ClientId: made.client,
  AuthFlow: "USER_PASSWORD_AUTH",
  AuthParameters: { USERNAME: "jane", PASSWORD },
});
const api = await makeApi(made, {
  allowOrigins: [new URL(site.url).origin],
  allowMethods: ["GET", "PUT"],
  allowHeaders: ["authorization"],
  exposeHeaders: ["apigw-requestid"],
  maxAge: 0,
});
const headers = { authorization: `Bearer ${AuthenticationResult.AccessToken}` };

const browser = await launch();
try {
  const page = await browser.newPage();
  const from = async (origin, url, options = {}) => {
    if (page.url() !== origin) await page.goto(origin);
    const before = seen.length;
    const answer = await page.evaluate(call, [url, options]);
    return { answer, reached: seen.slice(before) };
  };
  for (const place of [api.host, api.path]) {
    const secret = `${place}/secret/x`;
    for (const method of ["GET", "PUT"]) {
      const { answer, reached } = await from(site.url, secret, { headers, method });
      assert.equal(answer.status, 200, JSON.stringify(answer));
      assert.match(answer.text, /<title>\/x</);
      assert.ok(answer.id, "the header is exposed");
      assert.equal(answer.unexposed, null);
      assert.deepEqual(reached, [`${method} /x`]);
    }
    // A refusal can be read: the page learns that it has to sign in.
    for (const options of [{}, { headers: { authorization: "x.e30" } }]) {
      const { answer, reached } = await from(site.url, secret, options);
      assert.deepEqual([answer.status, answer.text], [401, '{"message":"Unauthorized"}']);
      assert.deepEqual(reached, []);
    }
    // Preflights that allow something else.
    for (const options of [{ headers, method: "DELETE" }, { headers: { ...headers, "x-more": "1" } }]) {
      assert.deepEqual(await from(site.url, secret, options), { answer: "TypeError", reached: [] });
    }
    // A page of a third origin: the preflight ends it; what needs none is called, but the answer is kept from the page.
    assert.deepEqual(await from(stranger.url, secret, { headers }), { answer: "TypeError", reached: [] });
    const open = await from(stranger.url, `${place}/open/x`);
    assert.deepEqual(open, { answer: "TypeError", reached: ["GET /x"] });
  }

  // A page of an API has an origin of its own by host, and none by path.
  const originOf = async (place) => {
    await page.goto(`${place}/open/page`);
    return page.evaluate(() => [document.title, self.origin]);
  };
  assert.deepEqual(await originOf(api.host), ["/page", api.host]);
  assert.deepEqual(await originOf(api.path), ["/page", "null"]);
} finally {
  await browser.close();
  site.close();
  stranger.close();
  integration.closeAllConnections();
  integration.close();
}
