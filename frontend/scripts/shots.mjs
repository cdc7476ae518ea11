// Takes pictures of pages for people to look at: desktop, phone and care version, in one or both languages.
//
//   npm run shots -- / /district --enter 以区级干部身份进入 --lang zh,en --out screenshots/look
//
// An address may be a path of LILONG_URL, or a file:// address. --enter clicks the button with these words on the
// first page before anything is looked at.
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { args, executablePath, viewports } from "./browser.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    enter: { type: "string" },
    lang: { type: "string", default: "zh" },
    out: { type: "string", default: "screenshots/shots" },
    dark: { type: "boolean", default: false },
  },
});
const home = process.env["LILONG_URL"] ?? "http://127.0.0.1:8310";
const locales = { zh: "zh-CN", en: "en-GB", hant: "zh-TW" };
const faces = [
  { face: "desktop", viewport: viewports.desktop, care: false },
  { face: "phone", viewport: viewports.phone, care: false },
  { face: "care", viewport: viewports.desktop, care: true },
];

/** A file name that tells the page: /communities/12?x=1 → communities-12-x-1. */
function nameOf(/** @type {string} */ address) {
  const path = address.replace(/^file:\/\/.*\//, "").replace(/\.html$/, "");
  return path.replace(/[^\p{L}\p{N}.]+/gu, "-").replace(/^-|-$/g, "") || "first";
}

/** @param {string} locale @param {typeof faces[number]} face */
async function lookAt(locale, { face, viewport, care }, /** @type {string} */ language) {
  const context = await browser.newContext({
    viewport,
    locale,
    timezoneId: "Asia/Shanghai",
    colorScheme: values.dark ? "dark" : "light",
  });
  const page = await context.newPage();
  if (values.enter || care) {
    await page.goto(home);
    if (care) await page.locator("a.care").click();
    if (values.enter) await page.getByRole("button", { name: values.enter }).click();
  }
  for (const address of positionals) {
    const answer = await page.goto(address.includes("://") ? address : new URL(address, home).href);
    const path = `${values.out}/${nameOf(address)}.${language}.${face}${values.dark ? ".dark" : ""}.png`;
    await page.screenshot({ path, fullPage: true });
    console.log(`${answer?.status() ?? 200} ${path}`);
  }
  await context.close();
}

if (positionals.length === 0) {
  console.error("say which addresses, for example: npm run shots -- / /district");
  process.exit(2);
}
mkdirSync(values.out, { recursive: true });
const browser = await chromium.launch({ executablePath, args });
try {
  for (const language of values.lang.split(",")) {
    const locale = locales[/** @type {keyof typeof locales} */ (language)] ?? language;
    for (const face of faces) await lookAt(locale, face, language);
  }
} finally {
  await browser.close();
}
