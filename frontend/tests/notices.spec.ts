// The inbox with what a town was told, by what one is told besides, and a program of others that is told.
import { leaves } from "./account.ts";
import { enterAs, expect, test } from "./lilong.ts";

test("a town reads what it was told and chooses how it is told", async ({ firstPage: page, language, t, like, looksRight }) => {
  await enterAs(page, "town-officer", language);
  await page.getByRole("link", { name: like("notices-bell") }).or(page.getByRole("link", { name: t("notices-inbox"), exact: true })).first().click();
  await expect(page.getByRole("heading", { level: 1, name: t("notices-inbox") })).toBeVisible();
  await expect(page.getByRole("link", { name: like("notices-text-gap-handed-out") })).toBeVisible();
  await looksRight("notices-inbox");
  await page.getByLabel(t("notices-kind")).selectOption({ label: t("notices-kind-plan-adopted") });
  await page.getByRole("button", { name: t("notices-filter") }).click();
  await expect(page.getByRole("link", { name: t("notices-text-plan-adopted") })).toBeVisible();
  await expect(page.getByRole("link", { name: like("notices-text-gap-handed-out") })).toHaveCount(0);

  await page.getByRole("link", { name: t("notices-preferences") }).click();
  const chased = page.getByRole("group", { name: t("notices-kind-gap-chased") });
  await chased.getByLabel(t("notices-channel-mail")).check();
  const ways = page.getByRole("region", { name: t("notices-ways") });
  await ways.getByRole("button", { name: t("notices-keep") }).click();
  await expect(page.getByRole("status")).toContainText(t("notices-choices-kept"));
  await expect(chased.getByLabel(t("notices-channel-mail"))).toBeChecked();
  await page.getByLabel(t("notices-mail-address")).fill("nobody");
  await page.getByRole("button", { name: t("notices-send-code") }).click();
  await expect(page.getByRole("alert")).toContainText(t("notices-bad-mail"));
  await looksRight("notices-preferences");
  await leaves(page, t);
});

test("the administrator registers a program and sees what is sent", async ({ firstPage: page, language, t, looksRight }) => {
  const url = `https://hooks.example.org/${test.info().project.name}-${Date.now() % 1_000_000}`;
  await enterAs(page, "system-administrator", language);
  await page.goto("/inbox");
  await page.getByRole("link", { name: t("notices-outbox") }).click();
  await expect(page.getByRole("table")).toBeVisible();
  await looksRight("notices-outbox");
  await page.getByRole("link", { name: t("notices-webhooks") }).click();
  await page.getByLabel(t("notices-url")).fill("https://10.0.0.1/");
  await page.getByRole("button", { name: t("notices-add-webhook") }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel(t("notices-url")).fill(url);
  const form = page.locator("form").filter({ has: page.getByRole("button", { name: t("notices-add-webhook") }) });
  await form.getByLabel(t("notices-kind-listing-decided")).check();
  await page.getByRole("button", { name: t("notices-add-webhook") }).click();
  await expect(page.getByText(/whsec_/)).toBeVisible();
  await looksRight("notices-webhooks");
  const line = page.getByRole("listitem").filter({ hasText: url });
  await line.getByRole("button", { name: t("notices-rotate") }).click();
  await expect(page.getByText(/whsec_/)).toBeVisible();
  await line.getByRole("button", { name: t("notices-end-webhook") }).click();
  await expect(line.getByRole("button")).toHaveCount(0);
  await leaves(page, t);
});
