// A workbook is loaded: looked over, its faults told by sheet, row and column, mended, taken in; one goes out and comes back.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { enterAs, expect, goTo, test } from "./lilong.ts";
import { Workbook } from "./workbook.ts";

const HEAD = "社区编码,社区名称,社区类型,产权结构,街镇代码,标签";

/** A sheet of communities as CSV, as a spreadsheet program saves it. */
function sheet(name: string, ...rows: string[]) {
  const text = `\u{feff}${[HEAD, ...rows].join("\r\n")}\r\n`;
  return { name, mimeType: "text/csv", buffer: Buffer.from(text, "utf8") };
}

test("a file with faults writes nothing, the mended one is looked over and taken in", async ({
  firstPage: page,
  language,
  t,
  looksRight,
}) => {
  const label = `人才公寓 ${Date.now() % 100_000}`;
  await enterAs(page, "district-officer", language);
  await goTo(page, t("exchange-room"));
  await looksRight("exchange");
  await page.getByRole("button", { name: t("exchange-look") }).click();
  await expect(page.getByRole("alert")).toBeVisible();

  const bad = sheet("社区.csv", `310112107001,爱琴海,别墅,多个业主,虹桥镇,${label}`);
  await page.getByLabel(t("exchange-file"), { exact: true }).setInputFiles(bad);
  await page.getByRole("button", { name: t("exchange-look") }).click();
  const problems = page.getByRole("region", { name: t("exchange-problems") });
  await expect(problems.getByRole("row", { name: /别墅/ })).toBeVisible();
  await expect(problems.getByRole("row", { name: /310112107/ }).first()).toBeVisible();
  await looksRight("exchange-faults");
  const marked = page.waitForEvent("download");
  await page.getByRole("link", { name: t("exchange-marked") }).click();
  expect((await marked).suggestedFilename()).toMatch(/\.xlsx$/);

  await goTo(page, t("exchange-room"));
  const good = sheet("社区.csv", `310112107001,爱琴海,类住宅（LOFT）,多个业主,310112107,${label}`);
  await page.getByLabel(t("exchange-file"), { exact: true }).setInputFiles(good);
  await page.getByRole("button", { name: t("exchange-look") }).click();
  await expect(page.getByText(t("exchange-found-none")).first()).toBeVisible();
  await expect(page.locator("ins", { hasText: label })).toBeVisible();
  await looksRight("exchange-look");
  await page.getByRole("button", { name: t("exchange-take-all"), exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("exchange-taken-title") })).toBeVisible();
  await looksRight("exchange-taken");
});

/** What a click downloads. */
async function downloaded(page: Page, click: () => Promise<void>): Promise<Buffer> {
  const going = page.waitForEvent("download");
  await click();
  return readFile(await (await going).path());
}

/** A workbook as a file that is uploaded. */
function workbook(name: string, buffer: Buffer) {
  const mimeType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  return { name, mimeType, buffer };
}

test("a town's workbook goes out and comes back without a change", async ({ firstPage: page, language, t }) => {
  await enterAs(page, "town-officer", language);
  await goTo(page, t("exchange-room"));
  const out = await downloaded(page, () => page.getByRole("button", { name: t("exchange-out-register") }).click());
  await page.getByLabel(t("exchange-file"), { exact: true }).setInputFiles(workbook("本镇.xlsx", out));
  await page.getByRole("button", { name: t("exchange-look") }).click();
  await expect(page.getByText(t("exchange-found-same"))).toBeVisible();
});

test("a workbook with a bad cell comes back marked; mended there, it is taken in", async ({
  firstPage: page,
  language,
  t,
}) => {
  const sheet = "社区";
  const address = `示范路${Date.now() % 100_000}弄`;
  await enterAs(page, "town-officer", language);
  await goTo(page, t("exchange-room"));
  const out = await downloaded(page, () => page.getByRole("button", { name: t("exchange-out-register") }).click());
  const bad = new Workbook(out);
  const code = bad.firstKey(sheet);
  const kind = bad.cell(sheet, code, "社区类型");
  bad.write(sheet, code, "社区类型", "别墅");
  await page.getByLabel(t("exchange-file"), { exact: true }).setInputFiles(workbook("本镇.xlsx", bad.bytes()));
  await page.getByRole("button", { name: t("exchange-look") }).click();
  const problems = page.getByRole("region", { name: t("exchange-problems") });
  await expect(problems.getByRole("row", { name: /别墅/ })).toBeVisible();

  const marked = new Workbook(
    await downloaded(page, () => page.getByRole("link", { name: t("exchange-marked") }).click()),
  );
  expect(marked.cell(sheet, code, "社区类型"), "nothing is mended behind one's back").toBe("别墅");
  marked.write(sheet, code, "社区类型", kind);
  marked.write(sheet, code, "地址", address);
  await goTo(page, t("exchange-room"));
  await page.getByLabel(t("exchange-file"), { exact: true }).setInputFiles(workbook("已改.xlsx", marked.bytes()));
  await page.getByRole("button", { name: t("exchange-look") }).click();
  await expect(page.getByText(t("exchange-found-none")).first()).toBeVisible();
  await expect(page.locator("ins", { hasText: address })).toBeVisible();
  await page.getByRole("button", { name: t("exchange-take-all"), exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: t("exchange-taken-title") })).toBeVisible();
});
