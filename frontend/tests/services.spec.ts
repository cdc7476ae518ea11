// Somebody new looks for a service, and a worker refers somebody to it and records what came of it.
import { enterAs, expect, goTo, test } from "./lilong.ts";

test("a newcomer finds what the first week needs, and where and when a service is open", async ({
  firstPage: page,
  t,
  like,
  looksRight,
}) => {
  await goTo(page, t("services-room"));
  await looksRight("services");
  await page.getByRole("link", { name: t("services-week-one"), exact: true }).click();
  await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
  await looksRight("services-week-one");
  await page.getByRole("navigation", { name: t("shell-here") }).getByRole("link").click();

  const filter = page.getByRole("main").locator("form.filter");
  await filter.getByLabel(t("services-search")).fill("没有这样的服务");
  await filter.getByRole("button", { name: t("services-look") }).click();
  await expect(page.getByText(t("services-none"))).toBeVisible();
  await filter.getByLabel(t("services-search")).fill("");
  await filter.getByLabel(t("services-category")).selectOption("health");
  await filter.getByRole("button", { name: t("services-look") }).click();
  await page.getByRole("main").locator("ul.rows").getByRole("link").first().click();
  await expect(page.getByText(t("services-hours-note"))).toBeVisible();
  await expect(page.getByText(like("services-changed-on")).first()).toBeVisible();
  await looksRight("service");
});

test("a referral is looked at and taken a step further", async ({
  firstPage: page,
  language,
  t,
  looksRight,
}) => {
  await enterAs(page, "community-worker", language);
  await page.goto("/desk/referrals?show=all");
  await looksRight("referrals");
  await page.goto("/desk/referrals/new");
  await looksRight("refer");
  await page.goto("/desk/referrals?show=sent");
  const open = page.getByRole("rowheader").getByRole("link");
  // A small district may have nothing that waits in this grid: then the list says so.
  if ((await open.count()) === 0) {
    await expect(page.getByText(t("services-referrals-none"))).toBeVisible();
    return;
  }
  await open.first().click();
  await looksRight("referral");
  await page.getByRole("button", { name: t("services-step-accept") }).click();
  await expect(page.getByText(t("services-state-accepted")).first()).toBeVisible();
});

test("a town keeps its directory", async ({ firstPage: page, language, t, looksRight }) => {
  await enterAs(page, "town-officer", language);
  await page.goto("/desk/services");
  await looksRight("services-kept");
  await page.getByRole("link", { name: t("services-add") }).click();
  await looksRight("service-new");
  await page.getByRole("button", { name: t("services-save") }).click();
  await expect(page.getByRole("alert")).toContainText(t("register-refused-choice"));
  await page.goto("/desk/services");
  await page.getByRole("main").locator("ul.rows").getByRole("link").first().click();
  await looksRight("service-keep");
});
