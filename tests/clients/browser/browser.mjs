// Debian's Chromium, driven by Playwright. The packages lie where `cargo xtask setup` installed them.

import { createRequire } from "node:module";

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
