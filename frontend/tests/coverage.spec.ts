// The cascade: where households are lost, which communities they are, one town, an earlier day, what is public.
import { enterAs, expect, goTo, test } from "./lilong.ts";

test("the cascade leads from the step that loses most to the communities that are lost", async ({
  firstPage: page,
  language,
  t,
  like,
  looksRight,
}) => {
  await enterAs(page, "district-officer", language);
  const cascade = page.getByRole("table", { name: t("coverage-cascade") });
  for (const step of ["target", "assigned", "available", "accessible", "staffed", "contacted", "responded", "satisfied"]) {
    await expect(cascade.getByRole("rowheader", { name: t(`coverage-step-${step}`) })).toBeVisible();
  }
  const functions = page.getByRole("region", { name: t("coverage-functions"), exact: true });
  await expect(functions.getByText(t("coverage-function-none"))).toHaveCount(3);
  const worst = cascade.getByRole("row", { name: t("coverage-most") }).getByRole("link");
  const lost = (await worst.textContent()) ?? "";
  await worst.click();
  const step = t("coverage-step-available");
  await expect(page.getByRole("heading", { name: like("coverage-lost-at", { step }) })).toBeVisible();
  const list = page.getByRole("region", { name: t("coverage-lost-list") });
  const households = await list.getByRole("row").locator("td:nth-of-type(3)").allTextContents();
  const sum = households.reduce((sum, text) => sum + Number(text.replaceAll(",", "")), 0);
  expect(sum.toLocaleString("en")).toBe(lost);
  await looksRight("coverage-lost");
});

test("a town is read on its map and in its list, and an earlier day as it was", async ({
  firstPage: page,
  language,
  t,
  looksRight,
}) => {
  await enterAs(page, "district-officer", language);
  const towns = page.getByRole("region", { name: t("coverage-town-list") });
  await towns.getByRole("link").first().click();
  const list = page.getByRole("region", { name: t("coverage-list") });
  await expect(list.getByRole("link").first()).toBeVisible();
  await looksRight("coverage-town");

  await goTo(page, t("coverage-room"));
  const pair = page.locator(".pair");
  const now = await pair.textContent();
  await page.getByLabel(t("coverage-as-of")).fill("2025-06-30");
  await page.getByRole("button", { name: t("coverage-look") }).click();
  await expect(page.getByText("2025-06-30").first()).toBeVisible();
  expect(await pair.textContent()).not.toBe(now);
});

test("the public sees the same figures as the district decided", async ({ firstPage: page, language, t, looksRight }) => {
  const pair = page.locator(".pair");
  const shown = await pair.textContent();
  await enterAs(page, "district-officer", language);
  expect(await pair.textContent()).toBe(shown);
  await expect(page.getByRole("heading", { name: t("coverage-public") })).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "XLSX" }).click();
  expect((await download).suggestedFilename()).toMatch(/^coverage-2026-01-31.*\.xlsx$/);
  await looksRight("coverage-public");
});
