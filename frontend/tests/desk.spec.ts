// The desk by keys alone: from line to line, into a list, through it, and to a sheet.
import { leaves } from "./account.ts";
import { enterAs, expect, test } from "./lilong.ts";

test("a desk is worked by keys", async ({ firstPage: page, language, javaScriptEnabled, t, looksRight }) => {
  await enterAs(page, "grid-leader", language);
  await page.goto("/desk");
  await looksRight("desk-keys");
  const lines = page.getByRole("main").locator("ol.todo b > a");
  const count = await lines.count();
  expect(count).toBeGreaterThan(1);
  const first = lines.first();
  await first.focus();
  if (javaScriptEnabled === false) {
    await expect(page.getByText(t("desk-keys"))).toBeHidden();
    return;
  }
  await page.keyboard.press("ArrowDown");
  await expect(lines.nth(1)).toBeFocused();
  await page.keyboard.press("End");
  await expect(lines.nth(count - 1)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(lines.nth(count - 1)).toBeFocused();
  await page.keyboard.press("Home");
  await expect(first).toBeFocused();
  const overdue = page.locator('ol.todo a[href^="/desk/matters"]').first();
  await overdue.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: t("matters-room-desk") })).toBeVisible();
  const rows = page.locator("tbody a[href]");
  await rows.first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("row").nth(2).getByRole("link").first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/\S/);
  expect(new URL(page.url()).pathname).toMatch(/^\/desk\/matters\/./);
});

test("a town sees how work lies upon its stations, and a grid which rounds were not walked", async ({
  firstPage: page,
  language,
  t,
  looksRight,
}) => {
  await enterAs(page, "town-officer", language);
  await page.goto("/desk");
  await page.getByRole("link", { name: t("desk-load"), exact: true }).click();
  await expect(page.getByRole("heading", { level: 2, name: t("desk-load-level") })).toBeVisible();
  expect(await page.locator("tbody tr").count()).toBeGreaterThan(0);
  await looksRight("desk-load");
  await leaves(page, t);
  await enterAs(page, "grid-leader", language);
  await page.goto("/desk/visits/late");
  await expect(page.getByRole("heading", { level: 1, name: t("visits-late") })).toBeVisible();
  await looksRight("desk-late");
});
