// A district officer changes 1,000 to 800, reads why for one community, saves a draft and looks at its adoption.
import type { Page } from "@playwright/test";
import { axeClean, enterAs, expect, fitsTheWidth, screenshot, test } from "./lilong.ts";
import { words } from "./words.ts";

/** What holds on every page of the journey. */
async function looksRight(page: Page, name: string, scripts: boolean): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  await fitsTheWidth(page);
  await screenshot(page, name);
  if (scripts) await axeClean(page);
}

test("a number is changed, its effect read, a draft saved", async ({
  firstPage: page,
  language,
  javaScriptEnabled,
}) => {
  const said = words[language].handbook;
  const scripts = javaScriptEnabled !== false;
  await enterAs(page, "districtOfficer", language);
  await page.getByRole("link", { name: said.room, exact: true }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: said.room })).toBeVisible();
  await looksRight(page, "handbook", scripts);

  // A number that may not be is told at its field, and nothing that was typed is lost.
  await page.getByLabel(said.changeTo).fill("50");
  await page.getByRole("button", { name: said.tryIt }).click();
  await expect(page.getByRole("alert")).toContainText(said.numberRange);
  const field = page.locator("#value");
  await expect(field).toHaveValue("50");
  await field.fill("800");
  await field.press("Enter");

  await expect(page.getByRole("heading", { level: 1 })).toContainText("1,000 → 800");
  await expect(page.getByText(said.moved)).toBeVisible();
  await expect(page.getByRole("heading", { name: said.communities })).toBeVisible();
  await expect(page.getByText(said.because).first()).toBeVisible();
  await looksRight(page, "handbook-effect", scripts);

  // Each run saves a version of its own: the same district serves every face.
  const version = `${test.info().project.name.slice(0, 10)}-${Date.now() % 100_000}`;
  await page.getByLabel(said.version).fill(version);
  await page.getByRole("button", { name: said.save }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(version);
  await expect(page.locator("del", { hasText: "1,000" }).first()).toBeVisible();
  await expect(page.locator("ins", { hasText: "800" }).first()).toBeVisible();
  await looksRight(page, "handbook-draft", scripts);

  await page.getByLabel(said.from).fill("2026-03-01");
  await page.getByRole("button", { name: said.check }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("2026-03-01");
  await expect(page.getByRole("button", { name: said.adopt, exact: true })).toBeVisible();
  await looksRight(page, "handbook-adopt", scripts);
  await page.getByRole("link", { name: said.notNow }).click();
  await expect(page.getByText(said.draft, { exact: true }).first()).toBeVisible();
});

test("a prescription is read with its reasons", async ({ firstPage: page, language, javaScriptEnabled }) => {
  const said = words[language].handbook;
  const scripts = javaScriptEnabled !== false;
  await enterAs(page, "districtOfficer", language);
  await page.getByRole("link", { name: said.room, exact: true }).first().click();
  await page.getByLabel(said.changeTo).fill("800");
  await page.getByRole("button", { name: said.tryIt }).click();
  const list = page.getByRole("region", { name: said.communities });
  const community = list.getByRole("link").first();
  const name = (await community.textContent()) ?? "";
  await community.click();

  await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
  await expect(page.getByRole("heading", { name: said.why })).toBeVisible();
  await expect(page.getByRole("heading", { name: said.difficulty })).toBeVisible();
  await expect(page.getByText(said.notOver).first()).toBeVisible();
  await expect(page.getByText(said.notOfficial).first()).toBeVisible();
  await looksRight(page, "prescription", scripts);
});

test("anyone reads the rules, and two versions word by word", async ({
  firstPage: page,
  language,
  javaScriptEnabled,
}) => {
  const said = words[language].handbook;
  const scripts = javaScriptEnabled !== false;
  await page.getByRole("link", { name: said.room, exact: true }).first().click();
  await expect(page.getByText(said.notOfficial).first()).toBeVisible();
  await looksRight(page, "rules", scripts);

  await page.goto("/");
  await enterAs(page, "districtOfficer", language);
  await page.getByRole("link", { name: said.room, exact: true }).first().click();
  await page.getByRole("link", { name: said.compare }).click();
  await expect(page.getByRole("heading", { name: said.differences })).toBeVisible();
  await looksRight(page, "handbook-compare", scripts);
});
