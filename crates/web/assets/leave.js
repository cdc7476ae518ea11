// Whoever signs out leaves no round behind on the device; what was not sent stays encrypted, and opens when they sign in again.
"use strict";

const leaving = /** @type {HTMLFormElement} */ (document.querySelector("form[data-leave]"));

/** Empties what lies on this device, where anything does. @returns {Promise<void>} */
function forget() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("lilong-visits");
    // There never was one here: what was just made by asking is taken away.
    asked.onupgradeneeded = () => asked.transaction?.abort();
    asked.onerror = () => done();
    asked.onsuccess = () => {
      const writing = asked.result.transaction(["pack", "keys"], "readwrite");
      writing.objectStore("pack").clear();
      const keys = writing.objectStore("keys");
      const known = keys.get("device");
      known.onsuccess = () => {
        if (known.result) keys.put({ ...known.result, byPin: null, tries: 0 });
      };
      writing.oncomplete = () => done();
      writing.onabort = () => failed(writing.error);
    };
  });
}

leaving.addEventListener("submit", async (event) => {
  event.preventDefault();
  // A browser that keeps nothing refuses to be asked, and nobody is kept signed in by that: what may be left is encrypted, and a
  // day old at most.
  await forget().catch(() => null);
  leaving.submit();
});
