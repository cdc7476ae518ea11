// The first page, and the ways from it: to effective coverage in one click, to the station plan in two.
import { enterAs, expect, goTo, test } from "./lilong.ts";

test("the first page is whole, in every face", async ({ firstPage: page, language, looksRight }) => {
  await expect(page.locator("html")).toHaveAttribute("lang", language === "zh" ? /^zh/ : /^en/);
  await looksRight("first-page");
});

test("an officer is at effective coverage in one click and at the station plan in two", async ({
  firstPage: page,
  language,
  t,
  looksRight,
}) => {
  await enterAs(page, "district-officer", language);
  await expect(page.getByRole("heading", { level: 1, name: t("coverage-room") })).toBeVisible();
  await expect(page.getByText(t("coverage-effective"), { exact: true }).first()).toBeVisible();
  await expect(page.getByText("547").first()).toBeVisible();
  await looksRight("coverage");

  await goTo(page, t("plan-room"));
  await expect(page.getByRole("heading", { level: 1, name: t("plan-title") })).toBeVisible();
  await expect(page.getByText(t("plan-state-adopted"), { exact: true }).first()).toBeVisible();
  await looksRight("plan");
});

test("anyone finds who serves a community and when somebody is there", async ({ firstPage: page, t, looksRight }) => {
  await page.getByRole("search", { name: t("home-find") }).getByRole("searchbox").fill("爱琴海");
  await page.getByRole("search", { name: t("home-find") }).getByRole("button").click();
  await looksRight("search");
  await page.getByRole("main").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: t("register-who") })).toBeVisible();
  await expect(page.getByRole("heading", { name: t("register-next-staffed") })).toBeVisible();
  await expect(page.getByText(t("register-someone"), { exact: true }).first()).toBeVisible();
  await looksRight("community");
});

test("what is not there, and what is not for anyone, says what to do", async ({ firstPage: page, t, looksRight }) => {
  await page.goto("/nowhere");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await looksRight("error-absent");
  await page.goto("/district/plan");
  await expect(page.getByRole("heading", { level: 1, name: t("people-enter-title") })).toBeVisible();
  await looksRight("enter");
});
