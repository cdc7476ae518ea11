// A small district of a journey's own, in which nobody else writes: what is counted at its end is its own doing.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { test as base } from "./lilong.ts";
import { end, inFolder, run, serve, type Served } from "./program.ts";

/** Enough of the district that the grid of its worker has a station with two rounds. */
const SIZE = "0.1";

export const test = base.extend<{ district: Served }, { made: string }>({
  made: [
    async ({}, use) => {
      await inFolder(async (folder) => {
        const data = join(folder, "data");
        run("demo", "--no-serve", "--size", SIZE, "--data", data);
        await use(data);
      });
    },
    // Ten seconds, and many more where others build at the same time.
    { scope: "worker", timeout: 180_000 },
  ],
  district: async ({ made }, use) => {
    await inFolder(async (folder) => {
      const data = join(folder, "data");
      cpSync(made, data, { recursive: true });
      const served = await serve(data, /http/);
      await use(served);
      await end(served);
    });
  },
  baseURL: async ({ district }, use) => use(district.url),
});
