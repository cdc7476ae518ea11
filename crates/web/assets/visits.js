// The list of visits without a network. On the device lie one round and who else is due, and what was recorded and not
// yet sent: encrypted by a key that only a PIN opens, or being signed in. `docs/offline.md` says it in words.
"use strict";

const STORE = "lilong-visits";
/** What lies here is wiped a day after it was fetched. */
const DAY = 86_400_000;
const TRIES = 5;
const PIN = /^[0-9]{6,}$/;
/** Rounds of hashing a PIN: half a second on a cheap telephone. */
const ROUNDS = 600_000;

/** @typedef {{ iv: Uint8Array<ArrayBuffer>, data: ArrayBuffer }} Sealed */
/** @typedef {{ id: "device", device: string, salt: Uint8Array<ArrayBuffer>, byPin: Sealed | null, bySignIn: Sealed, tries: number }} Keys */
/** @typedef {{ id: "pack", at: number, sealed: Sealed }} Pack */
/** @typedef {{ id: string, state: "unsent" | "sent" | "waits" | "refused", said: string, at: number, sealed: Sealed | null }} Edit */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const by = (id) => /** @type {T} */ (document.getElementById(id));
const word = (/** @type {string} */ key) => document.querySelector(`[data-word="${key}"]`)?.textContent ?? "";
/** Words that end in a colon, which is a wide one in Chinese, and what follows them.
 * @param {string} key @param {string | number} more
 */
const before = (key, more) => `${word(key)}${word(key).endsWith(":") ? " " : ""}${more}`;
const show = (/** @type {string} */ id, shown = true) => {
  by(id).hidden = !shown;
};
const form = (/** @type {string} */ id) => /** @type {HTMLFormElement} */ (by(id).querySelector("form"));

/** The open key; null while the list is locked. @type {CryptoKey | null} */
let key = null;
/** The dwelling whose form is open. @type {{ household: string, round: string | null } | null} */
let open = null;

// The store.

/** @returns {Promise<IDBDatabase>} */
function store() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(STORE, 1);
    asked.onupgradeneeded = () => {
      for (const name of ["keys", "pack", "edits"]) asked.result.createObjectStore(name, { keyPath: "id" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

/** One step in the store: it is over when it is safely written.
 * @template T @param {"keys" | "pack" | "edits"} name @param {(store: IDBObjectStore) => IDBRequest<T>} work @returns {Promise<T>}
 */
async function step(name, work) {
  const db = await store();
  try {
    return await new Promise((done, failed) => {
      const writing = db.transaction(name, "readwrite", { durability: "strict" });
      const asked = work(writing.objectStore(name));
      writing.oncomplete = () => done(asked.result);
      writing.onabort = () => failed(writing.error);
    });
  } finally {
    db.close();
  }
}

/** @returns {Promise<Keys | undefined>} */
const keys = () => step("keys", (store) => store.get("device"));
/** @returns {Promise<Pack | undefined>} */
const pack = () => step("pack", (store) => store.get("pack"));
/** @returns {Promise<Edit[]>} */
const edits = () => step("edits", (store) => store.getAll());
/** @param {Edit} edit */
const keep = (edit) => step("edits", (store) => store.put(edit));

// The keys.

const random = (/** @type {number} */ length) => crypto.getRandomValues(new Uint8Array(length));

/** @param {CryptoKey} by @param {BufferSource} plain @returns {Promise<Sealed>} */
async function seal(by, plain) {
  const iv = random(12);
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, by, plain) };
}

/** @param {CryptoKey} by @param {Sealed} sealed */
const unseal = (by, sealed) => crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, by, sealed.data);

/** @param {CryptoKey} by @param {unknown} value */
const sealed = (by, value) => seal(by, new TextEncoder().encode(JSON.stringify(value)));

/** @param {CryptoKey} by @param {Sealed} sealed */
const read = async (by, sealed) => JSON.parse(new TextDecoder().decode(await unseal(by, sealed)));

/** @param {BufferSource} bytes */
const aes = (bytes) => crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);

/** @param {string} pin @param {Uint8Array<ArrayBuffer>} salt */
async function ofPin(pin, salt) {
  const from = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, from, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** @param {string} hex */
const ofSecret = (hex) => aes(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));

/** The round is wiped, and the PIN with it; what was not sent stays, shut until somebody signs in. */
async function wipe(/** @type {string} */ why) {
  await step("pack", (store) => store.clear());
  const known = await keys();
  if (known) await step("keys", (store) => store.put({ ...known, byPin: null, tries: 0 }));
  key = null;
  await face();
  trouble(word(why));
}

// The network.

class Refused extends Error {
  /** @param {number} status @param {string} text */
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** @param {string} path @param {unknown} [body] @returns {Promise<any>} */
async function ask(path, body) {
  const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
  const how = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(path, { credentials: "same-origin", cache: "no-store", ...how });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, problem.detail ?? problem.title ?? String(answer.status));
  }
  return answer.status === 204 ? null : answer.json();
}

/** Comes to the server, and obeys. @returns {Promise<string | null>} the secret; null: there is nothing to go on with. */
async function checkIn(/** @type {string} */ device) {
  try {
    const order = await ask(`/api/v1/visit-devices/${device}`, {});
    if (order.wipe) {
      await wipe("wiped");
      await ask(`/api/v1/visit-devices/${device}/wiped`, {}).catch(() => null);
      return null;
    }
    return order.secret;
  } catch (failed) {
    if (!(failed instanceof Refused)) trouble(word("no-network"));
    else if (failed.status === 401 || failed.status === 403) await wipe("sign-in");
    else trouble(failed.status === 409 || failed.status === 422 ? word("other-account") : failed.message);
    return null;
  }
}

/** Fetches the round that the address names, or one's own. */
async function fetchPack() {
  const known = await keys();
  if (!key || !known || !(await checkIn(known.device))) return;
  const round = new URLSearchParams(location.search).get("round");
  const found = await ask(`/api/v1/visit-pack${round ? `?round=${encodeURIComponent(round)}` : ""}`);
  if (!key) return;
  const kept = { id: "pack", at: Date.now(), sealed: await sealed(key, found) };
  await step("pack", (store) => store.put(kept));
  await face();
}

/** Sends what was not sent. What comes back says what became of each; an answer that is lost changes nothing: each has an
 * id of its own, and the same id is the same visit. */
async function send() {
  const known = await keys();
  const waiting = (await edits()).filter((edit) => edit.state === "unsent" || edit.state === "refused");
  if (!key || !known || waiting.length === 0 || !(await checkIn(known.device))) return;
  const plain = [];
  for (const edit of waiting) if (edit.sealed && key) plain.push(await read(key, edit.sealed));
  try {
    await told(plain);
  } catch (failed) {
    if (!(failed instanceof Refused) || plain.length === 0) throw failed;
    // One of them cannot be taken: each by itself, so that the others are.
    for (const visit of plain) await told([visit]).catch((why) => refused(visit.id, why));
  }
  // What stood there of a network that was not there is over.
  trouble("");
  await face();
}

/** @param {any[]} visits */
async function told(visits) {
  if (visits.length === 0) return;
  const answer = await ask("/api/v1/visits", { sent_at_millis: Date.now(), visits });
  const known = new Map((await edits()).map((edit) => [edit.id, edit]));
  for (const { id, waits } of answer.receipts) {
    const edit = known.get(id);
    // What came in lies at the server: here only that it did.
    if (edit) await keep({ ...edit, state: waits ? "waits" : "sent", said: waits ?? "", sealed: null });
  }
}

/** @param {string} id @param {unknown} why */
async function refused(id, why) {
  if (!(why instanceof Refused)) throw why;
  const edit = (await edits()).find((edit) => edit.id === id);
  if (edit) await keep({ ...edit, state: "refused", said: why.message });
}

// The page.

function trouble(/** @type {string} */ text) {
  show("trouble", text !== "");
  /** @type {HTMLElement} */ (by("trouble").firstElementChild).textContent = text;
}

/** Shows what there is to be shown: to prepare, to open, the list. */
async function face() {
  const [known, kept, recorded] = [await keys(), await pack(), await edits()];
  const unsent = recorded.filter((edit) => edit.state === "unsent" || edit.state === "refused").length;
  by("unsent").textContent = unsent > 0 ? before("not-sent", unsent) : word("all-sent");
  by("unsent").dataset["count"] = String(unsent);
  show("setup", !known);
  show("locked", Boolean(known) && !key);
  by("pin").closest(".field")?.toggleAttribute("hidden", !known?.byPin);
  form("locked").querySelector("button")?.toggleAttribute("hidden", !known?.byPin);
  show("list", Boolean(key) && !open);
  show("visit", Boolean(key) && Boolean(open));
  if (!key) return;
  const found = kept ? await read(key, kept.sealed) : null;
  show("no-pack", !found);
  const done = new Map();
  for (const edit of recorded) if (edit.sealed) done.set((await read(key, edit.sealed)).household, edit);
  list("stops", found?.round?.stops ?? [], found?.round?.id ?? null, done);
  list("due", found?.due ?? [], null, done);
  const rows = recorded.sort((a, b) => b.at - a.at).map((edit) => {
    const row = document.createElement("li");
    const said = edit.state === "waits" ? word(`misfit-${edit.said}`) : edit.said;
    const state = { unsent: "unsent-line", sent: "sent", waits: "waits", refused: "refused" }[edit.state];
    row.textContent = `${new Date(edit.at).toLocaleString(document.documentElement.lang)} · ${before(state, said)}`;
    row.dataset["state"] = edit.state;
    return row;
  });
  by("edits").replaceChildren(...rows);
}

const place = (/** @type {any} */ home) => {
  const name = document.documentElement.lang === "en" && home.name_en ? home.name_en : home.name;
  return [name, home.building, home.flat, home.room].filter(Boolean).join(" · ");
};

/** @param {string} id @param {any[]} lines @param {string | null} round @param {Map<string, Edit>} done */
function list(id, lines, round, done) {
  const rows = lines.map((line) => {
    const [row, box, button, sub] = ["li", "div", "button", "p"].map((name) => document.createElement(name));
    if (!row || !box || !button || !sub) throw new Error("a browser makes elements");
    button.className = "btn second";
    button.textContent = place(line.home);
    button.addEventListener("click", () => begin(line.home, round));
    sub.className = "sub";
    const found = line.found ? word(`outcome-${line.found}`) : "";
    const saved = done.has(line.home.household) ? word("saved") : "";
    sub.textContent = [found, saved, word(`slot-${line.slot}`), word(`why-${line.why}`), `${word("by")} ${line.by}`]
      .filter(Boolean)
      .join(" · ");
    box.append(button, sub);
    row.append(box);
    return row;
  });
  by(id).replaceChildren(...rows);
}

/** @param {any} home @param {string | null} round */
function begin(home, round) {
  open = { household: home.household, round };
  form("visit").reset();
  by("h-v").textContent = place(home);
  trouble("");
  void face().then(() => by("h-v").scrollIntoView());
}

/** Keeps a visit: it is safely on the device before anything is said. */
async function record() {
  if (!key || !open) return;
  const said = new FormData(form("visit"));
  const outcome = said.get("outcome");
  const needs = said.getAll("need").map((category) => ({ category, consent: said.getAll("consent").includes(category) }));
  if (!outcome) return trouble(word("choose-outcome"));
  if (needs.length > 0 && outcome !== "met" && outcome !== "online") return trouble(word("need-of-nobody"));
  const word_said = String(said.get("satisfied") ?? "");
  const satisfied = word_said === "" ? null : word_said === "yes";
  if (satisfied !== null && outcome !== "met" && outcome !== "online") return trouble(word("word-of-nobody"));
  const note = String(said.get("note") ?? "").trim();
  const visit = { id: crypto.randomUUID(), ...open, made_at_millis: Date.now(), outcome, needs, satisfied, note: note || null };
  const [unlocked, door] = [key, open];
  // Whoever presses twice has recorded once.
  open = null;
  try {
    await keep({ id: visit.id, state: "unsent", said: "", at: visit.made_at_millis, sealed: await sealed(unlocked, visit) });
  } catch (failed) {
    open = door;
    throw failed;
  }
  // It is safe by now; that the list shows it is a help.
  await remember(visit.household, String(outcome)).catch(() => null);
  trouble("");
  await face();
  await attempt(send);
}

/** The list shows what was found at a door, also once what was recorded is sent and is no longer here.
 * @param {string} household @param {string} outcome
 */
async function remember(household, outcome) {
  const kept = await pack();
  if (!key || !kept) return;
  const held = await read(key, kept.sealed);
  for (const line of [...(held.round?.stops ?? []), ...held.due]) if (line.home.household === household) line.found = outcome;
  const again = { ...kept, sealed: await sealed(key, held) };
  await step("pack", (store) => store.put(again));
}

/** Does something that may fail, and says so: nothing is lost by it. */
async function attempt(/** @type {() => Promise<unknown>} */ work) {
  try {
    await work();
  } catch (failed) {
    // What `fetch` throws when nothing answers is a TypeError.
    trouble(failed instanceof Refused ? failed.message : word(failed instanceof TypeError ? "no-network" : "failed"));
  }
}

async function setUp() {
  const [pin, again] = ["new-pin", "again-pin"].map((id) => /** @type {HTMLInputElement} */ (by(id)).value);
  if (!pin || !PIN.test(pin)) return trouble(word("pin-short"));
  if (pin !== again) return trouble(word("pin-differs"));
  const device = crypto.randomUUID();
  const secret = await checkIn(device);
  if (!secret) return;
  const [raw, salt] = [random(32), random(16)];
  const [byPin, bySignIn] = [await seal(await ofPin(pin, salt), raw), await seal(await ofSecret(secret), raw)];
  await step("keys", (store) => store.put({ id: "device", device, salt, byPin, bySignIn, tries: 0 }));
  key = await aes(raw);
  trouble("");
  await fetchPack();
}

async function unlock() {
  const known = await keys();
  const typed = /** @type {HTMLInputElement} */ (by("pin"));
  if (!known?.byPin) return;
  // The try is counted before it is made: whoever breaks off has used it.
  const tries = known.tries + 1;
  await step("keys", (store) => store.put({ ...known, tries }));
  try {
    key = await aes(await unseal(await ofPin(typed.value, known.salt), known.byPin));
    await step("keys", (store) => store.put({ ...known, tries: 0 }));
  } catch {
    typed.value = "";
    if (tries >= TRIES) return wipe("pin-gone");
    return trouble(before("pin-wrong", TRIES - tries));
  }
  typed.value = "";
  trouble("");
  await opened();
}

/** Opens by being signed in, and asks for a new PIN where there is none any longer. */
async function bySignIn() {
  const known = await keys();
  const secret = known && (await checkIn(known.device));
  if (!known || !secret) return;
  key = await aes(await unseal(await ofSecret(secret), known.bySignIn));
  trouble("");
  await opened();
}

async function opened() {
  await face();
  if (!navigator.onLine) return trouble(word("no-network"));
  await attempt(send);
  if (key && !(await pack())) await attempt(fetchPack);
}

/** A round that is older than a day is wiped; so is one from the future, as then the clock was set back. */
async function old() {
  const kept = await pack();
  if (kept && Math.abs(Date.now() - kept.at) > DAY) await wipe("wiped-old");
}

async function begun() {
  show("cannot", false);
  by("state").textContent = word("preparing");
  const [{ worker = "" }] = [/** @type {HTMLElement} */ (document.querySelector("script[data-worker]")).dataset];
  await navigator.serviceWorker.register(worker, { scope: "/desk/visits/offline" }).catch(() => null);
  form("setup").addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(setUp);
  });
  form("locked").addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(unlock);
  });
  form("visit").addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(record);
  });
  by("by-sign-in").addEventListener("click", () => void attempt(bySignIn));
  by("send").addEventListener("click", () => void attempt(send));
  by("fetch").addEventListener("click", () => void attempt(fetchPack));
  by("back").addEventListener("click", () => {
    open = null;
    void face();
  });
  by("lock").addEventListener("click", () => {
    key = null;
    void face();
  });
  addEventListener("online", () => void attempt(send));
  setInterval(() => void old(), 60_000);
  await old();
  await face();
  const known = await keys();
  // Locked or not, whoever was signed out or ordered to wipe has nothing left here.
  if (known && navigator.onLine) await checkIn(known.device);
  await navigator.serviceWorker.ready;
  by("state").textContent = word("ready");
  by("state").dataset["ready"] = "yes";
}

if ("serviceWorker" in navigator && "indexedDB" in window && crypto.subtle) void attempt(begun);
