// A relying party: it redeems its codes, and is told of logouts in the ways it registered.
import { createServer } from 'node:https';
import { certificate, freePort } from './server.mjs';

const html = (title, rest = '') =>
  `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1>${rest}</html>`;

/** The page of OpenID Connect Session Management 1.0, 3.1: it asks the server's frame again and again. */
function watching(frame, question) {
  return html('Signed in', `<p id="session"></p><iframe id="op" title="session" src="${frame}"></iframe><script>
    const origin = new URL(${JSON.stringify(frame)}).origin;
    addEventListener('message', (event) => {
      if (event.origin === origin) document.getElementById('session').textContent = event.data;
    });
    setInterval(() => document.getElementById('op').contentWindow.postMessage(${JSON.stringify(question)}, origin), 200);
  </script>`);
}

async function json(url, request) {
  const response = await fetch(url, request);
  if (!response.ok) throw new Error(`HTTP ${response.status} from ${url}: ${await response.text()}`);
  return response.json();
}

export class Party {
  /**
   * Registers a party called `name`; `wants` makes its members from where it is. One that is `down` takes no posts; one that
   * is `near` is on the server's site, though not of its origin.
   */
  static async start(issuer, name, wants, { down = false, near = false } = {}) {
    const party = new Party();
    Object.assign(party, { name, told: [], pages: [] });
    const listener = createServer(certificate, (request, response) => party.#answer(request, response));
    await new Promise((ready) => listener.listen(0, '127.0.0.1', ready));
    party.origin = `https://${near ? 'localhost' : '127.0.0.1'}:${listener.address().port}`;
    party.stop = () => listener.close();
    party.server = await json(`${issuer}/.well-known/openid-configuration`);
    const posts = down ? `https://127.0.0.1:${await freePort()}` : party.origin;
    party.client = await json(party.server.registration_endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: name,
        redirect_uris: [`${party.origin}/callback`],
        post_logout_redirect_uris: [`${party.origin}/bye`],
        ...wants(party.origin, posts),
      }),
    });
    return party;
  }

  authorizeUrl() {
    const url = new URL(this.server.authorization_endpoint);
    const asked = { client_id: this.client.client_id, redirect_uri: `${this.origin}/callback`, response_type: 'code',
      scope: 'openid', state: 's1' };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return url.href;
  }

  logoutUrl(parameters) {
    const url = new URL(this.server.end_session_endpoint);
    for (const [name, value] of Object.entries({ id_token_hint: this.idToken, ...parameters })) url.searchParams.set(name, value);
    return url.href;
  }

  /** The session that its ID token names. */
  get sid() {
    return claims(this.idToken).sid;
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.origin);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (url.pathname === '/callback') response.end(await this.#signedIn(url.searchParams));
    else if (url.pathname === '/frontchannel_logout') {
      this.pages.push(Object.fromEntries(url.searchParams));
      response.end(html('Signed out'));
    } else if (url.pathname === '/backchannel_logout') {
      let body = '';
      for await (const part of request) body += part;
      this.told.push(claims(new URLSearchParams(body).get('logout_token')));
      response.end();
    } else response.end(html(this.name));
  }

  async #signedIn(parameters) {
    const { client_id: id, client_secret: secret } = this.client;
    const tokens = await json(this.server.token_endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code: parameters.get('code'), redirect_uri: `${this.origin}/callback` }),
    });
    this.idToken = tokens.id_token;
    return watching(this.server.check_session_iframe, `${id} ${parameters.get('session_state')}`);
  }
}

function claims(jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString());
}
