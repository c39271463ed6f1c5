// {{name}}: an access token to personal data lives a minute at most, and says what it is.

import { write } from "gatewright:plugin/log@0.1.0";

/** Scope values that open personal data. */
const PERSONAL = ["address", "email", "phone"];
/** How long such a token lives at most, in seconds. */
const LIFETIME_S = 60;

export const customizeToken = {
  /** Asked before each token is signed. */
  customizeToken(token) {
    const opened = token.scope.filter((value) => PERSONAL.includes(value));
    if (token.kind !== "access" || opened.length === 0) return change({});

    write("info", `${token.client.id} gets a token to ${opened.join(", ")}`);
    return change({
      claims: [{ name: "personal_data", value: { tag: "texts", val: opened } }],
      lifetimeS: Math.min(Number(token.lifetimeS), LIFETIME_S),
    });
  },
};

/** What is to change; what is not named stays as it is. */
function change({ claims = [], lifetimeS, audience, scope }) {
  return { tag: "change", val: { claims, lifetimeS, audience, scope } };
}
