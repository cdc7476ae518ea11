// A sheet of the city's hotline comes in at a desk: what is wrong is said, what is new is taken in once; and visits go out
// in another system's columns.
import { enterAs, expect, test } from "./lilong.ts";
import { pattern } from "./messages.ts";

const HEADER = "工单编号,受理时间,诉求内容,小区/地址,类别,联系人,联系电话";

test("a sheet of the hotline is looked at and taken in", async ({ firstPage: page, language, t, looksRight }, info) => {
  await enterAs(page, "grid-leader", language);
  // A community of the leader's own grid, by its name.
  await page.goto("/desk");
  const own = await page.locator('main a[href^="/communities/"]').first().innerText();
  const number = `${info.project.name}-${info.retry}`;
  const sheet = (category: string) =>
    `${HEADER}\n${number},2026-01-29 09:05,电梯坏了,${own},${category},,\n`;
  const send = async (text: string) => {
    await page.goto("/desk/matters/hotline");
    const file = { name: "hotline.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
    await page.getByLabel(t("hotline-file"), { exact: true }).setInputFiles(file);
    await page.getByRole("button", { name: t("hotline-do-look") }).click();
  };
  await send(sheet("没有这一类"));
  await expect(page.getByRole("heading", { name: t("hotline-wrong-title") })).toBeVisible();
  await looksRight("hotline-wrong");
  await send(sheet("property-lift"));
  await expect(page.getByRole("heading", { name: t("hotline-fresh-title") })).toBeVisible();
  await looksRight("hotline-look");
  await page.getByRole("button", { name: pattern(language, "hotline-take", { count: "1" }) }).click();
  await expect(page.getByRole("status")).toContainText("1");
  await send(sheet("property-lift"));
  await expect(page.getByRole("heading", { name: t("hotline-known-title") })).toBeVisible();
});

test("visits go out in the columns of another system", async ({ firstPage: page, language, t, looksRight }) => {
  await enterAs(page, "grid-leader", language);
  await page.goto("/desk/visits");
  await page.getByRole("link", { name: t("visits-export"), exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("visits-export") })).toBeVisible();
  await looksRight("visits-export");
  await page.getByLabel(t("visits-export-from"), { exact: true }).fill("2026-02-01");
  await page.getByRole("button", { name: t("visits-export-text") }).click();
  await expect(page.getByLabel(t("visits-export-from"), { exact: true })).toHaveAttribute("aria-invalid", "true");
  await looksRight("visits-export-wrong");
  await page.getByLabel(t("visits-export-from"), { exact: true }).fill("2026-01-01");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: t("visits-export-text") }).click();
  expect((await download).suggestedFilename()).toMatch(/^visits-2026-01-01-2026-01-31-.+\.csv$/);
});
