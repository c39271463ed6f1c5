// Answers a client's page whether the session it knows of goes on (OpenID Connect Session Management 1.0, 3.2).
// It is sent "client_id session_state" and sends back "unchanged", "changed" or "error", and nothing else of the session.
"use strict";
(() => {
  const cookie = "__Host-gatewright_browser_state=";
  const state = () => {
    const pair = document.cookie.split("; ").find((pair) => pair.startsWith(cookie));
    return pair ? pair.slice(cookie.length) : "";
  };
  const digest = async (text) => {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    const base64 = btoa(String.fromCharCode(...bytes));
    return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const answer = async (origin, asked) => {
    if (typeof asked !== "string" || asked.length > 2048) return "error";
    const parts = /^(.+) ([^ .]+)\.([^ .]+)$/.exec(asked);
    if (!parts) return "error";
    const [, client, known, salt] = parts;
    const held = state();
    // A browser that keeps cookies from frames of other sites shows none, whoever is signed in. "changed" would have the
    // client ask again without an end; "error" tells it not to (3.1).
    if (!held && document.hasStorageAccess && !(await document.hasStorageAccess())) return "error";
    return (await digest(`${client} ${origin} ${held} ${salt}`)) === known ? "unchanged" : "changed";
  };
  addEventListener("message", async (event) => {
    if (!event.source || event.source === window || event.origin === "null") return;
    event.source.postMessage(await answer(event.origin, event.data), event.origin);
  });
})();
