// A public client: no secret, so PKCE with S256 is what binds the code to it (RFC 7636, RFC 9700 section 2.1.1).
import * as oidc from 'openid-client';
import { Browser } from './browser.mjs';
import { algorithmOf, assert, authorizationRequest, redirectUri, register } from './client.mjs';
import { refuses, step } from './step.mjs';

export async function publicClient() {
  let config;
  await step('registers itself as a public client that wants ES256', async () => {
    const wanted = { token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256' };
    config = await register(wanted, oidc.None());
    assert(!config.clientMetadata().client_secret, 'a public client was given a secret');
    return config.clientMetadata().client_id;
  });
  await step('runs the code grant with PKCE S256', async () => {
    const { response, checks } = await authorize(config);
    const tokens = await oidc.authorizationCodeGrant(config, response, checks);
    assert(algorithmOf(tokens.id_token) === 'ES256', `signed with ${algorithmOf(tokens.id_token)}`);
    return `ES256, sub ${tokens.claims().sub}`;
  });
  await refuses('cannot redeem a code with another verifier', 'invalid_grant', async () => {
    const { response, checks } = await authorize(config);
    return oidc.authorizationCodeGrant(config, response, { ...checks, pkceCodeVerifier: oidc.randomPKCECodeVerifier() });
  });
  await refuses('cannot begin without PKCE', 'invalid_request', async () => {
    const { response, checks } = await authorize(config, { pkce: false });
    return oidc.authorizationCodeGrant(config, response, checks);
  });
  await refuses('is told access_denied when the end-user does not consent', 'access_denied', async () => {
    const { url, checks } = await authorizationRequest(config, { prompt: 'consent' });
    const response = await new Browser().authorize(url, redirectUri, undefined, 'deny');
    return oidc.authorizationCodeGrant(config, response, checks);
  });
  await step('gets a page and no redirect when its redirect_uri is not registered (RFC 6749 4.1.2.1)', async () => {
    const { url } = await authorizationRequest(config, { redirect_uri: 'http://127.0.0.1:8912/elsewhere' });
    const page = await new Browser().read(url);
    assert(page.status >= 400, `HTTP ${page.status}`);
    return page.heading;
  });
}

async function authorize(config, parameters) {
  const { url, checks } = await authorizationRequest(config, parameters);
  return { response: await new Browser().authorize(url, redirectUri), checks };
}
