// Walks the pages of the issuer in ISSUER with headless Chromium. Exits 0 when all is well, 1 at the first that is not.
import { chromium } from 'playwright-core';
import { startClient } from './client.mjs';
import { views } from './view.mjs';
import { ownAccount } from './account.mjs';
import { builtInDemo, keyboardAlone, refusedRequest, signInAndConsent } from './walk.mjs';

// No sandbox: only this machine's own pages are opened, and containers and root have none to give.
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: quiet });
for (const view of views) {
  // A client of its own for each view: consent given in one must not spare the page in the next.
  const client = await startClient();
  await signInAndConsent(browser, view, client);
  await refusedRequest(browser, view, client);
  await builtInDemo(browser, view);
  await ownAccount(browser, view, client);
  client.stop();
}
const client = await startClient();
await keyboardAlone(browser, views[0], client);
await browser.close();
client.stop();
