// A session ended at the provider ends at its relying parties, each told in another way, with one of them down. Exits 0 when
// all is well, 1 at the first that is not.
import { chromium } from 'playwright-core';
import { Window, views } from '../view.mjs';
import { Party } from './party.mjs';
import { command, startServer } from './server.mjs';

// No sandbox: only this machine's own pages are opened, and containers and root have none to give.
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

const server = await startServer();
process.on('exit', () => server.stop());
const front = await Party.start(server.issuer, 'Weather Almanac', (here) => ({
  frontchannel_logout_uri: `${here}/frontchannel_logout`, frontchannel_logout_session_required: true }));
const back = await Party.start(server.issuer, 'Corner Shop', (_, posts) => ({ backchannel_logout_uri: `${posts}/backchannel_logout` }));
const watcher = await Party.start(server.issuer, 'Night Train', () => ({}), { near: true });
const gone = await Party.start(server.issuer, 'Old Library', (_, posts) => ({ backchannel_logout_uri: `${posts}/backchannel_logout` }), { down: true });
const parties = [front, back, watcher, gone];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: quiet });

function expect(condition, complaint) {
  if (!condition) throw new Error(complaint);
}

async function until(holds, complaint) {
  for (let turns = 0; turns < 150; turns += 1) {
    if (await holds()) return;
    await new Promise((later) => setTimeout(later, 200));
  }
  throw new Error(`${complaint()}\n${server.log().slice(-4000)}`);
}

async function open(view) {
  const context = { ...view.context, ignoreHTTPSErrors: true };
  return Window.open(browser, { ...view, context }, [server.issuer, ...parties.map((party) => party.origin)]);
}

/** Signs alice in to a relying party, in the window's page or another tab of it. */
async function signIn(page, party) {
  await page.goto(party.authorizeUrl());
  for (;;) {
    if (page.url().startsWith(party.origin)) return;
    const username = page.locator('[id="loginForm:username"]');
    if (await username.isVisible()) {
      await username.fill('alice');
      await page.locator('[id="loginForm:password"]').fill('wonderland');
      await page.locator('[id="loginForm:loginButton"]').click();
    } else {
      await page.locator('[id="authorizeForm:allowButton"]').click();
    }
  }
}

async function says(tab, word) {
  await tab.locator('#session', { hasText: new RegExp(`^${word}$`) }).waitFor();
}

const desktop = await open(views[0]);
const tab = await desktop.page.context().newPage();
await desktop.step('alice signs in to four relying parties, once', async () => {
  for (const party of [front, back, gone]) await signIn(desktop.page, party);
  await signIn(tab, watcher);
  const sids = new Set(parties.map((party) => party.sid));
  expect(sids.size === 1, `${[...sids]}`);
});
await desktop.step('the frame of the provider says that the session goes on', async () => {
  await says(tab, 'unchanged');
});
await desktop.step('to a party of another site it says so too, or that it cannot say, and never that it changed', async () => {
  const other = await desktop.page.context().newPage();
  await signIn(other, back);
  await says(other, '(unchanged|error)');
  const said = await other.locator('#session').innerText();
  await other.close();
  return said;
});
await desktop.step('the browser loads the page of the one that wants it, and goes back to the one that asked', async () => {
  await desktop.page.goto(watcher.logoutUrl({ post_logout_redirect_uri: `${watcher.origin}/bye`, state: 'kept' }));
  await desktop.page.waitForURL(`${watcher.origin}/bye?state=kept`);
  const [page, more] = front.pages;
  expect(page && !more && page.sid === front.sid && page.iss === server.issuer, JSON.stringify(front.pages));
  expect(desktop.complaints.length === 0, desktop.complaints.join('\n'));
});
await desktop.step('the second is posted a logout token', async () => {
  await until(() => back.told.length > 0, () => 'it is not told');
  const [said] = back.told;
  expect(said.sid === back.sid && said.aud === back.client.client_id && said.nonce === undefined, JSON.stringify(said));
});
await desktop.step("the third is told by the provider's frame that the session has changed", async () => {
  await says(tab, 'changed');
});
await desktop.step('the fourth is down: it is tried again, given up, and that is audited', async () => {
  const audited = () => command('audit', 'export').trim().split('\n').map(JSON.parse)
    .filter(({ action, target }) => action === 'logout.tell' && target === gone.client.client_id);
  await until(() => audited().length > 0, () => 'nothing is audited');
  const [entry] = audited();
  expect(entry.outcome === 'failed' && entry.detail.tries === 2, JSON.stringify(entry));
  return entry.detail.why;
});
await desktop.step('of a session whose cookies are gone the frame says so too', async () => {
  await signIn(tab, watcher);
  await says(tab, 'unchanged');
  await desktop.page.context().clearCookies();
  await says(tab, 'changed');
});
await desktop.close();

for (const [view, language] of [[views[0], 'en'], [views[1], 'de'], [views[2], 'fr']]) {
  const window = await open(view);
  await window.step('with nowhere to go on to, the page says whom it tells', async () => {
    await signIn(window.page, front);
    await window.page.goto(front.logoutUrl({ ui_locales: language }));
    await window.page.getByText('Weather Almanac').first().waitFor();
    await window.inspect(`signing-out-${language}`);
  });
  await window.close();
}

const bare = await open(views[3]);
await bare.step('without JavaScript the browser goes on by itself', async () => {
  await signIn(bare.page, front);
  const before = front.pages.length;
  await bare.page.goto(front.logoutUrl({ post_logout_redirect_uri: `${front.origin}/bye` }));
  await bare.page.waitForURL(`${front.origin}/bye`);
  expect(front.pages.length === before + 1, JSON.stringify(front.pages));
});
await bare.close();
await browser.close();
parties.forEach((party) => party.stop());
server.stop();
