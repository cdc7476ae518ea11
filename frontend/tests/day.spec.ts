// A day at a station: a call is taken in and handed to the operator, three households are visited where there is no network, a need
// becomes a referral, the operator answers, a resident of the building confirms, and the operator's scorecard has one more.
import { leaves } from "./account.ts";
import { test } from "./alone.ts";
import { enterAs, expect } from "./lilong.ts";
import type { Page } from "@playwright/test";

type Say = (id: string) => string;
type Looks = (name: string) => Promise<void>;

const PIN = "246810";
const WORDS = "三楼楼道堆了旧沙发，推轮椅过不去。";
const ANSWER = "已请人搬走，楼道已经畅通。";

/** A dwelling of the round. */
interface Home {
  household: string;
}

/** The figures of the operator's scorecard: held, unconfirmed, reopened; then on time of answered, resolved of closed, satisfied of
 * who said. */
async function scorecard(page: Page, t: Say, looksRight: Looks, name: string): Promise<number[]> {
  await page.goto("/desk/matters/scores");
  await expect(page.getByText(t("matters-score-held"), { exact: true })).toBeVisible();
  // The four figures; what was answered to the questions stands in a table of its own.
  const counts = page.getByRole("table").first().getByRole("row").locator("td:nth-of-type(1)");
  const texts = [...(await page.getByRole("definition").allInnerTexts()), ...(await counts.allInnerTexts())];
  await looksRight(name);
  return texts.flatMap((text) => text.replaceAll(",", "").match(/\d+/g) ?? []).map(Number);
}

/** Takes a call in: of the building in which the demonstration's resident lives; the code of the matter. */
async function takesTheCall(page: Page, t: Say, building: string, community: string, looksRight: Looks): Promise<string> {
  await page.goto("/desk/matters/new");
  await looksRight("day-take-where");
  await page.getByRole("main").getByRole("link", { name: community, exact: true }).click();
  await page.getByRole("radio", { name: t("matters-source-telephone") }).check();
  await page.getByLabel(t("matters-category")).selectOption("neighbours-corridor");
  await page.getByLabel(t("matters-building")).selectOption({ label: building });
  await page.getByLabel(t("matters-place")).fill("3 层");
  await page.getByLabel(t("matters-words"), { exact: true }).fill(WORDS);
  await looksRight("day-take");
  await page.getByRole("button", { name: t("matters-take-do") }).click();
  await expect(page.getByRole("heading", { level: 2, name: t("matters-state-received") })).toBeVisible();
  await looksRight("day-matter-taken");
  return new URL(page.url()).pathname.split("/")[3] ?? "";
}

/** Takes a step of a matter. */
async function steps(page: Page, t: Say, step: string, note = ""): Promise<void> {
  await page.getByRole("radio", { name: t(`matters-do-${step}`), exact: true }).check();
  await page.getByLabel(t("matters-note"), { exact: true }).fill(note);
  await page.getByRole("button", { name: t("matters-step-do") }).click();
}

/** Visits three households without a network: met with a need, absent, refused; they go out once it is back. */
async function visitsOffline(page: Page, t: Say, looksRight: Looks): Promise<void> {
  await page.goto("/desk/visits/offline");
  await expect(page.locator("#state")).toHaveAttribute("data-ready", "yes");
  await page.getByLabel(t("visits-off-new-pin")).fill(PIN);
  await page.getByLabel(t("visits-off-again-pin")).fill(PIN);
  await page.getByRole("button", { name: t("visits-off-setup-do") }).click();
  await expect(page.locator("#stops button").first()).toBeVisible();
  await page.context().setOffline(true);
  for (const [door, outcome] of ["met", "absent", "refused"].entries()) {
    await page.locator("#stops button").nth(door).click();
    await page.getByRole("radio", { name: t(`visits-outcome-${outcome}`) }).check();
    if (outcome === "met") await needs(page, t);
    if (outcome === "met") await looksRight("day-offline-visit");
    await page.getByRole("button", { name: t("visits-record-do") }).click();
    await expect(page.locator("#unsent")).toHaveAttribute("data-count", `${door + 1}`);
  }
  await looksRight("day-offline-unsent");
  await page.context().setOffline(false);
  await expect(page.locator("#unsent")).toHaveAttribute("data-count", "0");
  await expect(page.locator('#edits [data-state="sent"]')).toHaveCount(3);
  await looksRight("day-offline-sent");
}

/** The household said what it needs, and agreed that whoever helps is told. */
async function needs(page: Page, t: Say): Promise<void> {
  const need = page.getByRole("group", { name: t("visits-needs") });
  await need.getByRole("checkbox", { name: t("visits-need-residence-permit"), exact: true }).check();
  await need.getByRole("checkbox", { name: t("visits-consent") }).check();
}

/** The same three visits where no script runs: each on the page of its household. */
async function visitsOnline(page: Page, t: Say, homes: Home[], looksRight: Looks): Promise<void> {
  for (const [door, outcome] of ["met", "absent", "refused"].entries()) {
    await page.goto("/desk/visits");
    await page.locator(`ol.todo a[href*="${homes[door]?.household.replaceAll("-", "")}"]`).click();
    await page.getByRole("radio", { name: t(`visits-outcome-${outcome}`) }).check();
    if (outcome === "met") await needs(page, t);
    await page.getByRole("button", { name: t("visits-record-do") }).click();
    await expect(page.getByRole("status")).toHaveText(t("visits-recorded"));
    await looksRight(`day-visit-${outcome}`);
  }
}

/** Makes a referral of what a household needs: its door and what was agreed are taken over. */
async function refers(page: Page, t: Say, home: Home, looksRight: Looks): Promise<void> {
  await page.goto(`/desk/visits/household/${home.household}`);
  const need = t("visits-need-residence-permit");
  await looksRight("day-household");
  await page.locator('a[href^="/desk/referrals/new?need="]', { hasText: need }).first().click();
  await expect(page.getByText(t("visits-need-agreed"))).toBeVisible();
  const service = page.getByLabel(t("services-service"), { exact: true });
  const fitting = service.locator("option").filter({ hasText: /居住证|residence permit/i });
  await service.selectOption({ label: await fitting.first().innerText() });
  await page.getByRole("group", { name: t("services-whom") }).getByRole("radio").first().check();
  await page.getByLabel(t("services-consent-by")).selectOption("person");
  await page.getByLabel(t("services-consent-how")).selectOption("spoken");
  await page.getByLabel(t("services-note")).fill("需要办理居住证，白天在家。");
  await looksRight("day-refer");
  await page.getByRole("button", { name: t("services-refer-do") }).click();
  await expect(page.getByText(t("services-state-sent")).first()).toBeVisible();
  await looksRight("day-referral");
}

/** The community and the building in which the demonstration's resident lives. */
async function residence(page: Page): Promise<{ community: string; building: string }> {
  const here = page.getByRole("main").getByRole("region").first();
  const community = await here.getByRole("heading", { level: 2 }).innerText();
  const dwelling = await here.getByRole("definition").first().innerText();
  return { community: community.trim(), building: /^\S+/.exec(dwelling.trim())?.[0] ?? "" };
}

test("a day at a station, from the first call to the second key", async ({
  firstPage: page,
  language,
  javaScriptEnabled,
  t,
  like,
  looksRight,
}) => {
  // Some thirty pages, each looked at, on a machine that may do other things too.
  test.setTimeout(600_000);
  await enterAs(page, "resident", language);
  await looksRight("day-home");
  const { community, building } = await residence(page);
  await leaves(page, t);
  await enterAs(page, "operator", language);
  const before = await scorecard(page, t, looksRight, "day-scores-before");
  await leaves(page, t);

  // In the morning the telephone rings.
  await enterAs(page, "community-worker", language);
  await page.goto("/desk");
  await looksRight("day-desk");
  const matter = await takesTheCall(page, t, building, community, looksRight);
  await steps(page, t, "accept");
  await page.getByText(t("matters-more-fields")).click();
  await page.getByLabel(t("matters-assign-to")).selectOption("operator");
  await steps(page, t, "assign", "楼道由物业清理，请今天去看。");
  await expect(page.getByText(like("matters-did-assign")).first()).toBeVisible();
  await looksRight("day-matter-handed");

  // Then three doors of the round, which is the worker's own.
  await page.goto("/desk/visits");
  await expect(page.getByRole("heading", { level: 2, name: like("visits-post-own") })).toBeVisible();
  await looksRight("day-visits");
  const pack = await (await page.request.get("/api/v1/visit-pack")).json();
  const homes = (pack as { round: { stops: { home: Home }[] } }).round.stops.map((stop) => stop.home);
  if (javaScriptEnabled === false) await visitsOnline(page, t, homes, looksRight);
  else await visitsOffline(page, t, looksRight);
  for (const [door, outcome] of ["met", "absent", "refused"].entries()) {
    const answer = await page.request.get(`/api/v1/households/${homes[door]?.household}/visits`);
    const { visits } = (await answer.json()) as { visits: { day: string; outcome: string }[] };
    expect(visits.filter(({ day }) => day === (pack as { day: string }).day).map((it) => it.outcome)).toEqual([outcome]);
  }
  const [met] = homes;
  if (!met) throw new Error("the round has no doors");
  await refers(page, t, met, looksRight);
  await leaves(page, t);

  // The operator does it and says so.
  await enterAs(page, "operator", language);
  await page.goto(`/desk/matters/${matter}`);
  await expect(page.getByText(WORDS)).toBeVisible();
  await looksRight("day-matter-operator");
  await steps(page, t, "accept");
  await steps(page, t, "answer", ANSWER);
  await expect(page.getByRole("heading", { level: 2, name: t("matters-state-answered") })).toBeVisible();
  await looksRight("day-matter-answered");
  await leaves(page, t);

  // A resident of the building sees that it is so, and turns the second key.
  await enterAs(page, "resident", language);
  await page.goto(`/matters/${matter}`);
  await looksRight("day-matter-resident");
  await page.getByLabel(t("matters-satisfied-yes"), { exact: true }).check();
  await page.getByRole("button", { name: t("matters-confirm") }).click();
  await expect(page.getByRole("heading", { level: 2, name: like("matters-outcome-confirmed") })).toBeVisible();
  await looksRight("day-matter-confirmed");
  await leaves(page, t);

  await enterAs(page, "operator", language);
  const after = await scorecard(page, t, looksRight, "day-scores-after");
  // One more is held, and of each share one more of one more; nothing else moved.
  expect(after.map((figure, at) => figure - (before[at] ?? 0))).toEqual([1, 0, 0, 1, 1, 1, 1, 1, 1]);
});
