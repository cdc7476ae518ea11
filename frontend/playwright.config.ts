// Real Chromium against running Lilongs. `cargo xtask test` serves the full-size district once for each face, so that what
// one writes, another does not find: LILONG_URL_DESKTOP_ZH and so on say where. LILONG_URL alone serves all of them.
// LILONG_PICTURES=1 keeps a picture of every page that is looked at, and a trace of what fails.
import { defineConfig } from "@playwright/test";
import faces from "./faces.json" with { type: "json" };
import { args, executablePath, viewports } from "./scripts/browser.mjs";
import type { Face } from "./tests/lilong.ts";

/** Where everything is tried; these are of each language and of each width one. */
const WHOLE = ["desktop-zh", "phone-en"];
/** What is the same in every face: that nothing is lost which lies on a device; how somebody is let in, what goes out and comes back
 * as a file, how a district begins. And every room for every role, where the other faces look at each room once. */
const IN_WHOLE = ["api", "begin", "exchange", "passkeys", "rooms", "single-sign-on", "visits-cut"].map(
  (name) => `**/${name}.spec.ts`,
);
const ELSEWHERE = ["**/rooms-once.spec.ts"];

/** Where a face's own Lilong is. */
function address(name: string): string {
  const own = process.env[`LILONG_URL_${name.toUpperCase().replaceAll("-", "_")}`];
  return own ?? process.env["LILONG_URL"] ?? "http://127.0.0.1:8310";
}

export default defineConfig<Face>({
  testDir: "tests",
  outputDir: "test-results",
  forbidOnly: true,
  retries: 0,
  workers: 2,
  fullyParallel: true,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["html", { open: "never", outputFolder: "playwright-report" }]],
  use: {
    browserName: "chromium",
    // What is not there after this long is not coming, and the journey need not wait for its own end to say so.
    actionTimeout: 30_000,
    launchOptions: { executablePath, args },
    timezoneId: "Asia/Shanghai",
    colorScheme: "light",
    screenshot: "only-on-failure",
    // Costs, with the pictures, a fifth of the time, and is read by somebody who looks for a fault.
    trace: process.env["LILONG_PICTURES"] ? "retain-on-failure" : "off",
  },
  // One way of looking at the same pages each: a width, a language, a version.
  projects: faces.map(({ name, viewport, ...more }) => ({
    name,
    testIgnore: WHOLE.includes(name) ? ELSEWHERE : IN_WHOLE,
    use: { viewport: viewports[viewport as keyof typeof viewports], baseURL: address(name), ...more },
  })),
});
