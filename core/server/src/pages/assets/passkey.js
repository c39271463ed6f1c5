// Asks the browser for a passkey (Web Authentication Level 3, 5.1) when its button is pressed, or offers one where the
// username is typed, puts the answer into the page's form and posts it. What goes wrong is said on the page, and the
// button tries again.
(() => {
  "use strict";
  const place = document.querySelector("[data-passkey]");
  if (!place) return;
  const form = place.closest("form");
  const answer = place.querySelector("input[type=hidden]");
  const trouble = place.querySelector("[role=alert]");
  const button = document.getElementById(place.dataset.button || "");
  const creates = place.dataset.passkey === "create";
  let offer = null;
  let running = false;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  function options() {
    const given = JSON.parse(place.dataset.options).publicKey;
    const own = creates ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
    if (PublicKeyCredential[own]) return PublicKeyCredential[own](given);
    const read = { ...given, challenge: bytes(given.challenge) };
    if (!creates) return { ...read, allowCredentials: named(given.allowCredentials) };
    const user = { ...given.user, id: bytes(given.user.id) };
    return { ...read, user, excludeCredentials: named(given.excludeCredentials) };
  }

  function written(credential) {
    const { response } = credential;
    const parts = creates
      ? { attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] }
      : {
          authenticatorData: text(response.authenticatorData),
          signature: text(response.signature),
          userHandle: response.userHandle ? text(response.userHandle) : null,
        };
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      clientExtensionResults: {},
      response: { clientDataJSON: text(response.clientDataJSON), ...parts },
    });
  }

  function say(what) {
    trouble.textContent = what || "";
    trouble.hidden = !what;
  }

  function explained(error) {
    const { cancelled, known, failed } = place.dataset;
    if (error.name === "NotAllowedError" || error.name === "AbortError") return cancelled;
    return creates && error.name === "InvalidStateError" ? known : failed;
  }

  function post(credential) {
    answer.value = written(credential);
    form.requestSubmit(button);
  }

  async function ask() {
    running = true;
    say("");
    offer?.abort();
    try {
      const asked = { publicKey: options() };
      post(await (creates ? navigator.credentials.create(asked) : navigator.credentials.get(asked)));
    } catch (error) {
      say(explained(error));
    } finally {
      running = false;
    }
  }

  async function offerWhereTyped() {
    if (!("offers" in place.dataset) || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    offer = new AbortController();
    try {
      post(await navigator.credentials.get({ publicKey: options(), mediation: "conditional", signal: offer.signal }));
    } catch (error) {
      if (error.name !== "AbortError" && error.name !== "NotAllowedError") say(place.dataset.failed);
    }
  }

  if (!window.PublicKeyCredential) {
    say(place.dataset.unsupported);
    return;
  }
  form.addEventListener("submit", (event) => {
    if (answer.value || !button || event.submitter !== button) return;
    event.preventDefault();
    if (!running) ask();
  });
  // Back to a page that the browser kept: its answer was spent.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) answer.value = "";
  });
  offerWhereTyped();
})();
