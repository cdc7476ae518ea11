// A district officer changes 1,000 to 800, reads why for one community, saves a draft and looks at its adoption.
import { enterAs, expect, goTo, test } from "./lilong.ts";

/** The number that decides who gets a station of their own. */
const NUMBER = { zh: "单独设站的户数线", en: "Households above which a community gets a station of its own" };
/** What the shipped handbook says of itself, and of a community. */
const SAYS = {
  zh: { unofficial: "依据公开报道整理，非官方文本", over: "超过 800 户", notOver: "没有超过 1,000 户" },
  en: {
    unofficial: "Compiled from public reports; not the official text",
    over: "over 800 households",
    notOver: "not over 1,000 households",
  },
};

test("a number is changed, its effect read, a draft saved", async ({
  firstPage: page,
  language,
  t,
  like,
  looksRight,
}) => {
  await enterAs(page, "district-officer", language);
  await goTo(page, t("handbook-title"));
  await expect(page.getByRole("heading", { level: 1, name: t("handbook-title") })).toBeVisible();
  await looksRight("handbook");

  // A number that may not be is told at its field, and nothing that was typed is lost.
  await page.getByLabel(NUMBER[language]).fill("50");
  await page.getByRole("button", { name: NUMBER[language] }).click();
  await expect(page.getByRole("alert")).toContainText(/100.+5,000/);
  const field = page.locator("#value");
  await expect(field).toHaveValue("50");
  await field.fill("800");
  await field.press("Enter");

  await expect(page.getByRole("heading", { level: 1 })).toContainText("1,000 → 800");
  await expect(page.getByRole("heading", { name: t("handbook-effect-communities") })).toBeVisible();
  await expect(page.getByText(SAYS[language].over).first()).toBeVisible();
  await looksRight("handbook-effect");

  // Each run saves a version of its own: one district may serve several faces.
  const version = `${test.info().project.name.slice(0, 10)}-${Date.now() % 100_000}`;
  await page.getByLabel(t("handbook-save-version")).fill(version);
  await page.getByRole("button", { name: t("handbook-save-do") }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(version);
  await expect(page.locator("del", { hasText: "1,000" }).first()).toBeVisible();
  await expect(page.locator("ins", { hasText: "800" }).first()).toBeVisible();
  await looksRight("handbook-draft");

  await page.getByLabel(t("handbook-adopt-from")).fill("2026-03-01");
  await page.getByRole("button", { name: t("handbook-adopt-next") }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("2026-03-01");
  await expect(page.getByRole("button", { name: t("handbook-adopt-do"), exact: true })).toBeVisible();
  await looksRight("handbook-adopt");
  await page.getByRole("link", { name: t("handbook-adopt-not") }).click();
  await expect(page.getByText(t("handbook-state-draft"), { exact: true }).first()).toBeVisible();
});

test("a prescription is read with its reasons", async ({ firstPage: page, language, t, like, looksRight }) => {
  await enterAs(page, "district-officer", language);
  await goTo(page, t("handbook-title"));
  await page.getByLabel(NUMBER[language]).fill("800");
  await page.getByRole("button", { name: NUMBER[language] }).click();
  const list = page.getByRole("region", { name: t("handbook-effect-communities") });
  const community = list.getByRole("link").first();
  const name = (await community.textContent()) ?? "";
  await community.click();

  await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
  await expect(page.getByRole("heading", { name: t("handbook-why") })).toBeVisible();
  await expect(page.getByText(SAYS[language].notOver).first()).toBeVisible();
  await expect(page.getByText(SAYS[language].unofficial).first()).toBeVisible();
  await looksRight("prescription");
});

test("anyone reads the rules, and two versions word by word", async ({ firstPage: page, language, t, looksRight }) => {
  await goTo(page, t("handbook-title"));
  await expect(page.getByText(SAYS[language].unofficial).first()).toBeVisible();
  await looksRight("rules");

  await page.goto("/");
  await enterAs(page, "district-officer", language);
  await goTo(page, t("handbook-title"));
  await page.getByRole("link", { name: t("handbook-compare-do") }).click();
  await expect(page.getByRole("heading", { name: t("handbook-differences") })).toBeVisible();
  await looksRight("handbook-compare-do");
});
