// A device of one's own instead of a password: made, used, removed. The device is Chromium's virtual authenticator.
import { PASSWORD, leaves, opensAccount, signsIn } from "./account.ts";
import { expect, test as base } from "./lilong.ts";
import type { Page } from "@playwright/test";

/** Passkeys need a name, and to this machine that is localhost. */
const test = base.extend({
  baseURL: async ({ baseURL }, use) => use((baseURL ?? "").replace("127.0.0.1", "localhost")),
});

/** A phone that is touched at once, by somebody whom it recognises or not. */
async function device(page: Page): Promise<{ recognises: (owner: boolean) => Promise<void> }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    recognises: async (owner) => {
      await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: owner });
    },
  };
}

test("a device comes in instead of a password", async ({ firstPage: page, language, t, like, looksRight, javaScriptEnabled }) => {
  const login = `key-${test.info().project.name}-${Date.now() % 1_000_000}`;
  await opensAccount(page, t, language, login);
  await signsIn(page, t, login);
  await page.goto("/me");
  await page.getByLabel(t("people-passkey-name")).fill("示例手机");
  const password = page.locator("#passkey-old");
  await password.fill("not my password at all");
  await page.getByRole("button", { name: t("people-passkey-new") }).click();
  await expect(page.getByRole("alert")).toContainText(t("people-refused-old"));
  await expect(page.getByLabel(t("people-passkey-name"))).toHaveValue("示例手机");
  await password.fill(PASSWORD);
  if (javaScriptEnabled === false) {
    await page.getByRole("button", { name: t("people-passkey-new") }).click();
    await expect(page.getByText(t("people-passkey-script"))).toBeVisible();
    await looksRight("people-passkey-no-script");
    return;
  }
  // The device does not recognise who holds it: it is said, and it can be asked again.
  const phone = await device(page);
  await phone.recognises(false);
  await page.getByRole("button", { name: t("people-passkey-new") }).click();
  await expect(page.getByText(t("people-passkey-failed"))).toBeVisible();
  await expect(page.getByText(t("people-passkey-script"))).toBeHidden();
  await looksRight("people-passkey-new");
  await phone.recognises(true);
  await page.getByRole("button", { name: t("people-passkey-ask") }).click();
  await expect(page.getByRole("status")).toContainText(t("people-passkey-added"));
  await expect(page.getByText("示例手机").first()).toBeVisible();
  await looksRight("people-passkeys");
  await leaves(page, t);

  await page.goto("/enter?next=%2Fme");
  await looksRight("people-enter");
  await page.getByRole("button", { name: t("people-passkey-enter") }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("people-own-title") })).toBeVisible();
  await expect(page.getByText(t("people-passkey-unused"))).toHaveCount(0);

  await page.getByRole("button", { name: like("people-passkey-remove") }).click();
  await expect(page.getByRole("status")).toContainText(t("people-passkey-removed"));
  await leaves(page, t);
  // The device still has it, and nobody believes it.
  await page.goto("/enter");
  await page.getByRole("button", { name: t("people-passkey-enter") }).click();
  await expect(page.getByRole("alert")).toContainText(t("people-refused-passkey"));
});
