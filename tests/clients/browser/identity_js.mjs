// amazon-cognito-identity-js in a page of another origin: what the browser asks before each call must be allowed.
// Argument: URL of awsemu.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { PASSWORD, endpoint, makePool, makeUser } from "../node/awsemu.mjs";
import { launch, serve } from "./browser.mjs";

const library = `${process.env.NODE_CLIENTS}/node_modules/amazon-cognito-identity-js/dist/amazon-cognito-identity.min.js`;

/** Runs in the page: signs in by SRP, and gives the claims, the attributes and what a wrong password leads to. */
async function signIn({ endpoint, UserPoolId, ClientId, Password }) {
  const Username = "jane";
  const { AuthenticationDetails, CognitoUser, CognitoUserPool } = AmazonCognitoIdentity;
  const Pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint });
  const attempt = (Password) =>
    new Promise((onSuccess, onFailure) => {
      const user = new CognitoUser({ Username, Pool });
      user.authenticateUser(new AuthenticationDetails({ Username, Password }), { onSuccess, onFailure });
    });
  const refusal = await attempt("Wrong-Passw0rd!").catch((error) => error.name);
  const session = await attempt(Password);
  const current = Pool.getCurrentUser();
  await new Promise((resolve, reject) =>
    current.getSession((error) => (error ? reject(error) : resolve())),
  );
  const attributes = await new Promise((resolve, reject) =>
    current.getUserAttributes((error, found) => (error ? reject(error) : resolve(found))),
  );
  const names = attributes.map((attribute) => attribute.Name);
  return { claims: session.getIdToken().payload, names, refusal };
}

const { pool: UserPoolId, client: ClientId } = await makePool(
  {},
  { ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] },
);
await makeUser(UserPoolId, "jane");
const site = await serve(readFileSync(library, "utf8"));
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.goto(site.url);
  const app = { endpoint, UserPoolId, ClientId, Password: PASSWORD };
  const result = await page.evaluate(signIn, app);
  assert.equal(result.refusal, "NotAuthorizedException");
  assert.equal(result.claims.iss, `${endpoint}/${UserPoolId}`);
  assert.deepEqual(result.names.sort(), ["email", "email_verified", "sub"]);
} finally {
  await browser.close();
  site.close();
}
