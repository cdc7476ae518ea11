// Visits where there is no network: the way is cut in the middle of a visit, the browser is killed, the clock is wrong by a
// day, two people stand at one door, and one batch is sent three times. Nothing is lost, and nothing is there twice.
import { Killed, Way } from "./cut.ts";
import { enterAs, expect, test, type Role } from "./lilong.ts";
import { say, type Language } from "./messages.ts";
import { inFolder } from "./program.ts";
import type { Page } from "@playwright/test";

const DAY = 86_400_000;
const PIN = "246810";

/** Prepares a device for the reader's round. */
async function prepares(page: Page, language: Language): Promise<void> {
  await expect(page.locator("#state")).toHaveText(say(language, "visits-off-ready"));
  await page.getByLabel(say(language, "visits-off-new-pin")).fill("123");
  await page.getByRole("button", { name: say(language, "visits-off-setup-do") }).click();
  await expect(page.getByRole("alert")).toContainText(say(language, "visits-off-pin-short"));
  await page.getByLabel(say(language, "visits-off-new-pin")).fill(PIN);
  await page.getByLabel(say(language, "visits-off-again-pin")).fill(PIN);
  await page.getByRole("button", { name: say(language, "visits-off-setup-do") }).click();
  await expect(page.locator("#stops button").first()).toBeVisible();
}

async function opens(page: Page, language: Language, pin: string): Promise<void> {
  await page.getByLabel("PIN", { exact: true }).fill(pin);
  await page.getByRole("button", { name: say(language, "visits-off-open"), exact: true }).click();
}

/** Writes a visit to a door of the round down. */
async function visits(page: Page, language: Language, door: number, outcome: string): Promise<string> {
  const button = page.locator("#stops button").nth(door);
  const name = await button.innerText();
  await button.click();
  await page.getByRole("radio", { name: say(language, `visits-outcome-${outcome}`) }).check();
  await page.getByRole("button", { name: say(language, "visits-record-do") }).click();
  await expect(page.locator("#visit")).toBeHidden();
  return name;
}

const unsent = (page: Page, count: number): Promise<void> =>
  expect(page.locator("#unsent")).toHaveAttribute("data-count", String(count));

test("a device is prepared, locked and opened; without a script the page says what to do", async ({
  firstPage: page,
  language,
  t,
  looksRight,
  javaScriptEnabled,
}) => {
  await enterAs(page, "community-worker", language);
  await page.goto("/desk/visits");
  await page.getByRole("link", { name: t("visits-offline-open") }).click();
  if (javaScriptEnabled === false) {
    await expect(page.getByText(t("visits-off-cannot"))).toBeVisible();
    await looksRight("visits-offline-no-script");
    return;
  }
  await expect(page.getByText(t("visits-off-cannot"))).toBeHidden();
  await looksRight("visits-offline-prepare");
  await prepares(page, language);
  await looksRight("visits-offline");
  await page.locator("#stops button").first().click();
  await looksRight("visits-offline-visit");
  await page.getByRole("button", { name: t("visits-off-back") }).click();
  await page.getByRole("button", { name: t("visits-off-lock") }).click();
  await expect(page.locator("#stops button").first()).toBeHidden();
  await looksRight("visits-offline-locked");
  for (const left of [4, 3, 2, 1]) {
    await opens(page, language, "000000");
    await expect(page.getByRole("alert")).toContainText(`${left}`);
  }
  await opens(page, language, "000000");
  await expect(page.getByRole("alert")).toContainText(t("visits-off-pin-gone"));
  // Signing in opens what is left, and the list comes anew.
  await page.getByRole("button", { name: t("visits-off-by-sign-in") }).click();
  await expect(page.locator("#stops button").first()).toBeVisible();
  // Whoever signs out leaves nothing behind.
  await page.goto("/leave");
  await page.getByRole("button", { name: t("people-leave"), exact: true }).click();
  await page.waitForURL(/\/$/);
  const left = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        const asked = indexedDB.open("lilong-visits");
        asked.onsuccess = () => {
          const count = asked.result.transaction("pack").objectStore("pack").count();
          count.onsuccess = () => done(count.result);
        };
      }),
  );
  expect(left).toBe(0);
});

test("the way is cut, the browser killed, the clock wrong, two at one door, one batch three times", async ({
  baseURL,
  javaScriptEnabled,
}) => {
  // What lies on the device is one thing in every face: it is proven in each that runs scripts.
  if (javaScriptEnabled === false) return;
  // Four browsers are started, and each PIN is hashed six hundred thousand times.
  test.setTimeout(300_000);
  const language: Language = "zh";
  await inFolder(async (folder) => {
    const way = new Way(new URL(baseURL ?? ""));
    await way.lay();
    const [device, other] = [new Killed(`${folder}/one`), new Killed(`${folder}/two`)];
    const enters = async (page: Page, role: Role): Promise<void> => {
      await page.goto(`${way.url}/?lang=zh-Hans`);
      const enter = page.getByRole("button", { name: say(language, `home-enter-${role}`) });
      if (await enter.isVisible()) await enter.click();
    };
    try {
      let page = await device.start();
      await enters(page, "community-worker");
      await page.goto(`${way.url}/desk/visits/offline`);
      await prepares(page, language);
      const second = await other.start();
      // A clock that is a day ahead from the beginning.
      await second.addInitScript((ahead) => {
        const now = Date.now;
        Date.now = () => now() + ahead;
      }, DAY);
      await enters(second, "grid-leader");
      await second.goto(`${way.url}/desk/visits/offline`);
      await prepares(second, language);

      await page.locator("#stops button").first().click();
      await way.cut();
      await page.getByRole("button", { name: say(language, "visits-off-back") }).click();
      const first = await visits(page, language, 0, "met");
      await visits(page, language, 1, "absent");
      await unsent(page, 2);
      // In the middle of the third.
      await page.locator("#stops button").nth(2).click();
      await device.kill();

      page = await device.start();
      await page.goto(`${way.url}/desk/visits/offline`);
      await unsent(page, 2);
      await opens(page, language, "111111");
      await expect(page.getByRole("alert")).toContainText("4");
      await opens(page, language, PIN);
      await visits(page, language, 2, "online");
      await unsent(page, 3);
      await expect(page.getByRole("alert")).toContainText(say(language, "visits-off-no-network"));

      // They arrive, and the answer is lost: they are sent again, and are there once.
      const sent: string[] = [];
      page.on("request", (request) => {
        if (request.url().endsWith("/api/v1/visits")) sent.push(request.postData() ?? "");
      });
      await way.lay();
      await enters(page, "community-worker");
      await page.goto(`${way.url}/desk/visits/offline`);
      await page.route("**/api/v1/visits", async (route) => {
        await route.fetch();
        await route.abort();
      });
      await opens(page, language, PIN);
      await expect.poll(() => sent.length, { timeout: 60_000 }).toBeGreaterThan(0);
      await unsent(page, 3);
      await page.unroute("**/api/v1/visits");
      await page.getByRole("button", { name: say(language, "visits-off-send"), exact: true }).click();
      await unsent(page, 0);
      await expect(page.locator('#edits [data-state="sent"]')).toHaveCount(3);
      const again = await page.evaluate(async (body) => {
        const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
        const answer = await fetch("/api/v1/visits", { method: "POST", headers, body });
        return (await answer.json()).receipts.map((receipt: { waits: string | null }) => receipt.waits);
      }, sent.at(-1) ?? "");
      expect(again).toEqual([null, null, null]);

      // The other stands at the same door on the same day, with a clock of tomorrow.
      expect(await visits(second, language, 0, "met")).toBe(first);
      await expect(second.locator('#edits [data-state="waits"]')).toContainText(say(language, "visits-misfit-twice"));
      await unsent(second, 0);
      await second.goto(`${way.url}/desk/visits/inbox`);
      await expect(second.getByText(say(language, "visits-misfit-twice"))).toHaveCount(1);
      await second.getByRole("listitem").filter({ hasText: say(language, "visits-misfit-twice") }).getByRole("link").click();
      await expect(second.locator("ul.rows .t").getByText(say(language, "visits-outcome-met"), { exact: true })).toHaveCount(1);
      // For those who come after: nothing waits.
      await second.goto(`${way.url}/desk/visits/inbox`);
      await second.getByRole("button", { name: say(language, "visits-put-aside") }).first().click();

      // The device is lost: what lies on it goes when it next comes.
      await page.goto(`${way.url}/desk/visits/devices`);
      await page.getByRole("button", { name: say(language, "visits-wipe"), exact: true }).first().click();
      await page.goto(`${way.url}/desk/visits/offline`);
      await expect(page.getByRole("alert")).toContainText(say(language, "visits-off-wiped"));
    } finally {
      await device.kill();
      await other.kill();
      await way.cut();
    }
  });
});
