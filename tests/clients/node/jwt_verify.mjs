// aws-jwt-verify: tokens of both kinds, with the key set handed over, because it fetches by https only.
// Arguments: URL of awsemu, `public` or `aws`: the issuer that the server was told to name.

import assert from "node:assert/strict";

import { PASSWORD, aws, endpoint, load, makePool, makeUser } from "./awsemu.mjs";

const { CognitoJwtVerifier, JwtRsaVerifier, JwtVerifier } = load("aws-jwt-verify");
const errors = load("aws-jwt-verify/error");

/** A pool with a signed-in user: its ids, key set and tokens. */
async function signedIn() {
  const flows = { ExplicitAuthFlows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] };
  const { pool, client } = await makePool({}, flows);
  await makeUser(pool, "jane");
  await aws.createGroup({ UserPoolId: pool, GroupName: "admins" });
  await aws.adminAddUserToGroup({ UserPoolId: pool, Username: "jane", GroupName: "admins" });
  const { AuthenticationResult } = await aws.adminInitiateAuth({
    UserPoolId: pool,
    ClientId: client,
    AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: "jane", PASSWORD },
  });
  const jwks = await (await fetch(`${endpoint}/${pool}/.well-known/jwks.json`)).json();
  const { IdToken, AccessToken } = AuthenticationResult;
  return { pool, client, jwks, id: IdToken, access: AccessToken };
}

const ours = await signedIn();
const other = await signedIn();

/** Tokens of both kinds are accepted, a forged one is not. */
async function check(verifier) {
  const id = await verifier.verify(ours.id, { tokenUse: "id", clientId: ours.client });
  assert.equal(id.email, "jane@example.com");
  const access = await verifier.verify(ours.access, { tokenUse: "access", clientId: ours.client });
  assert.deepEqual(access["cognito:groups"], ["admins"]);
  assert.equal(access.sub, id.sub);
  const [header, payload, signature] = ours.access.split(".");
  const forged = `${header}.${payload}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
  const expected = { tokenUse: "access", clientId: ours.client };
  await assert.rejects(verifier.verify(forged, expected), errors.JwtInvalidSignatureError);
}

if (process.argv[3] === "aws") {
  const verifier = CognitoJwtVerifier.create({ userPoolId: ours.pool, tokenUse: null, clientId: null });
  verifier.cacheJwks(ours.jwks);
  await check(verifier);
  const expected = { tokenUse: "id", clientId: ours.client };
  await assert.rejects(verifier.verify(ours.access, expected), errors.CognitoJwtInvalidTokenUseError);
  await assert.rejects(
    verifier.verify(ours.id, { ...expected, clientId: other.client }),
    errors.CognitoJwtInvalidClientIdError,
  );
  await assert.rejects(
    verifier.verify(ours.id, { ...expected, groups: "editors" }),
    errors.CognitoJwtInvalidGroupError,
  );
  await assert.rejects(verifier.verify(other.id, expected), /issuer not configured/);
} else {
  const issuer = `${endpoint}/${ours.pool}`;
  for (const Verifier of [JwtVerifier, JwtRsaVerifier]) {
    const verifier = Verifier.create({ issuer, audience: null });
    verifier.cacheJwks(ours.jwks);
    await check(verifier);
    await assert.rejects(
      verifier.verify(ours.id, { audience: other.client }),
      errors.JwtInvalidAudienceError,
    );
    // Signed with a key that is known, but by another pool.
    const confused = Verifier.create({ issuer, audience: null });
    confused.cacheJwks(other.jwks);
    await assert.rejects(confused.verify(other.id), errors.JwtInvalidIssuerError);
  }
}
