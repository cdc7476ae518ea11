// What a visit found becomes a referral and a matter, each once and with its way back; an answer that is given often is kept;
// messages have a language.
import { enterAs, expect, test } from "./lilong.ts";

test("a need becomes a referral or a matter, and both lead back to the household", async ({ firstPage: page, language, t, like, looksRight }) => {
  await enterAs(page, "community-worker", language);
  await page.goto("/desk/visits");
  await page.locator('ol.todo a[href*="?round="]').nth(1).click();
  const household = new URL(page.url()).pathname;
  await page.getByRole("radio", { name: t("visits-outcome-met") }).check();
  for (const need of ["work", "repair"]) {
    await page.getByRole("checkbox", { name: t(`visits-need-${need}`), exact: true }).check();
  }
  await page.locator('input[name="consent"][value="work"]').check();
  await page.getByRole("button", { name: t("visits-record-do") }).click();
  await expect(page.getByRole("status")).toHaveText(t("visits-recorded"));

  const refers = page.locator('a[href^="/desk/referrals/new?need="]', { hasText: t("visits-need-work") }).first();
  await expect(refers).toBeVisible();
  await looksRight("needs-household");
  await refers.click();
  await expect(page.getByText(t("visits-need-agreed"))).toBeVisible();
  await looksRight("needs-refer");
  await page.getByLabel(t("services-service"), { exact: true }).selectOption({ index: 1 });
  await page.getByRole("group", { name: t("services-whom") }).getByRole("radio").first().check();
  await page.getByLabel(t("services-consent-by")).selectOption("person");
  await page.getByLabel(t("services-consent-how")).selectOption("spoken");
  await page.getByRole("button", { name: t("services-refer-do") }).click();
  await looksRight("needs-referral");
  await page.getByRole("main").locator(`a[href="${household}"]`).click();
  await expect(page.getByText(like("visits-became-referral")).first()).toBeVisible();

  await page.locator('a[href^="/desk/matters/new?need="]', { hasText: t("visits-need-repair") }).first().click();
  await expect(page.getByText(t("visits-need-not-named"))).toBeVisible();
  await expect(page.locator('input[name="telephone"]')).toHaveCount(0);
  await looksRight("needs-matter");
  await page.getByLabel(t("matters-words"), { exact: true }).fill("水槽下面漏水。");
  await page.getByRole("button", { name: t("matters-take-do") }).click();
  await expect(page.getByText(t("visits-need-behind")).first()).toBeVisible();
  await looksRight("needs-sheet");
});

test("an answer given often is kept, and messages have a language", async ({ firstPage: page, language, t, looksRight }) => {
  await enterAs(page, "grid-leader", language);
  await page.goto("/desk/matters/templates");
  await looksRight("needs-templates");
  const form = page.locator("form", { has: page.getByRole("button", { name: t("matters-template-add") }) });
  await form.getByLabel(t("matters-template-title"), { exact: true }).fill("已约时间");
  await form.getByRole("button", { name: t("matters-template-add") }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.goto("/inbox");
  await looksRight("needs-inbox");
  await page.goto("/inbox/preferences");
  await page.getByLabel(t("notices-language-which")).selectOption("en");
  await page.locator("form", { has: page.locator("#language") }).getByRole("button", { name: t("notices-keep") }).click();
  await expect(page.getByRole("status")).toContainText(t("notices-language-kept"));
  await looksRight("needs-preferences");
});
