// The program itself, as a journey starts it that needs a district of its own.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The repository: where the README's commands are typed. */
const ROOT = join(import.meta.dirname, "../..");

/** The program, which `cargo xtask test` has built. */
function lilong(): string {
  const program = process.env["LILONG_PROGRAM"];
  if (!program) throw new Error("LILONG_PROGRAM says where the program is");
  return program;
}

/** Runs a command to its end. */
export function run(...args: string[]): void {
  execFileSync(lilong(), args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
}

/** A district that is served. */
export interface Served {
  data: string;
  /** Where. */
  url: string;
  /** What was printed until it was there. */
  printed: string;
  process: ChildProcess;
}

/** Serves a folder; resolves once `ready` stands in what is printed. */
export async function serve(data: string, ready: RegExp, ...more: string[]): Promise<Served> {
  const args = ["serve", "--listen", "127.0.0.1:0", "--data", data, ...more];
  const served = spawn(lilong(), args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  for await (const line of createInterface(served.stdout)) {
    printed += `${line}\n`;
    const url = /http:\/\/[\d.:]+/.exec(printed)?.[0];
    if (url && ready.test(printed)) return { data, url, printed, process: served };
  }
  throw new Error(`the program ended:\n${printed}`);
}

/** Ends it, and waits until it has. */
export async function end({ process: served }: Served): Promise<void> {
  served.kill();
  await once(served, "exit");
}

/** Does something in a folder that is gone afterwards. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "lilong-journey-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
