// A scenario is computed, read by town and grid, a place pinned, solved again, compared, adopted; then its gap list.
import { enterAs, expect, goTo, test } from "./lilong.ts";

test("plan, pin, solve again, compare, adopt, hand out what lacks", async ({
  firstPage: page,
  language,
  t,
  like,
  looksRight,
}) => {
  const name = `${test.info().project.name}-${Date.now() % 100_000}`;
  await enterAs(page, "district-officer", language);
  await goTo(page, t("plan-room"));

  // What cannot be is told at its field, and what was typed is kept.
  await page.getByLabel(t("plan-weight-detour")).fill("20");
  await page.getByLabel(t("plan-name"), { exact: true }).fill(name);
  await page.getByRole("button", { name: t("plan-solve") }).click();
  await expect(page.getByRole("alert")).toContainText(like("plan-bad-weight"));
  await expect(page.getByLabel(t("plan-name"), { exact: true })).toHaveValue(name);
  await page.getByLabel(t("plan-weight-detour")).fill("140");
  await page.getByRole("button", { name: t("plan-solve") }).click();

  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText(like("plan-proof-best")).first()).toBeVisible();
  await expect(page.getByRole("heading", { name: t("plan-left") })).toBeVisible();
  await looksRight("plan-scenario");

  const lines = page.getByRole("region", { name: t("plan-lines") });
  await lines.getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: t("plan-stations") })).toBeVisible();
  await looksRight("plan-town");
  await page.getByRole("region", { name: t("plan-lines") }).getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: t("plan-why") }).first()).toBeVisible();
  await expect(page.getByText(t("plan-week")).first()).toBeVisible();
  await looksRight("plan-grid");

  // Pin the last place, which the plan is least likely to have chosen by itself.
  const places = page.getByRole("group").filter({ has: page.getByLabel(t("plan-mark-pin")) });
  await places.last().getByText(t("plan-mark-pin")).click();
  await page.getByLabel(t("plan-new-name")).fill(`${name}-b`);
  await page.getByRole("button", { name: t("plan-again") }).click();
  // The same grid in the new scenario: the place is pinned there, and the plan has a point at it.
  await expect(page.getByRole("radio", { name: t("plan-mark-pin"), checked: true })).toHaveCount(1);
  await page.getByRole("navigation").getByRole("link", { name: `${name}-b`, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${name}-b` })).toBeVisible();

  await page.getByLabel(t("plan-compare-with")).selectOption({ label: name });
  await page.getByRole("button", { name: t("plan-compare"), exact: true }).click();
  await expect(page.getByRole("heading", { name: t("plan-compare-towns") })).toBeVisible();
  await looksRight("plan-compare");

  await goTo(page, t("plan-room"));
  await page.getByRole("link", { name: `${name}-b` }).first().click();
  await page.getByRole("link", { name: t("plan-adopt") }).click();
  await expect(page.getByRole("heading", { name: t("plan-adopt-will") })).toBeVisible();
  await page.getByLabel(t("plan-adopt-from")).fill("2026-02-01");
  await looksRight("plan-adopt");
  await page.getByRole("button", { name: t("plan-adopt-yes") }).click();
  // Adopting leads to how far it has come.
  await expect(page.getByText(like("plan-progress-answer")).first()).toBeVisible();
  await page.getByRole("region", { name: t("plan-progress-towns") }).getByRole("link").first().click();
  await looksRight("plan-progress");

  await goTo(page, t("gaps-room"));
  await expect(page.getByText(`${name}-b`)).toBeVisible();
  await expect(page.getByText(like("gaps-answer"))).toBeVisible();
  await looksRight("gaps");
  await page.getByRole("combobox", { name: t("gaps-standing"), exact: true }).selectOption({ label: t("gaps-standing-listed") });
  await page.getByRole("button", { name: t("gaps-filter") }).click();
  const list = page.getByRole("region", { name: t("gaps-list") });
  // A gap leads to its station, where it is mended.
  await list.getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 2, name: t("stations-posts") })).toBeVisible();
  await page.goBack();
  await list.getByRole("checkbox").nth(0).check();
  await list.getByRole("checkbox").nth(1).check();
  await page.getByLabel(t("gaps-due-on")).fill("2026-03-31");
  await page.getByLabel(t("gaps-note")).fill("三月底前补齐");
  await page.getByRole("button", { name: t("gaps-hand-out"), exact: true }).click();
  await expect(page.getByRole("status")).toContainText(like("gaps-done-hand-out", { count: "2" }));

  // What is not there yet cannot be crossed off: it says what lacks, and nothing changes.
  await page.getByRole("combobox", { name: t("gaps-standing"), exact: true }).selectOption({ label: t("gaps-standing-handed-out") });
  await page.getByRole("button", { name: t("gaps-filter") }).click();
  await page.getByRole("region", { name: t("gaps-list") }).getByRole("checkbox").first().check();
  await page.getByRole("button", { name: t("gaps-cross-off"), exact: true }).click();
  await expect(page.getByRole("alert")).toContainText(like("plan-refused-gap-still-there"));
  await page.getByRole("button", { name: t("gaps-chase"), exact: true }).click();
  await expect(page.getByRole("status")).toContainText(like("gaps-done-chase", { count: "1" }));
  await looksRight("gaps-chased");
});
