// The client the pages are walked for: registered at run time, with a redirect_uri this program answers itself.
import { createServer } from 'node:http';

export const issuer = process.env.ISSUER;

/** Serves the client's redirect_uri on loopback, registers the client, and says where to send the end-user. */
export async function startClient() {
  const listener = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<!doctype html><html lang="en"><title>Client</title><h1>Back at the client</h1></html>');
  });
  await new Promise((ready) => listener.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${listener.address().port}`;
  const server = await json(`${issuer}/.well-known/openid-configuration`);
  const client = await json(server.registration_endpoint, {
    client_name: 'Weather Almanac',
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/bye`],
    token_endpoint_auth_method: 'client_secret_basic',
  });
  const authorizeUrl = (parameters) => {
    const url = new URL(server.authorization_endpoint);
    const all = {
      client_id: client.client_id,
      redirect_uri: `${origin}/callback`,
      response_type: 'code',
      scope: 'openid profile email',
      state: 'kept',
      ...parameters,
    };
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    return url.href;
  };
  return { origin, server, authorizeUrl, stop: () => listener.close() };
}

async function json(url, body) {
  const request = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, request);
  if (!response.ok) throw new Error(`HTTP ${response.status} from ${url}: ${await response.text()}`);
  return response.json();
}
