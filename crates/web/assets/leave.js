// Whoever signs out leaves no round behind on the device; what was not sent stays encrypted, and opens when they sign in again.
"use strict";

const leaving = /** @type {HTMLFormElement} */ (document.querySelector("form[data-leave]"));

leaving.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = indexedDB.open("lilong-visits");
  // There never was one here: what was just made by asking is taken away.
  asked.onupgradeneeded = () => asked.transaction?.abort();
  asked.onerror = () => leaving.submit();
  asked.onsuccess = () => {
    const writing = asked.result.transaction(["pack", "keys"], "readwrite");
    writing.objectStore("pack").clear();
    const keys = writing.objectStore("keys");
    const known = keys.get("device");
    known.onsuccess = () => {
      if (known.result) keys.put({ ...known.result, byPin: null, tries: 0 });
    };
    writing.oncomplete = writing.onabort = () => leaving.submit();
  };
});
