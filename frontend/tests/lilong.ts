// What every journey stands on: the faces of a page, how to come in, and the checks that hold on all pages.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";
import { words, type Language, type Role } from "./words.ts";

export { expect };

/** What a project chooses beside width and language. */
export interface Face {
  /** The care version (关怀版): the same pages, larger and in one column. */
  care: boolean;
}

interface Tools {
  /** The language that the browser asks for. */
  language: Language;
  /** The first page, in the version of this project. */
  firstPage: Page;
}

export const test = base.extend<Face & Tools>({
  care: [false, { option: true }],
  language: async ({ locale }, use) => use(locale?.startsWith("zh") ? "zh" : "en"),
  firstPage: async ({ page, care, language, baseURL }, use) => {
    const broken = watch(page, new URL(baseURL ?? "").origin);
    await page.goto("/");
    if (care) await page.getByRole("link", { name: words[language].care }).click();
    await use(page);
    expect(broken, "nothing is fetched from elsewhere, nothing fails in the console").toEqual([]);
  },
});

/** Collects what no page may do: fetch from a third party, break the content policy, throw. */
function watch(page: Page, home: string): string[] {
  const broken: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== home) broken.push(`fetched ${request.url()}`);
  });
  page.on("console", (message) => {
    // A form that is refused is a page with status 422, which the browser writes down too.
    const refused = message.text().includes("status of 422");
    if (message.type() === "error" && !refused) broken.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => broken.push(`thrown: ${error.message}`));
  return broken;
}

/** Comes in by the one click that the demonstration offers for each role. */
export async function enterAs(page: Page, role: Role, language: Language): Promise<void> {
  await page.getByRole("button", { name: words[language].enterAs[role] }).click();
}

/** No violation of any axe rule. Says which rule, where, and why. */
export async function axeClean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help} at ${target.join(" ")}`),
  );
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** Nothing sticks out at the side: only a box made to scroll may. */
export async function fitsTheWidth(page: Page): Promise<void> {
  const over = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(over, `pixels beyond the right edge of ${page.url()}`).toBeLessThanOrEqual(0);
}

/** Keeps a picture of the whole page as screenshots/PROJECT/NAME.png, for people to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const project = test.info().project.name;
  await page.screenshot({ path: `screenshots/${project}/${name}.png`, fullPage: true });
}
