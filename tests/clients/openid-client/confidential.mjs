// A confidential client's whole life: registration, code grant, UserInfo, refresh, introspection, revocation, logout.
import * as oidc from 'openid-client';
import { Browser } from './browser.mjs';
import { afterLogout, algorithmOf, assert, authorizationRequest, issuer, redirectUri, register } from './client.mjs';
import { refuses, step } from './step.mjs';

export async function confidential() {
  const browser = new Browser();
  let config;
  let request;
  let tokens;

  await step('discovers the server and registers itself with client_secret_basic (RFC 7591)', async () => {
    config = await register({ token_endpoint_auth_method: 'client_secret_basic' }, oidc.ClientSecretBasic());
    assert(config.serverMetadata().issuer === issuer.href.replace(/\/$/, ''), 'the issuer differs from the one asked for');
    return config.clientMetadata().client_id;
  });
  await step('signs in and consents, and gets a code with state and iss (RFC 9207)', async () => {
    request = await authorizationRequest(config, { scope: 'openid profile email offline_access', prompt: 'consent' });
    request.response = await browser.authorize(request.url, redirectUri);
    assert(request.response.searchParams.has('iss'), 'the response has no iss');
    assert(browser.seen.join() === 'sign-in,consent', `the end-user saw ${browser.seen.join()}`);
    return browser.seen.join(', ');
  });
  await step('redeems the code and verifies the ID token', async () => {
    tokens = await oidc.authorizationCodeGrant(config, request.response, request.checks);
    return `${algorithmOf(tokens.id_token)}, sub ${tokens.claims().sub}, expires in ${tokens.expiresIn()} s`;
  });
  await step('reads UserInfo with the same subject and the claims of its scopes', () => userInfo(config, tokens));
  await step('introspects the access token (RFC 7662)', async () => {
    const answer = await oidc.tokenIntrospection(config, tokens.access_token);
    assert(answer.active && answer.client_id === config.clientMetadata().client_id, JSON.stringify(answer));
    return `active, scope ${answer.scope}`;
  });
  await step('refreshes', async () => {
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    assert(refreshed.access_token !== tokens.access_token, 'the access token is the old one');
    tokens = { ...refreshed, claims: tokens.claims, id_token: refreshed.id_token ?? tokens.id_token };
    return userInfo(config, tokens);
  });
  await singleSignOn(config, browser, tokens);
  await revocation(config, tokens);
  await signOut(config, browser, tokens);
  await refuses('cannot redeem a code twice', 'invalid_grant', () => redeemTwice(config));
}

async function userInfo(config, tokens) {
  const claims = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert(claims.name && claims.email, `no name or email in ${JSON.stringify(claims)}`);
  return `${claims.name} <${claims.email}>`;
}

async function singleSignOn(config, browser, tokens) {
  await step('gets a second code with prompt=none and sees no page', async () => {
    const request = await authorizationRequest(config, { prompt: 'none' });
    const response = await browser.authorize(request.url, redirectUri);
    const again = await oidc.authorizationCodeGrant(config, response, request.checks);
    assert(browser.seen.length === 0, `the end-user saw ${browser.seen.join()}`);
    assert(again.claims().sub === tokens.claims().sub, 'the subject changed');
  });
  await step('is sent to the sign-in page again by max_age=0', async () => {
    const request = await authorizationRequest(config, { max_age: '0' });
    const response = await browser.authorize(request.url, redirectUri);
    const again = await oidc.authorizationCodeGrant(config, response, { ...request.checks, maxAge: 30 });
    assert(browser.seen.includes('sign-in'), 'the end-user was not asked');
    return `auth_time ${again.claims().auth_time}`;
  });
}

async function revocation(config, tokens) {
  await step('revokes the access token, which is then inactive (RFC 7009)', async () => {
    await oidc.tokenRevocation(config, tokens.access_token);
    const answer = await oidc.tokenIntrospection(config, tokens.access_token);
    assert(answer.active === false, JSON.stringify(answer));
  });
  await step('revokes the refresh token', () => oidc.tokenRevocation(config, tokens.refresh_token));
  await refuses('cannot refresh with it any more', 'invalid_grant', () =>
    oidc.refreshTokenGrant(config, tokens.refresh_token));
}

async function signOut(config, browser, tokens) {
  await step('signs out and comes back with state (RP-Initiated Logout)', async () => {
    const url = oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: afterLogout,
      state: 'gone',
    });
    const back = await browser.signOut(url, afterLogout);
    assert(back.searchParams.get('state') === 'gone', `came back as ${back}`);
  });
  await refuses('is told login_required by prompt=none after that', 'login_required', async () => {
    const request = await authorizationRequest(config, { prompt: 'none' });
    const response = await browser.authorize(request.url, redirectUri);
    return oidc.authorizationCodeGrant(config, response, request.checks);
  });
}

async function redeemTwice(config) {
  const request = await authorizationRequest(config);
  const response = await new Browser().authorize(request.url, redirectUri);
  await oidc.authorizationCodeGrant(config, response, request.checks);
  return oidc.authorizationCodeGrant(config, response, request.checks);
}
