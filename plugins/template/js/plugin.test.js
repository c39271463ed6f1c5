// The plugin against a scripted server: `gatewright plugin test`.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { customizeToken } from "./plugin.js";
import { lines, script } from "./testing/host.js";

/** An access token of an hour, changed as a test says. */
function decided(about) {
  const token = { kind: "access", client: { id: "demo" }, scope: ["openid"], lifetimeS: 3600n, claims: [], ...about };
  return customizeToken.customizeToken(token).val;
}

beforeEach(() => script());

test("a token to personal data lives a minute and says so", () => {
  const { claims, lifetimeS } = decided({ scope: ["openid", "email", "phone"] });
  assert.equal(lifetimeS, 60);
  assert.deepEqual(claims, [{ name: "personal_data", value: { tag: "texts", val: ["email", "phone"] } }]);
  assert.deepEqual(lines(), ["info: demo gets a token to email, phone"]);
});

test("a token that would live shorter stays as short", () => {
  assert.equal(decided({ scope: ["email"], lifetimeS: 30n }).lifetimeS, 30);
});

test("any other token stays as it is", () => {
  for (const other of [{}, { kind: "id", scope: ["email"] }, { kind: "refresh", scope: ["email"] }]) {
    assert.deepEqual(decided(other), { claims: [], lifetimeS: undefined, audience: undefined, scope: undefined });
  }
  assert.deepEqual(lines(), []);
});
