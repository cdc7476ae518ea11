// An account that somebody comes in to by a password of their own: opened, given a role and a code by those whose part it is.
import { enterAs, expect } from "./lilong.ts";
import type { Language } from "./messages.ts";
import type { Page } from "@playwright/test";

export const PASSWORD = "green tea every morning";

type Say = (id: string) => string;

export async function leaves(page: Page, t: Say): Promise<void> {
  await page.goto("/leave");
  await page.getByRole("main").getByRole("button", { name: t("people-leave") }).click();
}

/** Comes in to an account, from anywhere. */
export async function signsIn(page: Page, t: Say, login: string): Promise<void> {
  await page.goto("/enter");
  await page.getByLabel(t("people-login")).fill(login);
  await page.getByLabel(t("people-password")).fill(PASSWORD);
  await page.getByRole("button", { name: t("people-enter"), exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

/** Opens the account of a town officer and sets its password; nobody is signed in afterwards. */
export async function opensAccount(page: Page, t: Say, language: Language, login: string): Promise<void> {
  await page.goto("/");
  await enterAs(page, "system-administrator", language);
  await page.goto("/desk/accounts/new");
  await page.getByLabel(t("people-login"), { exact: true }).fill(login);
  await page.getByLabel(t("people-person"), { exact: true }).fill("示例人");
  await page.getByRole("button", { name: t("people-open") }).click();
  await expect(page.getByRole("heading", { level: 1, name: login })).toBeVisible();
  const account = new URL(page.url()).pathname;
  await leaves(page, t);

  await enterAs(page, "security-administrator", language);
  await page.goto(account);
  await page.getByLabel(t("people-give")).selectOption({ label: t("people-role-town-officer") });
  await page.getByLabel(t("people-place")).fill("310112107");
  await page.getByRole("button", { name: t("people-give-do") }).click();
  await page.getByRole("button", { name: t("people-code-make") }).click();
  const code = (await page.getByRole("status").locator(".code").textContent()) ?? "";
  await leaves(page, t);

  await page.goto("/enrol");
  await page.getByLabel(t("people-login")).fill(login);
  await page.getByLabel(t("people-code")).fill(code);
  await page.getByLabel(t("people-new-password")).fill(PASSWORD);
  await page.getByLabel(t("people-password-again")).fill(PASSWORD);
  await page.getByRole("button", { name: t("people-enrol-do") }).click();
  await expect(page.getByRole("status")).toContainText(t("people-enrolled-now"));
}
