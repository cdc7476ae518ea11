// Accounts that somebody comes in to by a password: opened, given a role and a code by those whose part it is.
import { enterAs, expect } from "./lilong.ts";
import type { Language } from "./messages.ts";
import type { Page } from "@playwright/test";

export const PASSWORD = "green tea every morning";

export type Say = (id: string) => string;

export async function leaves(page: Page, t: Say): Promise<void> {
  await page.goto("/leave");
  await page.getByRole("main").getByRole("button", { name: t("people-leave") }).click();
  // What lies on the device is emptied before the form goes: who goes on sooner stays signed in.
  await page.waitForURL((url) => url.pathname === "/");
}

/** Comes in to an account, from anywhere. */
export async function signsIn(page: Page, t: Say, login: string): Promise<void> {
  await page.goto("/enter");
  await page.getByLabel(t("people-login")).fill(login);
  await page.getByLabel(t("people-password")).fill(PASSWORD);
  await page.getByRole("button", { name: t("people-enter"), exact: true }).click();
  await expect(page.getByRole("button", { name: t("people-enter"), exact: true })).toHaveCount(0);
}

/** Sets the password of an account by its code. */
export async function enrols(page: Page, t: Say, login: string, code: string): Promise<void> {
  await page.goto("/enrol");
  await page.getByLabel(t("people-login")).fill(login);
  await page.getByLabel(t("people-code")).fill(code);
  await page.getByLabel(t("people-new-password")).fill(PASSWORD);
  await page.getByLabel(t("people-password-again")).fill(PASSWORD);
  await page.getByRole("button", { name: t("people-enrol-do") }).click();
  await expect(page.getByRole("status")).toContainText(t("people-enrolled-now"));
}

/** Opens an account, by the system administrator who is signed in; where it lies. */
export async function opens(page: Page, t: Say, login: string, person: string): Promise<string> {
  await page.goto("/desk/accounts/new");
  await page.getByLabel(t("people-login"), { exact: true }).fill(login);
  await page.getByLabel(t("people-person"), { exact: true }).fill(person);
  await page.getByRole("button", { name: t("people-open") }).click();
  await expect(page.getByRole("heading", { level: 1, name: login })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** Gives a role, over a place or the district, and a code, by the security administrator who is signed in; the code. */
export async function givesRole(page: Page, t: Say, account: string, role: string, place = ""): Promise<string> {
  await page.goto(account);
  await page.getByLabel(t("people-give")).selectOption({ label: t(`people-role-${role}`) });
  await page.getByLabel(t("people-place")).fill(place);
  await page.getByRole("button", { name: t("people-give-do") }).click();
  await page.getByRole("button", { name: t("people-code-make") }).click();
  return (await page.getByRole("status").locator(".code").textContent()) ?? "";
}

/** In a demonstration: the account of a town officer with its password; nobody is signed in afterwards. */
export async function opensAccount(page: Page, t: Say, language: Language, login: string): Promise<void> {
  await page.goto("/");
  await enterAs(page, "system-administrator", language);
  const account = await opens(page, t, login, "示例人");
  await leaves(page, t);
  await enterAs(page, "security-administrator", language);
  const code = await givesRole(page, t, account, "town-officer", "310112107");
  await leaves(page, t);
  await enrols(page, t, login, code);
}
