// A network that can be cut, and a browser that can be killed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { chromium, type Browser, type Page } from "@playwright/test";
import { args, executablePath } from "../scripts/browser.mjs";

/** A way to the program through which bytes go until it is cut. */
export class Way {
  /** What comes back is lost, though what went out arrived. */
  swallows = false;
  private readonly open = new Set<Socket>();
  private server: Server | null = null;
  private port = 0;

  constructor(private readonly to: URL) {}

  /** Where it begins. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Lays it, the first time or again. */
  async lay(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(Number(this.to.port), this.to.hostname);
      for (const socket of [near, far]) {
        this.open.add(socket);
        socket.on("error", () => socket.destroy());
        socket.on("close", () => {
          this.open.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far);
      far.on("data", (bytes: Buffer) => {
        if (this.swallows) near.destroy();
        else near.write(bytes);
      });
    });
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
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

/** A browser with a folder of its own, which outlives it. */
export class Killed {
  private process: ChildProcess | null = null;
  private browser: Browser | null = null;

  constructor(private readonly folder: string) {}

  /** Starts it, the first time or again, with an empty page. */
  async start(): Promise<Page> {
    const more = ["--headless=new", "--remote-debugging-port=0", `--user-data-dir=${this.folder}`, "--lang=zh-CN"];
    const started = spawn(executablePath, [...args, ...more, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
    this.process = started;
    for await (const line of createInterface(started.stderr)) {
      const address = /ws:\/\/\S+/.exec(line)?.[0];
      if (!address) continue;
      this.browser = await chromium.connectOverCDP(address);
      const context = this.browser.contexts()[0];
      if (!context) throw new Error("a browser without a window");
      return context.newPage();
    }
    throw new Error("the browser ended");
  }

  /** Ends it as a flat battery does. */
  async kill(): Promise<void> {
    const { process: running } = this;
    if (!running) return;
    const gone = once(running, "exit");
    running.kill("SIGKILL");
    await gone;
    this.process = null;
  }
}
