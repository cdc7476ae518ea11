// A district that begins as the README says: the page of an empty district, a workbook, an officer who plans with it.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "@playwright/test";
import { expect, goTo, test as base } from "./lilong.ts";

/** The repository: where the README's commands are typed. */
const ROOT = join(import.meta.dirname, "../..");
const PASSWORD = "green tea every morning";
/** Enough of the district to plan with. */
const SIZE = "0.03";
const LOADED = "2026-01-31";

/** The program, which `cargo xtask test` has built. */
function lilong(): string {
  const program = process.env["LILONG_PROGRAM"];
  if (!program) throw new Error("LILONG_PROGRAM says where the program is");
  return program;
}

function run(...args: string[]): void {
  execFileSync(lilong(), args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
}

/** A district of nobody, being served. */
interface District {
  data: string;
  /** Where it is served. */
  url: string;
  /** The code that the program printed when it started. */
  code: string;
}

async function serve(data: string): Promise<[District, ChildProcess]> {
  const args = ["serve", "--listen", "127.0.0.1:0", "--data", data];
  const served = spawn(lilong(), args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  for await (const line of createInterface(served.stdout)) {
    printed += `${line}\n`;
    const [url, code] = [/http:\/\/[\d.:]+/.exec(printed)?.[0], /(\w{5}-){3}\w{5}/.exec(printed)?.[0]];
    if (url && code) return [{ data, url, code }, served];
  }
  throw new Error(`the program ended:\n${printed}`);
}

const test = base.extend<{ district: District }>({
  district: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "lilong-begun-"));
    const [district, served] = await serve(join(folder, "data"));
    await use(district);
    served.kill();
    await once(served, "exit");
    rmSync(folder, { recursive: true });
  },
  baseURL: async ({ district }, use) => use(district.url),
});

/** Loads what somebody filled into the workbook: here, the register of a small simulated district. */
function load({ data }: District): void {
  const workbook = join(data, "..", "register.xlsx");
  const simulated = join(data, "..", "simulated");
  run("demo", "--no-serve", "--size", SIZE, "--data", simulated);
  run("export", workbook, "--on", LOADED, "--data", simulated);
  run("import", workbook, "--on", LOADED, "--data", data);
  run("handbook", "adopt", "handbooks/minhang-2.0.toml", "--from", "2026-01-01", "--data", data);
}

type Words = (id: string) => string;

async function enrol(page: Page, t: Words, login: string, code: string): Promise<void> {
  await page.goto("/enrol");
  await page.getByLabel(t("people-login")).fill(login);
  await page.getByLabel(t("people-code")).fill(code);
  await page.getByLabel(t("people-new-password")).fill(PASSWORD);
  await page.getByLabel(t("people-password-again")).fill(PASSWORD);
  await page.getByRole("button", { name: t("people-enrol-do") }).click();
  await expect(page.getByRole("status")).toContainText(t("people-enrolled-now"));
}

async function signIn(page: Page, t: Words, login: string): Promise<void> {
  await page.goto("/enter");
  await page.getByLabel(t("people-login")).fill(login);
  await page.getByLabel(t("people-password")).fill(PASSWORD);
  await page.getByRole("button", { name: t("people-enter"), exact: true }).click();
}

async function leave(page: Page, t: Words): Promise<void> {
  await page.goto("/leave");
  await page.getByRole("main").getByRole("button", { name: t("people-leave") }).click();
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
  await page.getByLabel(t("people-begin-code")).fill(district.code);
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
  await enrol(page, t, "security", codes[0] ?? "");
  await enrol(page, t, "audit", codes[1] ?? "");
  load(district);

  // Two administrators make an officer's account, and the officer sets a password.
  await signIn(page, t, "system");
  await page.getByRole("link", { name: t("people-open") }).click();
  await page.getByLabel(t("people-login"), { exact: true }).fill("officer");
  await page.getByLabel(t("people-person"), { exact: true }).fill("丁示例");
  await page.getByRole("button", { name: t("people-open") }).click();
  const account = new URL(page.url()).pathname;
  await leave(page, t);
  await signIn(page, t, "security");
  await page.goto(account);
  await page.getByLabel(t("people-give")).selectOption({ label: t("people-role-district-officer") });
  await page.getByRole("button", { name: t("people-give-do") }).click();
  await page.getByRole("button", { name: t("people-code-make") }).click();
  const code = (await page.getByRole("status").locator(".code").textContent()) ?? "";
  await leave(page, t);
  await enrol(page, t, "officer", code);
  await signIn(page, t, "officer");

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
