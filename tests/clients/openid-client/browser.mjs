// A browser made of HTTP alone: cookies (RFC 6265), redirects and HTML forms, and nothing that runs scripts.
// It plays the end-user: it signs in, answers the consent page, and stops at the client's redirect_uri,
// which it never fetches (RFC 6749 section 4.1.2).
import { CookieJar } from 'tough-cookie';
import { Form, parsePage } from './form.mjs';

const redirectsMost = 10;
const pagesMost = 8;

export class Browser {
  /** The pages the end-user saw in the last walk: 'sign-in', 'consent', 'sign-out'. */
  seen = [];
  #jar = new CookieJar();

  /**
   * Opens an authorization request as `user` and returns the authorization response:
   * a URL for the query and fragment modes, a POST Request for form_post.
   */
  async authorize(url, redirectUri, user = { username: 'alice', password: 'wonderland' }, consent = 'allow') {
    return this.#walk(url, redirectUri, (page) => {
      const username = page.field('loginForm:username');
      if (username) {
        this.seen.push('sign-in');
        const form = Form.around(username, page.url);
        form.fill('loginForm:username', user.username);
        form.fill('loginForm:password', user.password);
        return form.press('loginForm:loginButton');
      }
      const button = consent === 'allow' ? 'authorizeForm:allowButton' : 'authorizeForm:doNotAllowButton';
      if (page.field(button)) {
        this.seen.push('consent');
        return Form.around(page.field(button), page.url).press(button);
      }
      return undefined;
    });
  }

  /** Opens an end_session request, confirms if asked, and returns the URL at post_logout_redirect_uri. */
  async signOut(url, postLogoutRedirectUri) {
    return this.#walk(url, postLogoutRedirectUri, (page) => {
      const button = page.root.querySelector('form button[type=submit], form input[type=submit], button[form]');
      if (!button) return undefined;
      this.seen.push('sign-out');
      return Form.around(button, page.url).submission(button);
    });
  }

  /** Opens an address that must answer with a page of the server's own, and returns that page. */
  async read(url) {
    const page = await this.#load({ url: String(url) }, undefined);
    if (page instanceof URL) throw new Error(`expected a page, was sent to ${page}`);
    return page;
  }

  async #walk(url, goal, answer) {
    this.seen = [];
    let next = { url: String(url) };
    for (let shown = 0; shown < pagesMost; shown += 1) {
      const page = await this.#load(next, goal);
      if (page instanceof URL) return page;
      const posted = page.formPostTo(goal);
      if (posted) return posted;
      next = answer(page);
      if (!next) throw new Error(`no way on from HTTP ${page.status} at ${page.url}: ${page.heading}`);
    }
    throw new Error(`${pagesMost} pages and still not at ${goal}: ${this.seen.join(', ')}`);
  }

  async #load(request, goal) {
    let { url, method = 'GET', body } = request;
    for (let hop = 0; hop < redirectsMost; hop += 1) {
      const response = await fetch(url, { method, body, redirect: 'manual', headers: await this.#headers(url, body) });
      for (const line of response.headers.getSetCookie()) await this.#jar.setCookie(line, url);
      if (response.status < 300 || response.status >= 400) return parsePage(url, response.status, await response.text());
      const to = new URL(response.headers.get('location'), url);
      if (goal && isAt(to, goal)) return to;
      url = to.href;
      if (response.status !== 307 && response.status !== 308) { method = 'GET'; body = undefined; }
    }
    throw new Error(`more than ${redirectsMost} redirects, the last to ${url}`);
  }

  async #headers(url, body) {
    const headers = { accept: 'text/html', 'accept-language': 'en' };
    const cookie = await this.#jar.getCookieString(url);
    if (cookie) headers.cookie = cookie;
    // What a browser adds to a form post; a server that guards its forms by origin looks here.
    if (body) { headers.origin = new URL(url).origin; headers.referer = url; }
    return headers;
  }
}

function isAt(url, goal) {
  const wanted = new URL(goal);
  return url.origin === wanted.origin && url.pathname === wanted.pathname;
}
