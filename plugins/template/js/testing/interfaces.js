// Lets Node.js load a plugin: what it imports of `gatewright:plugin/…` is the scripted server of host.js.

import { register } from "node:module";

const FUNCTIONS = {
  pages: ["ask", "askConsent", "returnState", "visit"],
  log: ["write"],
  users: ["findBySubject", "findByUsername", "verifyPassword", "waitS"],
  factors: ["list", "enrol", "find", "data", "update", "remove"],
  totp: ["begin", "confirm", "verify"],
  webauthn: ["beginRegistration", "finishRegistration", "beginAuthentication", "finishAuthentication"],
  mail: ["send", "sendCode", "verifyCode"],
  recovery: ["remaining", "verify"],
  oidc: ["authorizationUrl", "redeem"],
  kv: ["get", "put", "delete", "add"],
  http: ["send", "parseJson"],
  secrets: ["get"],
  network: ["contains"],
  clock: ["nowMs"],
  random: ["bytes"],
};
const SCHEME = "gatewright:";

export async function resolve(specifier, context, next) {
  return specifier.startsWith(SCHEME) ? { url: specifier, shortCircuit: true } : next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith(SCHEME)) return next(url, context);
  const name = /^gatewright:plugin\/([a-z-]+)@/.exec(url)?.[1];
  const functions = FUNCTIONS[name];
  if (!functions) throw new Error(`there is no interface ${url}`);
  const exported = functions.map((it) => `const ${it}_ = (...args) => call("${name}", "${it}", args); export { ${it}_ as ${it} };`);
  const source = `import { call } from ${JSON.stringify(new URL("host.js", import.meta.url).href)};\n${exported.join("\n")}`;
  return { format: "module", source, shortCircuit: true };
}

register(import.meta.url);
