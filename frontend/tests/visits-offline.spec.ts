// A device that holds a round: prepared, locked, opened by PIN or by a sign-in, and told to forget it.
import { enterAs, expect, test } from "./lilong.ts";
import { say, type Language } from "./messages.ts";
import type { Page } from "@playwright/test";

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
