// A program of one's own: a token is made and shown once, reads with it, and is revoked; the documentation says how.
import { enterAs, expect, test } from "./lilong.ts";

test("a personal token is made, works for a program, and is revoked", async ({
  firstPage: page,
  language,
  t,
  like,
  looksRight,
  request,
}) => {
  await enterAs(page, "district-officer", language);
  await page.getByRole("contentinfo").getByRole("link", { name: t("api-title") }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(t("api-title"));
  await page.getByText(t("api-op-register-communities")).click();
  await looksRight("api");

  await page.getByRole("link", { name: t("api-tokens-title") }).click();
  await expect(page.getByText(t("api-tokens-none"))).toBeVisible();
  // Without a name nobody would know later what it was for.
  await page.getByRole("button", { name: t("api-tokens-make") }).click();
  await expect(page.getByRole("alert")).toContainText(like("people-refused-token-name"));
  await page.getByLabel(t("api-tokens-name")).fill("夜间程序");
  await looksRight("tokens");
  await page.getByRole("button", { name: t("api-tokens-make") }).click();
  const token = await page.getByRole("status").getByText("lilong_").innerText();
  await looksRight("tokens-made");

  const home = new URL(page.url()).origin;
  const ask = (path: string) =>
    request.get(home + path, { headers: { Authorization: `Bearer ${token}`, "Accept-Language": "en" } });
  const read = await ask("/api/v1/register/communities?limit=3");
  expect(read.status()).toBe(200);
  expect((await read.json()).items).toHaveLength(3);
  const absent = await ask("/api/v1/communities/nowhere");
  expect(absent.headers()["content-type"]).toBe("application/problem+json");

  await page.getByRole("button", { name: new RegExp(t("api-tokens-revoke")) }).click();
  await expect(page.getByText(like("api-tokens-revoked"))).toBeVisible();
  expect((await ask("/api/v1/register/communities")).status()).toBe(401);
});
