// What every journey stands on: the faces of a page, how to come in, and the checks that hold on all pages.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";
import { pattern, say, type Language } from "./messages.ts";

export { expect };

/** The roles that the demonstration offers. */
export type Role =
  | "district-officer"
  | "town-officer"
  | "grid-leader"
  | "community-worker"
  | "operator"
  | "resident"
  | "owner"
  | "system-administrator"
  | "security-administrator"
  | "audit-administrator";

/** What a project chooses beside width and language. */
export interface Face {
  /** The care version (关怀版): the same pages, larger and in one column. */
  care: boolean;
}

interface Tools {
  /** Addresses of others where a journey leads on purpose. */
  elsewhere: string[];
  /** The language that the browser asks for. */
  language: Language;
  /** The first page, in the version of this project. */
  firstPage: Page;
  /** A message of the pages, word for word. */
  t: (id: string) => string;
  /** A message with anything, or with these values, for its variables. */
  like: (id: string, values?: Record<string, string>) => RegExp;
  /** What holds on every page: one title, nothing beyond the edge, no violation that axe finds. */
  looksRight: (name: string) => Promise<void>;
}

export const test = base.extend<Face & Tools>({
  care: [false, { option: true }],
  language: async ({ locale }, use) => use(locale?.startsWith("zh") ? "zh" : "en"),
  t: async ({ language }, use) => use((id) => say(language, id)),
  like: async ({ language }, use) => use((id, values) => pattern(language, id, values)),
  elsewhere: async ({}, use) => use([]),
  firstPage: async ({ page, care, t, baseURL, elsewhere }, use) => {
    const broken = watch(page, new URL(baseURL ?? "").origin, elsewhere);
    await page.goto("/");
    if (care) await page.getByRole("link", { name: t("shell-care") }).click();
    await use(page);
    expect(broken, "nothing is fetched from elsewhere, nothing fails in the console").toEqual([]);
  },
  looksRight: async ({ page, javaScriptEnabled }, use) => {
    await use(async (name) => {
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
      await fitsTheWidth(page);
      // For people to look at; nobody looks where the tests run by themselves.
      if (process.env["LILONG_PICTURES"]) {
        await page.screenshot({ path: `screenshots/${test.info().project.name}/${name}.png`, fullPage: true });
      }
      // axe is a script; the page without JavaScript is the same page.
      if (javaScriptEnabled !== false) await axeClean(page);
    });
  },
});

/** Collects what no page may do: fetch from a third party, break the content policy, throw. */
function watch(page: Page, home: string, elsewhere: string[]): string[] {
  const broken: string[] = [];
  // What the pages of others do is their affair.
  const theirs = (url: string): boolean => elsewhere.some((other) => url.startsWith(`${other}/`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    const ours = !theirs(request.url()) && !theirs(request.frame().url());
    if (url.protocol.startsWith("http") && url.origin !== home && ours) broken.push(`fetched ${request.url()}`);
  });
  page.on("console", (message) => {
    // A page with a status of its own (a form that is refused, nothing found) is written down by the browser too, and so is that
    // there is no network where a journey took it away.
    const expected = /status of 4\d\d|ERR_INTERNET_DISCONNECTED/.test(message.text());
    if (message.type() === "error" && !expected && !theirs(page.url())) broken.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => broken.push(`thrown: ${error.message}`));
  return broken;
}

/** Comes in by the one click that the demonstration offers for each role. */
export async function enterAs(page: Page, role: Role, language: Language): Promise<void> {
  await page.getByRole("button", { name: say(language, `home-enter-${role}`) }).click();
}

/** Goes to a room of the band under the doors. */
export async function goTo(page: Page, room: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: room, exact: true }).first().click();
}

/** No violation of any axe rule. Says which rule, where, and why. */
async function axeClean(page: Page): Promise<void> {
  // No page of ours holds a frame, so that none has to be gathered from; what is well need not be counted.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
  const { violations } = await axe.analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help} at ${target.join(" ")}`),
  );
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** Nothing sticks out at the side: only a box made to scroll may. */
async function fitsTheWidth(page: Page): Promise<void> {
  const over = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(over, `pixels beyond the right edge of ${page.url()}`).toBeLessThanOrEqual(0);
}
