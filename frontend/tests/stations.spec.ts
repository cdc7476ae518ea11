// Somebody comes to work at a station: a post is added and filled, the hours are set, and the week shows who is there.
import { enterAs, expect, goTo, test } from "./lilong.ts";

test("a post is added and filled, its hours set, and the week shows somebody there", async ({
  firstPage: page,
  language,
  t,
  like,
  looksRight,
}) => {
  await enterAs(page, "town-officer", language);
  await goTo(page, t("shell-door-district"));
  await goTo(page, t("stations-room"));
  await page.getByRole("rowheader").getByRole("link").first().click();
  await looksRight("station");

  await page.getByRole("link", { name: t("stations-add-post"), exact: true }).click();
  await page.getByText(t("stations-title-social-worker")).click();
  await looksRight("station-add-post");
  await page.getByRole("button", { name: t("stations-add-post") }).click();
  await expect(page.getByRole("status")).toHaveText(t("stations-done-post"));
  const post = await page.getByRole("heading", { level: 1 }).innerText();

  // A holder without a name is told at the field.
  await page.getByRole("button", { name: t("stations-save") }).click();
  await expect(page.getByRole("alert")).toContainText(like("stations-refused-name"));
  await page.getByLabel(t("stations-holder-name"), { exact: true }).fill("张示例");
  await looksRight("station-post");
  await page.getByRole("button", { name: t("stations-save") }).click();
  await expect(page.getByRole("status")).toHaveText(t("stations-done-held"));
  await expect(page.getByRole("row").filter({ hasText: post })).toContainText("张**");

  await page.getByRole("link", { name: like("stations-set-rota-of") }).first().click();
  const monday = page.getByRole("group", { name: t("register-weekday-1"), exact: true });
  await monday.getByLabel(t("stations-shift-from"), { exact: true }).first().fill("12:30");
  await monday.getByLabel(t("stations-shift-to"), { exact: true }).first().fill("09:00");
  await monday.getByLabel(t("stations-shift-post")).first().selectOption({ label: post });
  await page.getByRole("checkbox", { name: t("stations-rota-same") }).check();
  await page.getByRole("button", { name: t("stations-save") }).click();
  await expect(page.getByRole("alert")).toContainText(t("stations-refused-ends-before"));
  await looksRight("station-hours");
  await monday.getByLabel(t("stations-shift-from"), { exact: true }).first().fill("08:15");
  await page.getByRole("button", { name: t("stations-save") }).click();
  await expect(page.getByRole("status")).toHaveText(t("stations-done-rota"));
  await expect(page.getByRole("table").getByText("08:15–09:00")).toHaveCount(5);

  await page.getByRole("link", { name: t("stations-describe") }).click();
  await page.getByLabel(t("stations-telephone")).fill("021-64000000");
  await looksRight("station-describe");
  await page.getByRole("button", { name: t("stations-save") }).click();
  await expect(page.getByRole("link", { name: "021-64000000" })).toBeVisible();
});
