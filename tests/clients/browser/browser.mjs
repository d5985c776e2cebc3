// Debian's Chromium, driven by Playwright. The packages lie where `cargo xtask setup` installed them.

import { createServer } from "node:http";
import { createRequire } from "node:module";

import { PASSWORD } from "../node/awsemu.mjs";

const { chromium } = createRequire(`${process.env.NODE_CLIENTS}/`)("playwright-core");

/** Starts a browser without a window, which calls nobody but us. */
export function launch() {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A site of another origin whose every page has a script. Gives its URL, and the way to end it. */
export async function serve(script) {
  const server = createServer((request, answer) => {
    if (request.url === "/app.js") answer.setHeader("Content-Type", "text/javascript").end(script);
    else {
      answer.setHeader("Content-Type", "text/html");
      answer.end('<!doctype html><title>app</title><script src="/app.js"></script>');
    }
  });
  await new Promise((ready) => server.listen(0, "localhost", ready));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

/** Signs jane in on a login page, which leads to a URL that begins so. A page may ask for the name first. */
export async function fillIn(page, back) {
  for (let pages = 0; pages < 2 && !page.url().startsWith(back); pages += 1) {
    const [username, password] = ["username", "password"].map((name) =>
      page.locator(`input[name="${name}"]:visible`),
    );
    if (await username.count()) await username.fill("jane");
    if (await password.count()) await password.fill(PASSWORD);
    await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
  }
  await page.waitForURL((url) => url.href.startsWith(back));
}
