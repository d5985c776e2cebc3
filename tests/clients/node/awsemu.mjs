// What the scripts of the Node clients share: the packages, a pool to begin with, codes, and an authenticator app.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";

/** The packages lie where `cargo xtask setup` installed them. */
export const load = createRequire(`${process.env.NODE_CLIENTS}/`);

const { CognitoIdentityProvider } = load("@aws-sdk/client-cognito-identity-provider");

/** The URL of awsemu. */
export const endpoint = process.argv[2];

export const region = "us-east-1";
export const PASSWORD = "Perm-Passw0rd!";

/** The AWS SDK with dummy credentials, for what administrators do. */
export const aws = new CognitoIdentityProvider({
  endpoint,
  region,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
});

/** Makes a pool and an app client. Gives their ids and the client's secret, if it has one. */
export async function makePool(pool, client) {
  const { UserPool } = await aws.createUserPool({ PoolName: "clients", ...pool });
  const { UserPoolClient } = await aws.createUserPoolClient({
    UserPoolId: UserPool.Id,
    ClientName: "app",
    ...client,
  });
  return { pool: UserPool.Id, client: UserPoolClient.ClientId, secret: UserPoolClient.ClientSecret };
}

/** Makes a confirmed user with PASSWORD and a verified address. */
export async function makeUser(UserPoolId, Username) {
  const UserAttributes = [
    { Name: "email", Value: `${Username}@example.com` },
    { Name: "email_verified", Value: "true" },
  ];
  await aws.adminCreateUser({ UserPoolId, Username, UserAttributes, MessageAction: "SUPPRESS" });
  await aws.adminSetUserPassword({ UserPoolId, Username, Password: PASSWORD, Permanent: true });
}

/** The code of the user's newest message on an occasion, such as SignUp. */
export async function code(pool, username, occasion) {
  const query = new URLSearchParams({ user_pool_id: pool, username, wait: "10s" });
  const [message] = await (await fetch(`${endpoint}/_awsemu/messages?${query}`)).json();
  assert.equal(message?.trigger_source, `CustomMessage_${occasion}`);
  return message.code;
}

/** The code that an authenticator app shows, or will show some steps of 30 seconds later. */
export function totp(secret, later = 0) {
  const bits = [...secret].map((letter) => base32(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((bits) => parseInt(bits, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const mac = createHmac("sha1", key).update(counter).digest();
  const number = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

function base32(letter) {
  const value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter);
  assert.notEqual(value, -1, `the secret has the letter ${letter}`);
  return value;
}

/** What a token says. */
export function claims(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
}

/** Whether an error has this name; for `assert.rejects`. */
export function named(name) {
  return (error) => {
    assert.equal(error.name, name, error);
    return true;
  };
}
