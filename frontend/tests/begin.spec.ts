// A district that begins as the README says: the page of an empty district, a workbook, an officer who plans with it.
import { join } from "node:path";
import { PASSWORD, enrols, givesRole, leaves, opens, signsIn } from "./account.ts";
import { expect, goTo, test as base } from "./lilong.ts";
import { end, inFolder, run, serve, type Served } from "./program.ts";

/** Enough of the district to plan with. */
const SIZE = "0.03";
const LOADED = "2026-01-31";
/** The code that the program prints when nobody has begun its district. */
const CODE = /(\w{5}-){3}\w{5}/;

const test = base.extend<{ district: Served }>({
  district: async ({}, use) => {
    await inFolder(async (folder) => {
      const district = await serve(join(folder, "data"), CODE);
      await use(district);
      await end(district);
    });
  },
  baseURL: async ({ district }, use) => use(district.url),
});

/** Loads what somebody filled into the workbook: here, the register of a small simulated district. */
function load({ data }: Served): void {
  const workbook = join(data, "..", "register.xlsx");
  const simulated = join(data, "..", "simulated");
  run("demo", "--no-serve", "--size", SIZE, "--data", simulated);
  run("export", workbook, "--on", LOADED, "--data", simulated);
  run("import", workbook, "--on", LOADED, "--data", data);
  run("handbook", "adopt", "handbooks/minhang-2.0.toml", "--from", "2026-01-01", "--data", data);
}

test("a district begins with three administrators, is loaded from a workbook and planned by an officer", async ({
  firstPage: page,
  district,
  t,
  like,
  looksRight,
}) => {
  await page.getByRole("link", { name: t("people-begin-start") }).click();
  await page.getByRole("button", { name: t("people-begin-do") }).click();
  await expect(page.getByRole("alert")).toContainText(t("people-begin-bad-code"));
  await looksRight("begin-refused");
  await page.getByLabel(t("people-begin-code")).fill(CODE.exec(district.printed)?.[0] ?? "");
  await page.getByLabel(t("people-begin-name"), { exact: true }).fill("闵行区");
  await page.getByLabel(t("people-begin-name-en")).fill("Minhang District");
  for (const [field, text] of Object.entries({
    system_login: "system",
    system: "甲示例",
    security_login: "security",
    security: "乙示例",
    audit_login: "audit",
    audit: "丙示例",
  })) {
    await page.locator(`#${field}`).fill(text);
  }
  await page.getByLabel(t("people-new-password")).fill(PASSWORD);
  await page.getByLabel(t("people-password-again")).fill(PASSWORD);
  await page.getByRole("button", { name: t("people-begin-do") }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("people-begun-title") })).toBeVisible();
  await looksRight("begun");
  const codes = await page.locator("b.code").allTextContents();
  await enrols(page, t, "security", codes[0] ?? "");
  await enrols(page, t, "audit", codes[1] ?? "");
  load(district);

  // Two administrators make an officer's account, and the officer sets a password.
  await signsIn(page, t, "system");
  const account = await opens(page, t, "officer", "丁示例");
  await leaves(page, t);
  await signsIn(page, t, "security");
  const code = await givesRole(page, t, account, "district-officer");
  await leaves(page, t);
  await enrols(page, t, "officer", code);
  await signsIn(page, t, "officer");

  // Nobody is served yet, and the page says so; nothing here is simulated.
  const cascade = page.getByRole("table", { name: t("coverage-cascade") });
  await expect(cascade.getByRole("rowheader", { name: t("coverage-step-target") })).toBeVisible();
  await expect(page.getByText(t("shell-simulated"), { exact: true })).toHaveCount(0);
  await looksRight("begin-coverage");
  await goTo(page, t("plan-room"));
  await page.getByLabel(t("plan-name"), { exact: true }).fill("第一稿");
  await page.getByRole("button", { name: t("plan-solve") }).click();
  await expect(page.getByRole("heading", { level: 1, name: "第一稿" })).toBeVisible();
  await expect(page.getByText(like("plan-proof-best")).first()).toBeVisible();
  await looksRight("begin-plan");
  await page.getByRole("link", { name: t("plan-adopt") }).click();
  await page.getByRole("button", { name: t("plan-adopt-yes") }).click();
  await goTo(page, t("gaps-room"));
  await expect(page.getByText(like("gaps-answer"))).toBeVisible();
  await looksRight("begin-gaps");
});
