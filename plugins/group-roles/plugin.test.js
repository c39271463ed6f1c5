// Groups become roles, and no token becomes too large.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { lines, script } from "../template/js/testing/host.js";
import { customizeToken } from "./plugin.js";

/** What an access token says of an end-user with these groups, by name. */
function said(groups, about = {}) {
  const claims = groups ? [{ name: "groups", value: { tag: "texts", val: groups } }] : [];
  const token = { kind: "access", user: { subject: "a1", claims }, claims: [], ...about };
  const changed = customizeToken.customizeToken(token).val.claims;
  return Object.fromEntries(changed.map(({ name, value }) => [name, value.val]));
}

const teams = (count, name = (n) => `team-${n}`) => Array.from({ length: count }, (_, n) => name(n));

beforeEach(() => script());

test("groups of the table become roles, the most important first", () => {
  const groups = ["team-red", "everyone", "auditors", "cn=admins,ou=groups,dc=example,dc=com", "team-blue"];
  assert.deepEqual(said(groups), { roles: ["admin", "auditor", "team:blue", "team:red"] });
});

test("a group counts once, whatever order the directory has them in", () => {
  assert.deepEqual(said(["team-a", "auditors", "team-a"]), said(["auditors", "team-a"]));
});

test("a group that only looks like one of ours is none", () => {
  for (const other of ["Auditors", "auditors2", "team-", "team-a b", "team-a\",\"admin", "xteam-a", "team-\u0430"]) {
    assert.deepEqual(said([other]), { roles: [] }, other);
  }
});

test("a single group may be text", () => {
  const user = { subject: "a1", claims: [{ name: "groups", value: { tag: "text", val: "auditors" } }] };
  assert.deepEqual(said(undefined, { user }), { roles: ["auditor"] });
});

test("a token holds a limited number of roles and says that there are more", () => {
  const changed = said([...teams(40), "auditors"]);
  assert.equal(changed.roles.length, 24);
  assert.equal(changed.roles[0], "auditor");
  assert.equal(changed.roles_complete, false);
  assert.deepEqual(lines(), ["warn: a1 has 41 roles, of which a token holds 24"]);
  assert.equal(said(teams(24)).roles_complete, undefined);
});

test("roles together have a limit of size", () => {
  const changed = said(teams(20, (n) => `team-${"x".repeat(60)}${n}`));
  const bytes = JSON.stringify(changed.roles).length;
  assert.ok(bytes <= 1024 && bytes > 900, `${bytes}`);
  assert.equal(changed.roles_complete, false);
});

test("the groups themselves are taken out of the token", () => {
  const claims = [{ name: "groups", value: { tag: "texts", val: ["auditors"] } }];
  assert.deepEqual(said(["auditors"], { claims }), { roles: ["auditor"], groups: [{ tag: "null" }] });
});

test("ID tokens, refresh tokens and tokens of a client alone stay as they are", () => {
  for (const other of [{ kind: "id" }, { kind: "refresh" }, { user: undefined }]) {
    assert.deepEqual(said(["auditors"], other), {});
  }
});
