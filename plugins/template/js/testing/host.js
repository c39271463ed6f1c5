// A scripted server. A function of an interface does what `script` was told of it; what it was not told of was not lent.

let world = {};
let logged = [];

/** What is there without being scripted: a log, values of the plugin's own, a clock, bytes that count up. */
function always() {
  const values = new Map();
  let bytes = 0;
  return {
    log: { write: (level, message) => logged.push(`${level}: ${message}`) },
    kv: {
      get: (key) => values.get(key),
      put: (key, value) => void values.set(key, value),
      delete: (key) => void values.delete(key),
      add(key, by) {
        values.set(key, (values.get(key) ?? 0) + Number(by));
        return values.get(key);
      },
    },
    clock: { nowMs: () => 1_790_000_000_000n },
    random: { bytes: (count) => Uint8Array.from({ length: count }, () => bytes++) },
  };
}

/** Begins anew: `script({ users: { findBySubject: () => undefined } })`. */
export function script(interfaces = {}) {
  logged = [];
  world = always();
  for (const [name, functions] of Object.entries(interfaces)) world[name] = { ...world[name], ...functions };
}

/** What was logged since. */
export const lines = () => logged;

/** What an import of the plugin comes to. */
export function call(name, member, args) {
  const act = world[name]?.[member];
  if (!act) throw { payload: { tag: "not-lent", val: name } };
  return act(...args);
}

script();
