// Real Chromium against a running Lilong: LILONG_URL says where it is. `cargo xtask test` starts one at full size.
import { defineConfig, type ViewportSize } from "@playwright/test";
import { args, executablePath, viewports } from "./scripts/browser.mjs";
import type { Face } from "./tests/lilong.ts";

/** One way of looking at the same pages: a width, a language, a version. */
function face(name: string, viewport: ViewportSize, locale: "zh-CN" | "en-GB", more: object = {}) {
  return { name, use: { viewport, locale, ...more } };
}

export default defineConfig<Face>({
  testDir: "tests",
  outputDir: "test-results",
  forbidOnly: true,
  retries: 0,
  workers: 2,
  fullyParallel: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["html", { open: "never", outputFolder: "playwright-report" }]],
  use: {
    baseURL: process.env["LILONG_URL"] ?? "http://127.0.0.1:8310",
    browserName: "chromium",
    launchOptions: { executablePath, args },
    timezoneId: "Asia/Shanghai",
    colorScheme: "light",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
  projects: [
    face("desktop-zh", viewports.desktop, "zh-CN"),
    face("phone-zh", viewports.phone, "zh-CN"),
    face("desktop-en", viewports.desktop, "en-GB"),
    face("phone-en", viewports.phone, "en-GB"),
    face("desktop-zh-nojs", viewports.desktop, "zh-CN", { javaScriptEnabled: false }),
    face("care-zh", viewports.phone, "zh-CN", { care: true }),
  ],
});
