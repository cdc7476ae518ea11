// A resident reports from a phone without an account, the operator answers, the resident turns the second key, and the scorecard of the
// operator changes by one.
import { leaves } from "./account.ts";
import { enterAs, expect, test } from "./lilong.ts";
import type { Page } from "@playwright/test";

/** How many matters the operator's scorecard holds. */
async function held(page: Page, t: (id: string) => string): Promise<number> {
  await page.goto("/desk/matters/scores");
  const figure = page.getByRole("definition").first();
  await expect(page.getByText(t("matters-score-held"), { exact: true })).toBeVisible();
  return Number((await figure.innerText()).replaceAll(",", ""));
}

test("a report goes from a phone to the second key, and the scorecard counts one more", async ({
  firstPage: page,
  language,
  t,
  like,
  looksRight,
}) => {
  await enterAs(page, "operator", language);
  const before = await held(page, t);
  await looksRight("matters-scores");
  await page.goto("/desk/matters/codes");
  await looksRight("matters-codes");
  await page.goto("/desk/letters");
  const community = await page.getByRole("main").getByRole("listitem").first().getByRole("link").getAttribute("href");
  const code = new URL(community ?? "", page.url()).searchParams.get("community") ?? "";
  await leaves(page, t);

  await page.goto("/matters");
  await looksRight("matters");
  await page.getByRole("link", { name: t("matters-report") }).first().click();
  await looksRight("matters-where");
  await page.goto(`/matters/new?community=${code}`);
  await page.getByRole("button", { name: t("matters-next-step") }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByRole("radio").first().check();
  await page.getByLabel(t("matters-place")).fill("2 层");
  await looksRight("matters-what");
  await page.getByRole("button", { name: t("matters-next-step") }).click();
  await page.getByRole("button", { name: t("matters-send") }).click();
  await expect(page.getByRole("alert")).toContainText(t("matters-missing-name"));
  await page.getByLabel(t("matters-words"), { exact: true }).fill("水槽下面漏水，放了盆接着。");
  await page.getByLabel(t("matters-anonymous")).check();
  await looksRight("matters-say");
  await page.getByRole("button", { name: t("matters-send") }).click();
  await expect(page.getByRole("status")).toContainText(t("matters-receipt-keep"));
  await looksRight("matters-receipt");
  const own = new URL(page.url()).pathname;
  const matter = own.split("/")[2] ?? "";

  await page.goto("/");
  await enterAs(page, "operator", language);
  await page.goto("/desk/matters");
  await looksRight("desk-matters");
  await page.goto(`/desk/matters/${matter}`);
  await looksRight("desk-matter");
  await page.getByRole("radio", { name: t("matters-do-accept"), exact: true }).check();
  await page.getByRole("button", { name: t("matters-step-do") }).click();
  await page.getByRole("radio", { name: t("matters-do-answer"), exact: true }).check();
  await page.getByRole("button", { name: t("matters-step-do") }).click();
  await expect(page.getByRole("alert")).toContainText(t("matters-refused-say"));
  await page.getByLabel(t("matters-note"), { exact: true }).fill("换了密封圈，不漏了。");
  await page.getByRole("button", { name: t("matters-step-do") }).click();
  await expect(page.getByRole("heading", { level: 2, name: t("matters-state-answered") })).toBeVisible();
  expect(await held(page, t)).toBe(before + 1);
  await leaves(page, t);

  await page.goto(`/matters/${matter}`);
  await expect(page.getByText("换了密封圈")).toHaveCount(0);
  await looksRight("matter");
  await page.goto(own);
  await expect(page.getByText("换了密封圈，不漏了。")).toBeVisible();
  await looksRight("matter-own");
  await page.getByLabel(t("matters-satisfied-yes"), { exact: true }).check();
  await page.getByRole("button", { name: t("matters-confirm") }).click();
  await expect(page.getByRole("heading", { level: 2, name: like("matters-outcome-confirmed") })).toBeVisible();
});

test("a worker takes a call in, and what is wrong is told at its field", async ({
  firstPage: page,
  language,
  t,
  looksRight,
}) => {
  await enterAs(page, "community-worker", language);
  await page.goto("/desk/matters/new");
  await looksRight("matters-take-where");
  await page.getByRole("main").getByRole("listitem").first().getByRole("link").click();
  await page.getByRole("button", { name: t("matters-take-do") }).click();
  await expect(page.getByRole("alert")).toContainText(t("matters-refused-category"));
  await page.getByLabel(t("matters-category")).selectOption("neighbours-noise");
  await page.getByLabel(t("matters-words"), { exact: true }).fill("隔壁晚上声音很大。");
  await looksRight("matters-take");
  await page.getByRole("button", { name: t("matters-take-do") }).click();
  await expect(page.getByRole("heading", { level: 2, name: t("matters-state-received") })).toBeVisible();
});
