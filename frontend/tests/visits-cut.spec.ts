// Visits where everything goes wrong: the network is cut in the middle of one, the browser is killed, the clock is wrong by a day,
// two people stand at one door, a round changes hands, one batch arrives three times. Each has a district of its own and asks
// the server at the end: every household's outcome is there once, and what no longer fits waits in the inbox.
import { join } from "node:path";
import { test as alone } from "./alone.ts";
import { Telephone, Way } from "./cut.ts";
import { expect as hasty, type Role } from "./lilong.ts";
import { say, type Language } from "./messages.ts";
import { inFolder } from "./program.ts";
import type { Page } from "@playwright/test";

const DAY = 86_400_000;
const PIN = "246810";

/** A PIN is hashed six hundred thousand times, and several browsers may share the machine. */
const expect = hasty.configure({ timeout: 60_000 });

interface Tools {
  /** The way to the district. */
  way: Way;
  /** A telephone whose clock is ahead by so much. */
  telephone: (ahead?: number) => Telephone;
}

const test = alone.extend<Tools>({
  way: async ({ district }, use) => {
    const way = new Way(new URL(district.url));
    await way.lay();
    await use(way);
    await way.cut();
  },
  telephone: async ({ viewport, locale }, use) => {
    await inFolder(async (folder) => {
      const all: Telephone[] = [];
      await use((ahead = 0) => {
        const made = { viewport: viewport ?? { width: 390, height: 844 }, locale: locale ?? "zh-CN", ahead };
        const telephone = new Telephone(join(folder, `${all.length}`), made);
        all.push(telephone);
        return telephone;
      });
      for (const telephone of all) await telephone.stop();
    });
  },
});

// Browsers are started anew, on a machine that may do other things too.
test.describe.configure({ timeout: 600_000 });

/** A round as a device takes it along. */
interface Pack {
  day: string;
  round: { id: string; stops: { home: { household: string } }[] };
}

/** Somebody with a telephone at a round of the day. */
class Worker {
  /** The round; without it, one's own. */
  round: string | null = null;

  constructor(
    public page: Page,
    private readonly way: Way,
    private readonly language: Language,
  ) {}

  private t(id: string): string {
    return say(this.language, id);
  }

  /** Comes in, wherever one is. */
  async enters(role: Role): Promise<void> {
    await this.page.goto(this.way.url);
    const enter = this.page.getByRole("button", { name: this.t(`home-enter-${role}`), exact: true });
    // Whoever is still signed in is offered no way in.
    if (await enter.isVisible()) await enter.click();
    await expect(enter).toHaveCount(0);
  }

  async opensTheList(): Promise<void> {
    await this.page.goto(`${this.way.url}/desk/visits/offline${this.asked()}`);
  }

  private asked(): string {
    return this.round === null ? "" : `?round=${this.round}`;
  }

  pack(): Promise<Pack> {
    return this.asks(`visit-pack${this.asked()}`);
  }

  /** Comes in and takes the round along. */
  async prepares(role: Role): Promise<void> {
    await this.enters(role);
    await this.opensTheList();
    await expect(this.page.locator("#state")).toHaveAttribute("data-ready", "yes");
    await this.page.getByLabel(this.t("visits-off-new-pin")).fill(PIN);
    await this.page.getByLabel(this.t("visits-off-again-pin")).fill(PIN);
    await this.page.getByRole("button", { name: this.t("visits-off-setup-do") }).click();
    await expect(this.page.locator("#stops button").first()).toBeVisible();
  }

  /** Opens what lies on the telephone by a PIN. */
  async unlocks(pin = PIN): Promise<void> {
    await this.page.getByLabel("PIN", { exact: true }).fill(pin);
    await this.page.getByRole("button", { name: this.t("visits-off-open"), exact: true }).click();
  }

  /** Stands at a door of the round: its form is open. */
  async standsAt(door: number): Promise<void> {
    await this.page.locator("#stops button").nth(door).click();
    await expect(this.page.locator("#visit")).toBeVisible();
  }

  async chooses(outcome: string): Promise<void> {
    await this.page.getByRole("radio", { name: this.t(`visits-outcome-${outcome}`) }).check();
  }

  /** Writes down what the open form says, by a thumb that touches twice; it is kept once. */
  async saves(): Promise<void> {
    await this.page.getByRole("button", { name: this.t("visits-record-do") }).dblclick();
    await expect(this.page.locator("#visit")).toBeHidden();
  }

  async visits(door: number, outcome: string): Promise<void> {
    await this.standsAt(door);
    await this.chooses(outcome);
    await this.saves();
  }

  async sends(): Promise<void> {
    await this.page.getByRole("button", { name: this.t("visits-off-send"), exact: true }).click();
  }

  /** So many lie here that the server did not take. */
  async holdsUnsent(count: number): Promise<void> {
    await expect(this.page.locator("#unsent")).toHaveAttribute("data-count", `${count}`);
  }

  /** So many lines of what was recorded here are in a state, with these words. */
  async hasReceipts(state: "sent" | "waits", count: number, words = ""): Promise<void> {
    await expect(this.page.locator(`#edits [data-state="${state}"]`).filter({ hasText: words })).toHaveCount(count);
  }

  /** The list shows how the visit to a door of the round ended. */
  async shows(door: number, outcome: string): Promise<void> {
    await expect(this.page.locator("#stops li").nth(door)).toContainText(this.t(`visits-outcome-${outcome}`));
  }

  /** Nothing stands there that is over. */
  async isToldNothing(): Promise<void> {
    await expect(this.page.getByRole("alert")).toBeHidden();
  }

  async isTold(id: string): Promise<void> {
    await expect(this.page.getByRole("alert")).toContainText(this.t(id));
  }

  /** What the server answers whoever is signed in here. */
  async asks<T>(path: string): Promise<T> {
    const answer = await this.page.request.get(`${this.way.url}/api/v1/${path}`);
    expect(answer.status(), path).toBe(200);
    return (await answer.json()) as T;
  }

  /** The households of the round, in its order. */
  async households(): Promise<string[]> {
    const { round } = await this.pack();
    return round.stops.map(({ home }) => home.household);
  }

  /** How the visits at doors ended, each door's of this day; the day is the one that the server says. */
  async found(doors: string[]): Promise<string[][]> {
    const { day } = await this.pack();
    const all: string[][] = [];
    for (const household of doors) {
      const { visits } = await this.asks<{ visits: { day: string; outcome: string }[] }>(`households/${household}/visits`);
      all.push(visits.filter((visit) => visit.day === day).map(({ outcome }) => outcome));
    }
    return all;
  }

  /** The server has these outcomes at the first doors of the round, each once, and nothing at the others. */
  async serverHas(...outcomes: string[]): Promise<void> {
    const found = await this.found(await this.households());
    expect(found).toEqual(found.map((_, door) => outcomes.slice(door, door + 1)));
  }

  /** For these reasons visits wait in the inbox; the page says the same. */
  async inboxHolds(...reasons: string[]): Promise<void> {
    const { items } = await this.asks<{ items: { why: string }[] }>("visit-inbox");
    expect(items.map(({ why }) => why)).toEqual(reasons);
    await this.page.goto(`${this.way.url}/desk/visits/inbox`);
    const lines = this.page.getByRole("main").getByRole("listitem");
    await expect(lines).toHaveCount(reasons.length);
    for (const [at, reason] of reasons.entries()) await expect(lines.nth(at)).toContainText(this.t(`visits-misfit-${reason}`));
  }
}

test("the network is cut in the middle of a visit", async ({ way, telephone, language }) => {
  const device = telephone();
  const worker = new Worker(await device.start(), way, language);
  await worker.prepares("community-worker");
  await worker.standsAt(0);
  await worker.chooses("met");
  await worker.page.getByRole("checkbox", { name: say(language, "visits-need-schooling"), exact: true }).check();
  await device.on.setOffline(true);
  await worker.saves();
  await worker.holdsUnsent(1);
  await worker.isTold("visits-off-no-network");

  // The page itself comes without a network, and so does what lies there.
  await worker.opensTheList();
  await worker.holdsUnsent(1);
  await worker.unlocks();
  await worker.visits(1, "absent");
  await worker.visits(2, "refused");
  await worker.holdsUnsent(3);

  // It comes back in the middle of the next one: what lies there goes by itself, and the form stays as it is.
  await worker.standsAt(3);
  await worker.chooses("online");
  await device.on.setOffline(false);
  await worker.holdsUnsent(0);
  await worker.saves();
  await worker.hasReceipts("sent", 4);
  await worker.holdsUnsent(0);
  await worker.isToldNothing();
  for (const [door, outcome] of ["met", "absent", "refused", "online"].entries()) await worker.shows(door, outcome);
  await worker.serverHas("met", "absent", "refused", "online");
  const [first] = await worker.households();
  const { visits } = await worker.asks<{ visits: { needs: { category: string }[] }[] }>(`households/${first}/visits`);
  expect(visits[0]?.needs.map(({ category }) => category)).toEqual(["schooling"]);
  await worker.inboxHolds();
});

test("the browser is killed between two doors, and between sending and the answer", async ({ way, telephone, language, like }) => {
  const device = telephone();
  const worker = new Worker(await device.start(), way, language);
  await worker.prepares("community-worker");
  await way.cut();
  await worker.visits(0, "met");
  await worker.visits(1, "absent");
  await worker.standsAt(2);
  await worker.chooses("refused");
  await device.kill();

  // What was saved is there, without a network; what was only chosen is not.
  worker.page = await device.start();
  await worker.opensTheList();
  await worker.holdsUnsent(2);
  await worker.unlocks("111111");
  await expect(worker.page.getByRole("alert")).toContainText(like("visits-off-pin-wrong"));
  await worker.unlocks();
  await worker.shows(0, "met");
  await worker.shows(1, "absent");
  await worker.visits(2, "online");
  await worker.holdsUnsent(3);
  await device.kill();

  // They arrive; before the answer does, the battery is flat again.
  worker.page = await device.start();
  await way.lay();
  way.losesAnswers = true;
  await worker.enters("community-worker");
  await worker.opensTheList();
  await worker.unlocks();
  await expect.poll(() => way.batches).toBeGreaterThan(0);
  await worker.isTold("visits-off-no-network");
  await worker.holdsUnsent(3);
  await device.kill();

  worker.page = await device.start();
  way.losesAnswers = false;
  await worker.enters("community-worker");
  await worker.opensTheList();
  await worker.holdsUnsent(3);
  await worker.unlocks();
  await worker.holdsUnsent(0);
  await worker.hasReceipts("sent", 3);
  await worker.serverHas("met", "absent", "online");
  await worker.inboxHolds();
});

test("whoever is not signed in when the network is back loses nothing", async ({ way, telephone, language }) => {
  const device = telephone();
  const worker = new Worker(await device.start(), way, language);
  await worker.prepares("community-worker");
  await way.cut();
  await worker.visits(0, "met");
  await worker.isTold("visits-off-no-network");
  await device.on.clearCookies();
  await way.lay();
  await worker.sends();
  await worker.isTold("visits-off-sign-in");
  await worker.holdsUnsent(1);
  await expect(worker.page.locator("#stops button").first()).toBeHidden();

  await worker.enters("community-worker");
  await worker.opensTheList();
  await worker.page.getByRole("button", { name: say(language, "visits-off-by-sign-in") }).click();
  await worker.holdsUnsent(0);
  await worker.hasReceipts("sent", 1);
  await worker.serverHas("met");
});

for (const [words, ahead] of [["a day ahead", DAY], ["a day behind", -DAY]] as const) {
  test(`the clock is ${words}: the visits are of today`, async ({ way, telephone, language }) => {
    const device = telephone(ahead);
    const worker = new Worker(await device.start(), way, language);
    await worker.prepares("community-worker");
    const shown = await worker.page.evaluate(() => Date.now());
    expect(Math.abs(shown - Date.now() - ahead)).toBeLessThan(60_000);
    await way.cut();
    await worker.visits(0, "met");
    await worker.visits(1, "moved");
    // The list is not a day old by a clock that was as wrong when it came.
    await worker.opensTheList();
    await worker.unlocks();
    await worker.visits(2, "absent");
    await worker.holdsUnsent(3);
    await worker.isTold("visits-off-no-network");
    await way.lay();
    await worker.sends();
    await worker.holdsUnsent(0);
    await worker.hasReceipts("sent", 3);
    await worker.serverHas("met", "moved", "absent");
    await worker.inboxHolds();
  });
}

test("two workers stand at one door on one day", async ({ way, telephone, language }) => {
  const [one, other] = [telephone(), telephone()];
  const first = new Worker(await one.start(), way, language);
  const second = new Worker(await other.start(), way, language);
  await first.prepares("community-worker");
  second.round = (await first.pack()).round.id;
  await second.prepares("grid-leader");
  expect(await second.households()).toEqual(await first.households());
  await one.on.setOffline(true);
  await other.on.setOffline(true);
  await first.visits(0, "met");
  await second.visits(0, "absent");
  await second.visits(1, "refused");
  await one.on.setOffline(false);
  await first.holdsUnsent(0);
  await first.hasReceipts("sent", 1);
  await other.on.setOffline(false);
  await second.holdsUnsent(0);
  await second.hasReceipts("sent", 1);
  await second.hasReceipts("waits", 1, say(language, "visits-misfit-twice"));
  await first.serverHas("met", "refused");

  // It waits once, somebody looks at it, and it stays out.
  await first.inboxHolds("twice");
  await second.inboxHolds("twice");
  await second.page.getByRole("button", { name: say(language, "visits-put-aside") }).click();
  await expect(second.page.getByRole("status")).toHaveText(say(language, "visits-aside"));
  await second.inboxHolds();
  await second.serverHas("met", "refused");
});

test("a round changes hands while somebody is on it", async ({ way, telephone, language }) => {
  const [one, other] = [telephone(), telephone()];
  const worker = new Worker(await one.start(), way, language);
  const leader = new Worker(await other.start(), way, language);
  await worker.prepares("community-worker");
  const { id } = (await worker.pack()).round;
  const doors = await worker.households();
  await one.on.setOffline(true);
  await worker.visits(0, "met");
  await worker.visits(1, "absent");

  await leader.enters("grid-leader");
  await leader.page.goto(`${way.url}/desk/visits?round=${id}`);
  await leader.page.getByRole("button", { name: say(language, "visits-hand-do"), exact: true }).click();
  await expect(leader.page.getByRole("status")).toHaveText(say(language, "visits-handed"));

  await one.on.setOffline(false);
  await worker.holdsUnsent(0);
  await worker.hasReceipts("waits", 2, say(language, "visits-misfit-handed-over"));
  await leader.inboxHolds("handed-over", "handed-over");
  // The one is taken as it was told, the other is put aside: each is decided once.
  const wait = leader.page.getByRole("main").getByRole("listitem");
  const met = wait.filter({ hasText: say(language, "visits-outcome-met") });
  await met.getByRole("button", { name: say(language, "visits-take") }).click();
  await expect(leader.page.getByRole("status")).toHaveText(say(language, "visits-taken"));
  await wait.getByRole("button", { name: say(language, "visits-put-aside") }).click();
  await leader.inboxHolds();
  expect(await leader.found(doors.slice(0, 2))).toEqual([["met"], []]);
});

test("one batch arrives three times and is there once", async ({ way, telephone, language }) => {
  const device = telephone();
  const worker = new Worker(await device.start(), way, language);
  await worker.prepares("community-worker");
  await way.cut();
  for (const [door, outcome] of ["met", "absent", "online"].entries()) {
    await worker.visits(door, outcome);
    // Each is tried at once; none is still on its way when the way is laid again.
    await worker.isTold("visits-off-no-network");
  }
  const sent: string[] = [];
  worker.page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/v1/visits") sent.push(request.postData() ?? "");
  });
  way.losesAnswers = true;
  await way.lay();
  for (const time of [1, 2]) {
    await worker.sends();
    await expect.poll(() => sent.length).toBe(time);
    await worker.isTold("visits-off-no-network");
    await worker.holdsUnsent(3);
    await worker.serverHas("met", "absent", "online");
  }
  way.losesAnswers = false;
  await worker.sends();
  await worker.holdsUnsent(0);
  await worker.hasReceipts("sent", 3);
  expect(way.batches).toBeGreaterThanOrEqual(3);
  const ids = sent.map((body) => (JSON.parse(body) as { visits: { id: string }[] }).visits.map(({ id }) => id));
  expect(ids).toEqual([ids[0], ids[0], ids[0]]);

  // And once more three times at once, each as a request of its own: the receipts are the same.
  const again = await worker.page.evaluate(async (body) => {
    const send = async (): Promise<string> => {
      const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
      return (await fetch("/api/v1/visits", { method: "POST", headers, body })).text();
    };
    return Promise.all([send(), send(), send()]);
  }, sent[0] ?? "");
  const receipts = { receipts: ids[0]?.map((id) => ({ id, waits: null })) };
  expect(again.map((text) => JSON.parse(text) as unknown)).toEqual([receipts, receipts, receipts]);
  await worker.serverHas("met", "absent", "online");
  await worker.inboxHolds();
});
