// What stands between the server and plugin.js. An exception becomes a fault with its reason, and randomness is the
// server's: QuickJS draws its own seed once, when the plugin is built, so every run would have the same.

import { bytes } from "gatewright:plugin/random@0.1.0";
import * as plugin from "../plugin.js";

Math.random = () => bytes(6).reduce((sum, byte) => (sum + byte) / 256, 0);

function fault(thrown) {
  if (thrown?.payload?.tag) return { tag: "capability", val: thrown.payload };
  if (thrown?.tag === "capability" || thrown?.tag === "unexpected") return thrown;
  const where = /\(?(\/[^()\n]+:\d+):\d+\)?/.exec(thrown?.stack ?? "")?.[1];
  return { tag: "unexpected", val: where ? `${thrown.message} (${where.slice(1)})` : String(thrown) };
}

function guarded(name) {
  const hook = plugin[name];
  if (!hook) throw new Error(`plugin.js exports no ${name}, which plugin.toml states`);
  const guard = (act) => (input) => {
    try {
      return act.call(hook, input);
    } catch (thrown) {
      throw fault(thrown);
    }
  };
  return Object.fromEntries(Object.entries(hook).map(([member, act]) => [member, guard(act)]));
}
