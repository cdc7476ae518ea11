// Talks to a device about a passkey, and sends its answer as the form it stands in: the one thing that HTML cannot do.
// Without this file everything else works; whoever has no scripts signs in by password.
"use strict";

/** @param {string} text base64url */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function base64url(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {{ id: string }[]} [credentials] */
function named(credentials) {
  return (credentials ?? []).map((credential) => ({ ...credential, id: bytes(credential.id) }));
}

/** The answer to a challenge that makes a passkey.
 * @param {any} options as the server wrote them
 * @param {AbortSignal} signal
 */
async function made(options, signal) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey, signal });
  const credential = /** @type {PublicKeyCredential} */ (made);
  const response = /** @type {AuthenticatorAttestationResponse} */ (credential.response);
  return {
    ...common(credential),
    response: {
      attestationObject: base64url(response.attestationObject),
      clientDataJSON: base64url(response.clientDataJSON),
      transports: response.getTransports?.() ?? [],
    },
  };
}

/** The answer to a challenge by a passkey that is there.
 * @param {any} options as the server wrote them
 * @param {AbortSignal} signal
 */
async function used(options, signal) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: named(options.allowCredentials),
  };
  const used = await navigator.credentials.get({ publicKey, signal });
  const credential = /** @type {PublicKeyCredential} */ (used);
  const response = /** @type {AuthenticatorAssertionResponse} */ (credential.response);
  return {
    ...common(credential),
    response: {
      authenticatorData: base64url(response.authenticatorData),
      clientDataJSON: base64url(response.clientDataJSON),
      signature: base64url(response.signature),
      userHandle: response.userHandle ? base64url(response.userHandle) : null,
    },
  };
}

/** @param {PublicKeyCredential} credential */
function common(credential) {
  return {
    id: credential.id,
    rawId: base64url(credential.rawId),
    type: credential.type,
    extensions: credential.getClientExtensionResults(),
  };
}

const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-passkey]"));
const answer = /** @type {HTMLInputElement} */ (form.elements.namedItem("credential"));

/** Ends what the device was asked before. */
let earlier = new AbortController();

/** Asks the device; what it answers is sent, and that it did not answer is said. */
async function ask() {
  const failed = /** @type {HTMLElement} */ (document.getElementById("passkey-failed"));
  failed.hidden = true;
  earlier.abort();
  const { signal } = (earlier = new AbortController());
  try {
    const options = JSON.parse(form.dataset["options"] ?? "");
    answer.value = JSON.stringify(await (form.dataset["passkey"] === "make" ? made(options, signal) : used(options, signal)));
    form.requestSubmit();
  } catch {
    // Nobody there, not wanted, too late, or a passkey of this account lies on the device: a browser does not say which.
    failed.hidden = signal.aborted;
  }
}

/** @type {HTMLElement} */ (document.getElementById("passkey-script")).hidden = true;
form.addEventListener("submit", (event) => {
  if (answer.value === "") {
    event.preventDefault();
    void ask();
  }
});
void ask();
