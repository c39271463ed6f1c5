// Passkeys against the issuer in ISSUER, by headless Chromium's virtual authenticator. Exits 0 when all is well, 1 at the
// first that is not.
import { chromium } from 'playwright-core';
import { startClient } from '../client.mjs';
import { views } from '../view.mjs';
import { approval, cancelled, otherBrowsers, passkeyOfADevice, withoutJavaScript } from './walk.mjs';

// No sandbox: only this machine's own pages are opened, and containers and root have none to give.
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: quiet });
const client = await startClient();
const [desktop, phone, dark, bare] = views;
await passkeyOfADevice(browser, desktop, client);
await passkeyOfADevice(browser, phone, client);
await cancelled(browser, dark, client);
await otherBrowsers(browser, desktop, client);
for (const view of [dark, bare]) await approval(browser, view, client);
await withoutJavaScript(browser, bare, client);
await browser.close();
client.stop();
