// A worker's day: the round in its order, a visit written down, what waits, what households need in sum.
import { enterAs, expect, test } from "./lilong.ts";

test("a worker walks the round, writes a visit down and sees it", async ({ firstPage: page, language, t, like, looksRight }) => {
  await enterAs(page, "community-worker", language);
  await page.goto("/desk/visits");
  await expect(page.getByRole("heading", { level: 1, name: t("visits-room") })).toBeVisible();
  await looksRight("visits");

  const doors = page.locator('ol.todo a[href*="?round="]');
  await doors.last().click();
  await looksRight("visits-household");
  await page.getByRole("button", { name: t("visits-record-do") }).click();
  await expect(page.getByRole("alert")).toContainText(t("visits-missing-outcome"));
  await page.getByRole("radio", { name: t("visits-outcome-met") }).check();
  await page.getByRole("checkbox", { name: t("visits-need-schooling"), exact: true }).check();
  await page.getByLabel(t("visits-note"), { exact: true }).fill("示例：傍晚再来");
  await page.getByRole("button", { name: t("visits-record-do") }).click();
  await expect(page.getByRole("status")).toHaveText(t("visits-recorded"));
  await page.getByRole("button", { name: t("visits-note-show") }).first().click();
  await expect(page.getByText("示例：傍晚再来").first()).toBeVisible();

  await page.getByRole("radio", { name: t("visits-mark-priority") }).check();
  await page.getByRole("button", { name: t("visits-mark-do") }).click();
  await expect(page.getByRole("alert")).toContainText(t("visits-refused-not-agreed"));

  await page.goto("/desk/visits/inbox");
  await looksRight("visits-inbox");
  await page.goto("/desk/visits/themes");
  await expect(page.getByRole("rowheader", { name: t("visits-need-residence-permit") })).toBeVisible();
  await looksRight("visits-themes");
  await page.goto("/desk/visits/devices");
  await looksRight("visits-devices");

  await page.goto("/desk/visits");
  await page.getByLabel(t("visits-day")).fill("2025-01-01");
  await page.getByRole("button", { name: t("visits-plan-do"), exact: true }).click();
  await expect(page.getByRole("alert")).toContainText(like("visits-refused-day"));
});
