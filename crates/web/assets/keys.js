// Through a list by keys: from a link in one of its lines the arrows lead to the next and the one before, Home and End to the
// first and the last. Enter opens, as it does anywhere; where no script runs, Tab goes the same way.
"use strict";

/** The way from a line to another, by key: of so many, from this one. @type {Record<string, (at: number, count: number) => number>} */
const WAYS = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

for (const list of document.querySelectorAll("[data-keys]")) {
  list.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const way = WAYS[event.key];
    const here = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!way || !here) return;
    const links = [...list.children].map((line) => line.querySelector("a[href]")).filter((link) => link !== null);
    const at = links.findIndex((link) => link.closest("li, tr") === here.closest("li, tr"));
    const to = links[way(at, links.length)];
    if (at < 0 || !(to instanceof HTMLElement)) return;
    event.preventDefault();
    to.focus();
  });
}

for (const hint of document.querySelectorAll("[data-keys-hint]")) hint.removeAttribute("hidden");
