// The account page: what an end-user sees of their own and ends there.
import { issuer } from './client.mjs';
import { Window } from './view.mjs';
import { alice, control, expect, returned, signIn } from './walk.mjs';

/** Signs in to a client, then sees it on the account page, disconnects it and signs out. */
export async function ownAccount(browser, view, client) {
  const window = await Window.open(browser, view, [new URL(issuer).origin, client.origin]);
  const body = () => window.page.innerText('body');
  await window.step('the account page asks who it is, and shows sessions and applications', async () => {
    await window.page.goto(`${issuer}/account`);
    await signIn(window, alice);
    await window.page.waitForURL((url) => url.pathname.endsWith('/account'));
    await window.page.goto(client.authorizeUrl({ prompt: 'consent' }));
    await control(window, 'authorizeForm:allowButton').click();
    await returned(window, client);
    await window.page.goto(`${issuer}/account`);
    await window.inspect('account');
    const shown = await body();
    expect(shown.includes('This browser') && shown.includes('Weather Almanac'), shown);
  });
  await window.step('recovery codes are shown once', async () => {
    await window.page.goto(`${issuer}/account/recovery`);
    await window.inspect('account-recovery');
    await window.page.locator('button.main').click();
    await window.page.locator('.codes').waitFor();
    await window.inspect('account-codes');
    await window.page.locator('a.main').click();
    expect((await body()).includes('10 of 10'), await body());
  });
  await window.step('a disconnected application is gone from the page', async () => {
    await window.page.locator('button[value=disconnect]').first().click();
    await window.page.getByRole('status').waitFor();
    await window.inspect('account-disconnected');
    return window.page.getByRole('status').innerText();
  });
  await window.step('ending this browser\'s session signs out', async () => {
    await window.page.locator('li:has(.badge) button[value=end_session]').click();
    await window.page.waitForFunction('!document.querySelector("main button[type=submit]")');
    await window.page.goto(`${issuer}/account`);
    await control(window, 'loginForm:username').waitFor();
  });
  await window.close();
}
