// The end-user's walk through the pages, as a person with eyes and a pointer, and once with a keyboard alone.
import { issuer } from './client.mjs';
import { Window } from './view.mjs';

export const alice = { username: 'alice', password: 'wonderland' };

/** A control by the id the pages promise to keep; ids hold colons, so the selector quotes them. */
export function control(window, id) {
  return window.page.locator(`[id="${id}"]`);
}

export async function signIn(window, { username, password }) {
  await control(window, 'loginForm:username').fill(username);
  await control(window, 'loginForm:password').fill(password);
  await control(window, 'loginForm:loginButton').click();
}

export function returned(window, client) {
  return window.page.waitForURL((url) => url.origin === client.origin);
}

export function expect(condition, complaint) {
  if (!condition) throw new Error(complaint);
}

/** Sign-in, a wrong password, consent refused and given, sign-out, as seen in one view. */
export async function signInAndConsent(browser, view, client) {
  const window = await Window.open(browser, view, [new URL(issuer).origin, client.origin]);
  const parameters = () => new URL(window.page.url()).searchParams;

  await window.step('the sign-in page, and what it says to a wrong password', async () => {
    await window.page.goto(client.authorizeUrl({}));
    await window.inspect('sign-in');
    await signIn(window, { ...alice, password: 'wrong' });
    await window.page.getByRole('alert').waitFor();
    await window.inspect('sign-in-again');
    return (await window.page.getByRole('alert').first().innerText()).trim();
  });
  await window.step('the consent page names the client; refused, the client is told access_denied', async () => {
    await signIn(window, alice);
    await control(window, 'authorizeForm:allowButton').waitFor();
    await window.inspect('consent');
    expect((await window.page.innerText('body')).includes('Weather Almanac'), 'the client is not named');
    await control(window, 'authorizeForm:doNotAllowButton').click();
    await returned(window, client);
    expect(parameters().get('error') === 'access_denied' && parameters().get('state') === 'kept', window.page.url());
  });
  await window.step('asked again and allowed, the client gets a code', async () => {
    await window.page.goto(client.authorizeUrl({}));
    await control(window, 'authorizeForm:allowButton').click();
    await returned(window, client);
    expect(parameters().get('code') && parameters().get('state') === 'kept', window.page.url());
  });
  await window.step('consent is remembered, and the next visit shows no page', async () => {
    await window.page.goto(client.authorizeUrl({}));
    await returned(window, client);
    expect(parameters().get('code'), window.page.url());
  });
  await window.step('sign-out is asked for and confirmed, and the next visit begins with sign-in', async () => {
    await window.page.goto(client.server.end_session_endpoint);
    await window.inspect('sign-out');
    await window.page.locator('main button[type=submit]').first().click();
    await window.page.waitForFunction('!document.querySelector("main button[type=submit]")');
    await window.inspect('signed-out');
    await window.page.goto(client.authorizeUrl({}));
    await control(window, 'loginForm:username').waitFor();
  });
  await window.close();
}

/** What a person sees of a request that no client may be told about. */
export async function refusedRequest(browser, view, client) {
  const window = await Window.open(browser, view, [new URL(issuer).origin, client.origin]);
  await window.step('an unregistered redirect_uri gets a page of ours that says so', async () => {
    const answer = await window.page.goto(client.authorizeUrl({ redirect_uri: `${client.origin}/elsewhere` }));
    expect(answer.status() >= 400 && window.page.url().startsWith(issuer), `HTTP ${answer.status()} at ${window.page.url()}`);
    await window.inspect('refused');
    return window.page.locator('h1').innerText();
  });
  await window.close();
}

/** The client that is built in: from its first page through sign-in to what it shows of the person. */
export async function builtInDemo(browser, view) {
  const window = await Window.open(browser, view, [new URL(issuer).origin]);
  await window.step('/demo signs in and shows who it is', async () => {
    await window.page.goto(`${issuer}/demo`);
    await window.inspect('demo');
    await window.page.locator('main').locator('a, button').first().click();
    await control(window, 'loginForm:username').waitFor();
    await signIn(window, alice);
    const allow = control(window, 'authorizeForm:allowButton');
    const back = window.page.waitForURL((url) => url.pathname.startsWith('/demo'));
    await Promise.race([back, allow.waitFor()]);
    if (await allow.isVisible()) await allow.click();
    await back;
    await window.inspect('demo-signed-in');
    expect((await window.page.innerText('body')).includes('alice'), 'alice is not on the page');
  });
  await window.close();
}

/** The whole walk without a pointer: every control reached by Tab, every form sent by Enter. */
export async function keyboardAlone(browser, view, client) {
  const window = await Window.open(browser, view, [new URL(issuer).origin, client.origin]);
  const { keyboard } = window.page;
  await window.step('with the keyboard alone, and the focus always visible', async () => {
    await window.page.goto(client.authorizeUrl({}));
    await tabTo(window, 'loginForm:username');
    await keyboard.type(alice.username);
    await tabTo(window, 'loginForm:password');
    await keyboard.type(alice.password);
    await keyboard.press('Enter');
    await control(window, 'authorizeForm:allowButton').waitFor();
    await tabTo(window, 'authorizeForm:allowButton');
    await keyboard.press('Enter');
    await returned(window, client);
  });
  await window.close();
}

const tabsMost = 12;

async function tabTo(window, id) {
  const focused = () => window.page.evaluate('document.activeElement.id');
  for (let tabs = 0; (await focused()) !== id; tabs += 1) {
    expect(tabs < tabsMost, `${id} is not reached by Tab`);
    await window.page.keyboard.press('Tab');
  }
  const [style, width, shadow] = await window.page.evaluate(
    '(({ outlineStyle, outlineWidth, boxShadow }) => [outlineStyle, outlineWidth, boxShadow])(getComputedStyle(document.activeElement))',
  );
  expect((style !== 'none' && width !== '0px') || shadow !== 'none', `${id} does not show that it has the focus`);
}
