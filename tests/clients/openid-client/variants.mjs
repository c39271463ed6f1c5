// The other ways a confidential client may authenticate and be answered.
import { webcrypto } from 'node:crypto';
import * as oidc from 'openid-client';
import { Browser } from './browser.mjs';
import { algorithmOf, assert, authorizationRequest, register } from './client.mjs';
import { step } from './step.mjs';

export async function variants() {
  await step('client_secret_post, without PKCE as RFC 6749 lets it', async () => {
    const config = await register({ token_endpoint_auth_method: 'client_secret_post' }, oidc.ClientSecretPost());
    return codeGrant(config, { pkce: false });
  });
  await step('private_key_jwt with an ES256 key of its own (RFC 7523)', async () => {
    const config = await registerWithKey({ grant_types: ['authorization_code'] });
    return codeGrant(config);
  });
  await step('client_credentials with private_key_jwt', async () => {
    const config = await registerWithKey({ grant_types: ['client_credentials'], response_types: [], redirect_uris: [] });
    const tokens = await oidc.clientCredentialsGrant(config);
    assert(!tokens.id_token && !tokens.refresh_token, 'an ID token or refresh token came along');
    return `token_type ${tokens.token_type}`;
  });
  await step('response_mode=form_post', async () => {
    const config = await register({}, oidc.ClientSecretBasic());
    return codeGrant(config, { response_mode: 'form_post' });
  });
  await step('response_type=code id_token, nonce and c_hash verified (OIDC Core 3.3)', async () => {
    // A web client that is answered in the front channel may only register https (OIDC Registration section 2).
    const address = 'https://client.example/callback';
    const metadata = {
      response_types: ['code id_token'],
      grant_types: ['authorization_code', 'implicit'],
      redirect_uris: [address],
      post_logout_redirect_uris: [],
    };
    const config = await register(metadata, oidc.ClientSecretBasic());
    oidc.useCodeIdTokenResponseType(config);
    return codeGrant(config, { redirect_uri: address });
  });
}

async function codeGrant(config, parameters) {
  const { url, checks } = await authorizationRequest(config, parameters);
  const response = await new Browser().authorize(url, url.searchParams.get('redirect_uri'));
  const tokens = await oidc.authorizationCodeGrant(config, response, checks);
  const claims = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  return `${algorithmOf(tokens.id_token)}, sub ${claims.sub}`;
}

async function registerWithKey(metadata) {
  const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const jwk = { ...(await webcrypto.subtle.exportKey('jwk', pair.publicKey)), kid: 'one', use: 'sig', alg: 'ES256' };
  const wanted = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] }, ...metadata };
  return register(wanted, oidc.PrivateKeyJwt({ key: pair.privateKey, kid: 'one' }));
}
