// A district that begins as the README says, with a workbook and no demonstration: signed in to, read, planned.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, goTo, test as base } from "./lilong.ts";

/** The repository: where the README's commands are typed. */
const ROOT = join(import.meta.dirname, "../..");
const LOGIN = "officer";
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

function run(args: string[], input = ""): void {
  execFileSync(lilong(), args, { cwd: ROOT, input, stdio: ["pipe", "ignore", "inherit"] });
}

/** The README's commands; the workbook that is filled in is that of a simulated district. */
function begin(folder: string): string {
  const [simulated, data, workbook] = ["simulated", "data", "register.xlsx"].map((name) => join(folder, name));
  run(["demo", "--no-serve", "--size", SIZE, "--data", simulated]);
  run(["export", workbook, "--on", LOADED, "--data", simulated]);
  run(["name", "闵行区", "--english", "Minhang District", "--data", data]);
  run(["import", workbook, "--on", LOADED, "--data", data]);
  run(["handbook", "adopt", "handbooks/minhang-2.0.toml", "--from", "2026-01-01", "--data", data]);
  run(["account", "add", LOGIN, "--name", "示例", "--role", "district-officer", "--data", data], `${PASSWORD}\n`);
  return data;
}

const test = base.extend({
  baseURL: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "lilong-begun-"));
    const served = spawn(lilong(), ["serve", "--listen", "127.0.0.1:0", "--data", begin(folder)], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [greeting] = (await once(createInterface(served.stdout), "line")) as [string];
    await use(/http:\S+/.exec(greeting)?.[0]);
    served.kill();
    await once(served, "exit");
    rmSync(folder, { recursive: true });
  },
});

test("a district loaded from a workbook is signed in to, read and planned", async ({
  firstPage: page,
  t,
  like,
  looksRight,
}) => {
  await expect(page.getByText("模拟")).toHaveCount(0);
  await looksRight("begin-first");
  await page.getByRole("link", { name: t("shell-enter"), exact: true }).first().click();
  await page.getByLabel(t("people-login")).fill(LOGIN);
  await page.getByLabel(t("people-password")).fill("something else entirely");
  await page.getByRole("button", { name: t("people-enter"), exact: true }).click();
  await expect(page.getByRole("alert")).toContainText(t("people-refused-credentials"));
  await looksRight("begin-refused");
  await page.getByLabel(t("people-login")).fill(LOGIN);
  await page.getByLabel(t("people-password")).fill(PASSWORD);
  await page.getByRole("button", { name: t("people-enter"), exact: true }).click();

  // Nobody is served yet, and the page says at which step everyone is lost.
  await goTo(page, t("shell-door-district"));
  const cascade = page.getByRole("table", { name: t("coverage-cascade") });
  await expect(cascade.getByRole("rowheader", { name: t("coverage-step-target") })).toBeVisible();
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
