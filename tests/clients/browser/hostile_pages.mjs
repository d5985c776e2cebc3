// Texts of visitors, users and administrators on the login pages, in Chromium: nothing of them is run (P3, P4). And what
// every page says to browsers about itself (P5), and how paths and methods that there are not are answered (P8).
// Arguments: URL of awsemu.

import assert from "node:assert/strict";

import { PASSWORD, aws, endpoint, makePool } from "../node/awsemu.mjs";
import { launch, serve } from "./browser.mjs";

// No blanks: usernames have none.
const EVIL = `"'><img/src=x/onerror=window.evil=1><script>window.evil=1</script>`;
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" onload="window.evil=1"><script>window.evil=1</script></svg>`;

const app = await serve("");
const { pool, client } = await makePool(
  {
    PoolName: "a+b=c@d",
    AutoVerifiedAttributes: ["email"],
    Schema: [{ Name: "<b>evil</b>", AttributeDataType: "String", Mutable: true }],
  },
  {
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ["code"],
    AllowedOAuthScopes: ["openid"],
    CallbackURLs: [app.url],
    SupportedIdentityProviders: ["COGNITO"],
  },
);
await aws.createGroup({ UserPoolId: pool, GroupName: EVIL, Description: EVIL });
await aws.adminCreateUser({ UserPoolId: pool, Username: EVIL, TemporaryPassword: PASSWORD });
await aws.adminAddUserToGroup({ UserPoolId: pool, Username: EVIL, GroupName: EVIL });
const hostile = [
  { CSS: ".label-customizable { color: red } </style><script>window.evil=1</script>" },
  { CSS: ".label-customizable { background: url(https://evil.example/) }" },
  { CSS: "@import 'https://evil.example/x.css';" },
  { ImageFile: Buffer.from(LOGO) },
];
for (const looks of hostile) {
  await assert.rejects(aws.setUICustomization({ UserPoolId: pool, ClientId: client, ...looks }), JSON.stringify(looks));
}
const style = (svg) => ({
  UserPoolId: pool,
  ClientId: client,
  Settings: { components: { form: { logo: { enabled: true } }, idpButton: { custom: { "} body { evil": {} } } } },
  Assets: [{ Category: "FORM_LOGO", ColorMode: "DYNAMIC", Extension: "SVG", Bytes: Buffer.from(svg) }],
});
await assert.rejects(aws.createManagedLoginBranding(style(LOGO)), /script/);
await aws.createManagedLoginBranding(style('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9H0z"/></svg>'));

const query = (more = {}) =>
  new URLSearchParams({ response_type: "code", client_id: client, redirect_uri: app.url, scope: "openid", ...more });
const PATHS = ["login", "challenge", "signup", "confirm", "resendcode", "forgotPassword", "confirmForgotPassword"];
const browser = await launch();
try {
  const page = await (await browser.newContext()).newPage();
  page.on("dialog", (dialog) => assert.fail(dialog.message()));
  const calm = async (where) => assert.equal(await page.evaluate("window.evil"), undefined, where);

  // P3: what a link carries.
  for (const path of PATHS) {
    await page.goto(`${endpoint}/${path}?${query({ login_hint: EVIL, state: EVIL, lang: EVIL, nonce: EVIL })}`);
    await page.locator("main").waitFor();
    await calm(path);
  }
  const strays = [`error?error=${EVIL}&error_description=${EVIL}`, `login?client_id=${EVIL}&redirect_uri=javascript:window.evil=1`];
  for (const stray of strays) {
    await page.goto(`${endpoint}/${encodeURI(stray)}`);
    await calm(stray);
  }

  // P4: what is stored: the name of the user on the pages after the sign-in, and the logo, also opened by itself.
  await page.goto(`${endpoint}/login?${query({ state: EVIL })}`);
  await page.locator('[name="username"]').fill(EVIL);
  await page.locator('[name="password"]').fill("wrong");
  await page.getByTestId("submit").click();
  await page.getByTestId("error-message").waitFor();
  assert.equal(await page.locator('[name="username"]').inputValue(), EVIL);
  await calm("refused");
  const logo = await page.locator(".logo-customizable").getAttribute("src");
  await page.locator('[name="password"]').fill(PASSWORD);
  await page.getByTestId("submit").click();
  await page.locator('[data-testid="new-password"]').waitFor();
  await calm("new password");
  const opened = await page.goto(new URL(logo, `${endpoint}/`).href);
  assert.match(opened.headers()["content-security-policy"], /sandbox/);
  assert.equal(opened.headers()["x-content-type-options"], "nosniff");
  await calm("logo");
} finally {
  await browser.close();
  app.close();
}

// P5: every page, whatever it answers.
for (const path of [...PATHS, "error", "confirmUser", "passkeys/add"]) {
  for (const target of [`${endpoint}/${path}?${query()}`, `${endpoint}/${path}`]) {
    const answer = await fetch(target, { redirect: "manual" });
    const header = (name) => answer.headers.get(name) ?? "";
    assert.equal(header("x-frame-options"), "DENY", target);
    assert.equal(header("x-content-type-options"), "nosniff", target);
    assert.match(header("cache-control"), /no-store/, target);
    if (!header("content-type").startsWith("text/html")) continue;
    const policy = header("content-security-policy");
    assert.match(policy, /^default-src 'none'.*frame-ancestors 'none'/, target);
    assert.doesNotMatch(policy, /unsafe/, target);
  }
}

// P8
for (const path of ["/login", "/challenge", "/signup"]) {
  for (const method of ["PUT", "DELETE", "PATCH"]) {
    assert.equal((await fetch(`${endpoint}${path}?${query()}`, { method })).status, 405, `${method} ${path}`);
  }
  const override = { "x-http-method-override": "POST" };
  assert.equal((await fetch(`${endpoint}${path}?${query()}&_method=POST`, { headers: override })).status, 200, path);
  const head = await fetch(`${endpoint}${path}?${query()}`, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""], path);
  for (const other of [`/${path}`, `${path}/`, `${path}/..%2f`, `${path}%2f`, `${path}/x`, path.toUpperCase()]) {
    assert.equal((await fetch(`${endpoint}${other}?${query()}`)).status, 404, other);
  }
}
