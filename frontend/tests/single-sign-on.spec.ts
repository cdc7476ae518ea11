// Staff come in by the single sign-on of their organisation: a real provider of OpenID Connect beside a real Lilong.
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import Provider from "oidc-provider";
import { opensAccount } from "./account.ts";
import { expect, test as base } from "./lilong.ts";
import { end, inFolder, run, serve } from "./program.ts";
import type { Page } from "@playwright/test";

const CLIENT = "lilong";
/** For this provider alone, which lives as long as the test. */
const SECRET = "between the two of us";

/** The provider and the district that trusts it. */
interface Place {
  /** Where the district is. */
  url: string;
  /** Where the provider is. */
  issuer: string;
}

const test = base.extend<{ place: Place }>({
  place: async ({}, use) => {
    await inFolder(async (folder) => {
      let answer: RequestListener = (_, response) => response.writeHead(503).end();
      const server = createServer((request, response) => answer(request, response));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
      const data = join(folder, "data");
      run("demo", "--no-serve", "--size", "0.01", "--data", data);
      const secret = join(folder, "secret");
      writeFileSync(secret, `${SECRET}\n`, { mode: 0o600 });
      const sso = ["--sso-issuer", issuer, "--sso-client", CLIENT, "--sso-secret", secret];
      const served = await serve(data, /http/, ...sso);
      answer = provider(issuer, served.url).callback();
      await use({ url: served.url, issuer });
      await end(served);
      server.closeAllConnections();
      server.close();
    });
  },
  baseURL: async ({ place }, use) => use(place.url),
  elsewhere: async ({ place }, use) => use([place.issuer]),
});

/** A provider where everybody says who they are; it tells the login when it is asked, not in the ID token. */
function provider(issuer: string, district: string): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        client_secret: SECRET,
        redirect_uris: [`${district}/enter/single-sign-on/back`],
        response_types: ["code"],
        grant_types: ["authorization_code"],
      },
    ],
    claims: { openid: ["sub"], profile: ["preferred_username"] },
    cookies: { keys: ["a key of this test"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id.replace(/@.*/, "") }),
    }),
  });
}

/** Says at the provider who one is, and agrees that the district is told. */
async function says(page: Page, who: string): Promise<void> {
  await page.locator("input[name=login]").fill(who);
  await page.locator("input[name=password]").fill("whatever");
  await page.locator("button[type=submit]").click();
  await page.locator("button[type=submit]").click();
}

/** Forgets that one is known at the provider. */
async function forgets(page: Page): Promise<void> {
  await page.context().clearCookies();
}

test("staff come in by single sign-on", async ({ firstPage: page, place, language, t, looksRight }) => {
  await opensAccount(page, t, language, "zhang");
  const signOn = page.getByRole("button", { name: t("people-single-sign-on-enter") });

  await page.goto("/enter?next=%2Fme");
  await looksRight("people-enter-single-sign-on");
  await signOn.click();
  await page.waitForURL(`${place.issuer}/**`);
  await says(page, "zhang@town");
  await expect(page.getByRole("heading", { level: 1, name: t("people-own-title") })).toBeVisible();
  await expect(page.getByText(t("people-role-town-officer")).first()).toBeVisible();

  // Another who is called zhang at the provider is not the zhang who came before.
  await forgets(page);
  await page.goto("/enter");
  await signOn.click();
  await says(page, "zhang@elsewhere");
  await expect(page.getByRole("alert")).toContainText(t("people-refused-identity"));
  await looksRight("people-single-sign-on-unknown");

  // Nobody is let in who turns back on the way, or by an answer that was used already.
  await forgets(page);
  await page.goto("/enter");
  await signOn.click();
  await page.locator("a[href*=abort]").click();
  await expect(page.getByRole("alert")).toContainText(t("people-refused-single-sign-on"));
  await page.reload();
  await expect(page.getByRole("alert")).toContainText(t("people-refused-single-sign-on"));
});
