// group-roles: the groups that the directory has of an end-user become `roles` in access tokens. A directory may know
// hundreds of groups, and a token goes into a header with each request: only groups that mean something here become
// roles, and there is a limit to them.

import { write } from "gatewright:plugin/log@0.1.0";

/** The end-user's claim that lists their groups. */
const GROUPS = "groups";
/** Which groups mean what, the most important first. `*` stands for the rest of a name, in both. */
const ROLES = [
  { group: "cn=admins,ou=groups,dc=example,dc=com", role: "admin" },
  { group: "auditors", role: "auditor" },
  { group: "team-*", role: "team:*" },
];
/** Most roles in a token. */
const ROLES_MAX = 24;
/** Longest that they are together, in bytes of JSON: what is common for headers is 8 KiB for all of them. */
const ROLES_BYTES_MAX = 1024;
/** What the rest of a group's name may be: anything else could be taken for another role by who reads it. */
const REST = /^[A-Za-z0-9._-]{1,64}$/;

export const customizeToken = {
  customizeToken(token) {
    if (token.kind !== "access" || !token.user) return change([]);

    const roles = rolesOf(groupsOf(token.user));
    const kept = fitting(roles);
    const claims = [claim("roles", "texts", kept)];
    if (kept.length < roles.length) {
      // Who reads the token can ask the directory then. Fewer roles allow less, so nothing is opened by this.
      claims.push(claim("roles_complete", "flag", false));
      write("warn", `${token.user.subject} has ${roles.length} roles, of which a token holds ${kept.length}`);
    }
    if (token.claims.some(({ name }) => name === GROUPS)) claims.push(claim(GROUPS, "structure", [{ tag: "null" }]));
    return change(claims);
  },
};

/** The names of an end-user's groups; a single one may stand there as text. */
function groupsOf(user) {
  const value = user.claims.find(({ name }) => name === GROUPS)?.value;
  if (value?.tag === "texts") return value.val;
  return value?.tag === "text" ? [value.val] : [];
}

/** Each role once: in the order of the table, those of one line by name, so that the same groups say the same. */
function rolesOf(groups) {
  const inOrder = ROLES.flatMap((line) => groups.map((group) => roleOf(line, group)).filter(Boolean).sort());
  return [...new Set(inOrder)];
}

/** The role that a line of the table makes of a group, if it is about that group. */
function roleOf({ group, role }, name) {
  if (!group.endsWith("*")) return group === name ? role : undefined;
  const before = group.slice(0, -1);
  const rest = name.startsWith(before) ? name.slice(before.length) : "";
  return REST.test(rest) ? role.replace("*", () => rest) : undefined;
}

/** The first of them, as many as a token holds. Roles are ASCII: their length is their size. */
function fitting(roles) {
  let count = Math.min(roles.length, ROLES_MAX);
  while (JSON.stringify(roles.slice(0, count)).length > ROLES_BYTES_MAX) count -= 1;
  return roles.slice(0, count);
}

function claim(name, tag, val) {
  return { name, value: { tag, val } };
}

function change(claims) {
  return { tag: "change", val: { claims, lifetimeS: undefined, audience: undefined, scope: undefined } };
}
