// Walks with a passkey: made, used alone, used beside a password, cancelled, and asked for where there can be none.
import { issuer } from '../client.mjs';
import { Window } from '../view.mjs';

const alice = { username: 'alice', password: 'wonderland' };

function control(window, id) {
  return window.page.locator(`[id="loginForm:${id}"]`);
}

function expect(condition, complaint) {
  if (!condition) throw new Error(complaint);
}

function open(browser, view, client) {
  return Window.open(browser, view, [new URL(issuer).origin, client.origin]);
}

/** A device with a fingerprint reader, or a key without one. */
async function authenticator(window, { verifies }) {
  const session = await window.page.context().newCDPSession(window.page);
  await session.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: verifies ? 'internal' : 'usb',
    hasResidentKey: verifies,
    hasUserVerification: verifies,
    isUserVerified: verifies,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options });
  const credentials = async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  const verified = (isUserVerified) => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  const present = (enabled) => session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  return { credentials, verified, present };
}

/** Asks to be signed in by this acr, as if for the first time. */
async function ask(window, client, acr) {
  await window.page.context().clearCookies();
  await window.page.goto(client.authorizeUrl({ acr_values: acr }));
}

async function typePassword(window) {
  await control(window, 'username').fill(alice.username);
  await control(window, 'password').fill(alice.password);
  await control(window, 'loginButton').click();
}

/** Allows what is asked for where it is asked, and comes back with a code. */
async function comesBack(window, client) {
  const allow = window.page.locator('[id="authorizeForm:allowButton"]');
  const back = window.page.waitForURL((url) => url.origin === client.origin);
  await Promise.race([back, allow.waitFor()]);
  if (await allow.isVisible()) await allow.click();
  await back;
  expect(new URL(window.page.url()).searchParams.get('code'), window.page.url());
}

async function makes(window, client, label) {
  await ask(window, client, 'enrols');
  await typePassword(window);
  await control(window, 'label').fill(label);
  await control(window, 'loginButton').click();
}

/** Made, then used without a password, then as a second factor. */
export async function passkeyOfADevice(browser, view, client) {
  const window = await open(browser, view, client);
  const device = await authenticator(window, { verifies: true });
  await window.step('a passkey is made on a page of ours, and can be found without a username', async () => {
    await ask(window, client, 'enrols');
    await typePassword(window);
    await control(window, 'label').waitFor();
    await window.inspect('passkey-new');
    await control(window, 'label').fill('Laptop');
    await control(window, 'loginButton').click();
    await comesBack(window, client);
    const made = await device.credentials();
    expect(made.length === 1 && made[0].isResidentCredential && made[0].rpId === 'localhost', JSON.stringify(made));
  });
  await window.step('the device that has one already makes no second one, and the page says so', async () => {
    await makes(window, client, 'Laptop again');
    await window.page.getByRole('alert').filter({ hasText: 'has a passkey for your account already' }).waitFor();
    await window.inspect('passkey-known');
    await window.page.locator('button[value=later]').click();
    await comesBack(window, client);
  });
  await window.step('it signs in alone: no username, no password', async () => {
    // Whoever is present takes what is offered where the username is typed before a button is pressed.
    await device.present(false);
    await ask(window, client, 'either');
    await control(window, 'username').waitFor();
    await window.inspect('passkey-or-password');
    await device.present(true);
    await window.page.locator('button[value=passkey]').click({ timeout: 3000 }).catch(() => undefined);
    await comesBack(window, client);
  });
  await window.step('it is the second factor after the password', async () => {
    await ask(window, client, 'both');
    await typePassword(window);
    await window.page.locator('[data-passkey=get]').waitFor();
    await window.inspect('passkey-second-factor');
    await control(window, 'loginButton').click();
    await comesBack(window, client);
    return `${(await device.credentials())[0].signCount} signatures`;
  });
  await window.close();
}

/** What a person sees who cancels, and how they go on. */
export async function cancelled(browser, view, client) {
  const window = await open(browser, view, client);
  const device = await authenticator(window, { verifies: true });
  await window.step('who cancels is told so on the page, and the same button tries again', async () => {
    await makes(window, client, 'Laptop');
    await comesBack(window, client);
    await ask(window, client, 'both');
    await typePassword(window);
    await window.page.locator('[data-passkey=get]').waitFor();
    await device.verified(false);
    await control(window, 'loginButton').click();
    await window.page.getByRole('alert').filter({ hasText: 'it was cancelled' }).waitFor();
    await window.inspect('passkey-cancelled');
    await device.verified(true);
    await control(window, 'loginButton').click();
    await comesBack(window, client);
  });
  await window.close();
}

/** Browsers that read no JSON themselves, a key without a PIN, and none at all. */
export async function otherBrowsers(browser, view, client) {
  const window = await open(browser, view, client);
  await authenticator(window, { verifies: false });
  await window.page.context().addInitScript(() => {
    delete window.PublicKeyCredential?.parseCreationOptionsFromJSON;
    delete window.PublicKeyCredential?.parseRequestOptionsFromJSON;
  });
  await window.step('a key without a PIN is a second factor, in a browser that reads no JSON', async () => {
    await makes(window, client, 'Key');
    await comesBack(window, client);
    await ask(window, client, 'both');
    await typePassword(window);
    await window.page.locator('[data-passkey=get]').waitFor();
    await control(window, 'loginButton').click();
    await comesBack(window, client);
  });
  await window.page.context().addInitScript(() => delete window.PublicKeyCredential);
  await window.step('a browser that knows no passkeys is told so, and the password still signs in', async () => {
    await ask(window, client, 'either');
    await window.page.getByRole('alert').filter({ hasText: 'knows no passkeys' }).waitFor();
    await window.inspect('passkey-unsupported');
    await typePassword(window);
    await comesBack(window, client);
  });
  await window.close();
}

/** A page that answers itself, twice, without a script. */
export async function approval(browser, view, client) {
  const window = await open(browser, view, client);
  await window.step('a page with a QR code waits by itself, turn after turn', async () => {
    await ask(window, client, 'approved');
    await typePassword(window);
    await window.page.getByText('Turn 1').waitFor();
    await window.inspect('approval');
    await window.page.getByText('Turn 2').waitFor();
    await comesBack(window, client);
  });
  await window.close();
}

/** What there is without JavaScript. */
export async function withoutJavaScript(browser, view, client) {
  const window = await open(browser, view, client);
  await window.step('a passkey that needs JavaScript says so, and the password still signs in', async () => {
    await ask(window, client, 'either');
    await control(window, 'username').waitFor();
    // Chromium with its scripts switched off from outside still hides what stands in <noscript>.
    expect((await window.page.content()).includes('A passkey needs JavaScript'), 'nothing is said of JavaScript');
    await window.inspect('passkey-without-javascript');
    await typePassword(window);
    await comesBack(window, client);
  });
  await window.close();
}
