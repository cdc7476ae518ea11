// A network that can be cut, and a browser that can be killed.
import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";
import { chromium, type BrowserContext, type Page } from "@playwright/test";
import { args, executablePath } from "../scripts/browser.mjs";

/** How a request with visits begins. */
const BATCH = "POST /api/v1/visits HTTP/1.1\r\n";

/** A way to the program through which bytes go until it is cut. */
export class Way {
  /** Visits arrive, and what is answered to them is lost. */
  losesAnswers = false;
  /** How often visits went out, as the wire saw it: a browser sends again by itself where a connection breaks. */
  batches = 0;
  private readonly open = new Set<Socket>();
  private server: Server | null = null;
  private port = 0;

  constructor(private readonly to: URL) {}

  /** Where it begins. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Lays it, the first time or again at the same place. */
  async lay(): Promise<void> {
    const server = createServer((near) => this.joins(near));
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  private joins(near: Socket): void {
    const far = connect(Number(this.to.port), this.to.hostname);
    let loses = false;
    for (const socket of [near, far]) {
      this.open.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    // A connection carries one request after the other, and each begins a piece of its own.
    near.on("data", (bytes: Buffer) => {
      if (bytes.toString("latin1", 0, BATCH.length) === BATCH) {
        this.batches += 1;
        loses = this.losesAnswers;
      }
      far.write(bytes);
    });
    far.on("data", (bytes: Buffer) => {
      // Whoever answers has read to the end, and has written it down.
      if (loses) near.destroy();
      else near.write(bytes);
    });
  }

  /** Cuts it, whatever is on its way. */
  async cut(): Promise<void> {
    const { server } = this;
    this.server = null;
    for (const socket of this.open) socket.destroy();
    if (server) {
      server.close();
      await once(server, "close");
    }
  }
}

/** What a telephone is. */
export interface Made {
  viewport: { width: number; height: number };
  locale: string;
  /** How much its clock is ahead, in milliseconds. */
  ahead?: number;
}

/** A telephone: a browser whose folder outlives it. */
export class Telephone {
  private context: BrowserContext | null = null;

  constructor(
    private readonly folder: string,
    private readonly made: Made,
  ) {}

  /** Starts it, the first time or again, with an empty page. */
  async start(): Promise<Page> {
    const { ahead = 0, ...made } = this.made;
    const context = await chromium.launchPersistentContext(this.folder, {
      executablePath,
      args,
      timezoneId: "Asia/Shanghai",
      ...made,
    });
    if (ahead !== 0) await context.addInitScript(setsClock, ahead);
    this.context = context;
    return context.pages()[0] ?? (await context.newPage());
  }

  /** What it is signed in with, and whether it has a network. */
  get on(): BrowserContext {
    if (!this.context) throw new Error("it is off");
    return this.context;
  }

  /** Ends it as a flat battery does: nothing is closed, nothing is written any more. */
  async kill(): Promise<void> {
    const { context } = this;
    this.context = null;
    const browser = context?.browser();
    if (!context || !browser) return;
    const asked = await browser.newBrowserCDPSession();
    const { processInfo } = await asked.send("SystemInfo.getProcessInfo");
    const gone = new Promise((done) => context.once("close", done));
    for (const { id } of processInfo) end(id);
    await gone;
  }

  /** Ends it as its owner does. */
  async stop(): Promise<void> {
    await this.context?.close();
    this.context = null;
  }
}

/** Ends a process at once. A browser's other processes end by themselves once they miss it, perhaps sooner than they are asked. */
function end(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch (failed) {
    if ((failed as NodeJS.ErrnoException).code !== "ESRCH") throw failed;
  }
}

/** A clock that is wrong from the beginning: every page asks this one. */
function setsClock(ahead: number): void {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...parts: unknown[]) {
      if (parts.length === 0) super(Real.now() + ahead);
      else super(...(parts as [number]));
    }
    static override now(): number {
      return Real.now() + ahead;
    }
  } as DateConstructor;
}
