// Looks at a page of ours as it is now: nothing that axe-core finds, in light and dark; and takes its pictures.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";

import { load } from "../node/awsemu.mjs";

const axe = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
const folder = process.argv[3];
const SIZES = { phone: { width: 390, height: 780 }, desktop: { width: 1100, height: 760 } };

if (folder) mkdirSync(folder, { recursive: true });

/** `name` is what the page calls itself, `picture` what its pictures are called. */
export async function look(page, name, picture = name) {
  assert.equal(await page.locator("main").getAttribute("data-testid"), name, await page.content());
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // The policy of the page forbids scripts that are put into it; the devtools may.
    const devtools = await page.context().newCDPSession(page);
    const run = `${axe}; axe.run({ resultTypes: ["violations"] }).then((found) => JSON.stringify(found.violations))`;
    const { result } = await devtools.send("Runtime.evaluate", { expression: run, awaitPromise: true });
    const violations = JSON.parse(result.value).map((one) => `${one.id}: ${one.nodes.map((node) => node.html)}`);
    assert.deepEqual(violations, [], `${picture}, ${colorScheme}`);
    if (!folder) continue;
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await page.screenshot({ path: `${folder}/${picture}-${size}-${colorScheme}.png` });
    }
  }
}
