// Three administrators make an account that works, its person sets a password and signs in; what was done is on record.
import { PASSWORD, leaves } from "./account.ts";
import { enterAs, expect, goTo, test } from "./lilong.ts";

test("an account is opened, given a role and a code, and used", async ({ firstPage: page, language, t, like, looksRight }) => {
  const login = `${test.info().project.name}-${Date.now() % 1_000_000}`;
  await enterAs(page, "system-administrator", language);
  await page.getByRole("link", { name: t("people-open") }).click();
  await page.getByRole("button", { name: t("people-open") }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel(t("people-login"), { exact: true }).fill(login);
  await page.getByLabel(t("people-person"), { exact: true }).fill("示例人");
  await looksRight("people-open");
  await page.getByRole("button", { name: t("people-open") }).click();
  await expect(page.getByRole("heading", { level: 1, name: login })).toBeVisible();
  await expect(page.getByText("示**")).toBeVisible();
  const account = new URL(page.url()).pathname;
  await leaves(page, t);

  await enterAs(page, "security-administrator", language);
  await page.goto(account);
  await page.getByLabel(t("people-give")).selectOption({ label: t("people-role-town-officer") });
  await page.getByLabel(t("people-place")).fill("310112999");
  await page.getByRole("button", { name: t("people-give-do") }).click();
  await expect(page.getByRole("alert")).toContainText(t("people-refused-place"));
  await page.getByLabel(t("people-place")).fill("310112107");
  await page.getByRole("button", { name: t("people-give-do") }).click();
  await expect(page.getByRole("button", { name: like("people-take") })).toBeVisible();
  await page.getByRole("button", { name: t("people-code-make") }).click();
  const code = (await page.getByRole("status").locator(".code").textContent()) ?? "";
  expect(code).toMatch(/^(\w{5}-){3}\w{5}$/);
  await looksRight("people-account");
  await leaves(page, t);

  await page.goto("/enter");
  await page.getByRole("link", { name: t("people-enter-code") }).click();
  await page.getByLabel(t("people-login")).fill(login);
  await page.getByLabel(t("people-code")).fill(code.toLowerCase());
  await page.getByLabel(t("people-new-password")).fill(PASSWORD);
  await page.getByLabel(t("people-password-again")).fill(PASSWORD);
  await looksRight("people-enrol");
  await page.getByRole("button", { name: t("people-enrol-do") }).click();
  await expect(page.getByRole("status")).toContainText(t("people-enrolled-now"));
  await page.getByLabel(t("people-login")).fill(login);
  await page.getByLabel(t("people-password")).fill(PASSWORD);
  await page.getByRole("button", { name: t("people-enter"), exact: true }).click();
  await goTo(page, t("people-own-title"));
  await expect(page.getByText(t("people-role-town-officer")).first()).toBeVisible();
  await looksRight("people-own");
  await leaves(page, t);

  await enterAs(page, "audit-administrator", language);
  await page.getByRole("textbox", { name: t("people-login") }).fill(login);
  await page.getByRole("button", { name: t("people-audit-show") }).click();
  await expect(page.getByRole("cell", { name: t("people-action-password-set") })).toBeVisible();
  await expect(page.getByText("示例人")).toHaveCount(0);
  await looksRight("people-audit");
  await page.getByRole("link", { name: t("people-chain-look") }).click();
  await expect(page.getByText(like("people-chain-sound"))).toBeVisible();
  await looksRight("people-chain");
});
