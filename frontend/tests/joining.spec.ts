// A resident joins by a letter and a code, sees the own home, and leaves; an owner sees what they own.
import { leaves } from "./account.ts";
import { enterAs, expect, test } from "./lilong.ts";
import type { Page } from "@playwright/test";

test("a letter is printed, a resident joins by it and ends the account", async ({
  firstPage: page,
  language,
  t,
  looksRight,
}) => {
  const number = 19900000000 + (Date.now() % 1_000_000);
  await enterAs(page, "operator", language);
  await page.goto("/desk/letters");
  await looksRight("letters-choose");
  await page.getByRole("main").getByRole("listitem").first().getByRole("link").click();
  await looksRight("letters");
  await page.getByRole("main").getByRole("listitem").first().getByRole("button").click();
  await expect(page.getByRole("article").first()).toBeVisible();
  const code = (await page.getByRole("article").first().locator(".code").textContent()) ?? "";
  expect(code).toMatch(/^(\w{5}-){3}\w{5}$/);
  await looksRight("letters-printed");
  await leaves(page, t);

  await page.goto("/enter");
  await page.getByRole("link", { name: t("joining-room") }).click();
  await page.getByRole("button", { name: t("joining-send") }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel(t("joining-letter")).fill(code);
  await page.getByLabel(t("joining-telephone")).fill(`${number}`);
  await looksRight("join");
  await page.getByRole("button", { name: t("joining-send") }).click();
  const sent = (await page.getByRole("status").locator(".code").textContent()) ?? "";
  expect(sent).toMatch(/^\d{6}$/);
  await looksRight("join-code");
  await page.getByLabel(t("joining-code"), { exact: true }).fill(sent);
  await page.getByRole("button", { name: t("joining-go-on") }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("joining-home") })).toBeVisible();
  await looksRight("home");
  await page.getByRole("button", { name: t("joining-withdraw") }).click();
  await page.goto("/home");
  await expect(page.getByRole("heading", { level: 1, name: t("people-enter-title") })).toBeVisible();
});

test("a telephone that stands with nobody may ask a worker", async ({ firstPage: page, t, looksRight }) => {
  const number = 19800000000 + (Date.now() % 1_000_000);
  await page.goto("/enter/telephone");
  await page.getByLabel(t("joining-telephone")).fill(`${number}`);
  await looksRight("enter-telephone");
  await page.getByRole("button", { name: t("joining-send") }).click();
  const sent = (await page.getByRole("status").locator(".code").textContent()) ?? "";
  await page.getByLabel(t("joining-code"), { exact: true }).fill(sent);
  await page.getByRole("button", { name: t("joining-go-on") }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("joining-unknown") })).toBeVisible();
  await looksRight("join-unknown");
});

test("an owner sees the flat that is theirs", async ({ firstPage: page, language, t, looksRight }) => {
  await enterAs(page, "owner", language);
  await expect(page.getByRole("heading", { name: t("joining-owned") })).toBeVisible();
  await looksRight("home-owner");
  await page.getByRole("link", { name: t("joining-owner-do") }).click();
  await looksRight("join-owner");
});
