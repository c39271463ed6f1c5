// Clients under test: each registers itself (RFC 7591) through openid-client and asks for its ID tokens to be verified.
import * as oidc from 'openid-client';

export const issuer = new URL(process.env.ISSUER);
// Nothing listens there: the scripted browser stops at it.
export const redirectUri = 'http://127.0.0.1:8912/callback';
export const afterLogout = 'http://127.0.0.1:8912/bye';

// The issuer under test is plain HTTP on loopback. Without the second, openid-client trusts the connection for
// ID tokens from the token endpoint (OIDC Core 3.1.3.7 rule 6) and never looks at their signature.
export const execute = [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks];

/** Registers a client with `metadata` beside what all of them have. */
export function register(metadata, authentication) {
  return oidc.dynamicClientRegistration(
    issuer,
    {
      client_name: 'openid-client',
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [afterLogout],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      ...metadata,
    },
    authentication,
    { execute },
  );
}

/** An authorization request with fresh state and nonce, and what its response must be held against. */
export async function authorizationRequest(config, { pkce = true, ...parameters } = {}) {
  const checks = { expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce(), idTokenExpected: true };
  const query = {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...parameters,
  };
  if (pkce) {
    checks.pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    query.code_challenge = await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier);
    query.code_challenge_method = 'S256';
  }
  return { url: oidc.buildAuthorizationUrl(config, query), checks };
}

/** The header of a JWS, for the line that says what was proved. */
export function algorithmOf(jws) {
  return JSON.parse(Buffer.from(jws.split('.')[0], 'base64url')).alg;
}

export function assert(condition, complaint) {
  if (!condition) throw new Error(complaint);
}
