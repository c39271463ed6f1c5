// The ways the pages are looked at, and what is held against every page in each of them.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { step } from './step.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const desktop = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

export const views = [
  { name: 'desktop', context: desktop },
  { name: 'phone', context: phone },
  { name: 'desktop-dark', context: { ...desktop, colorScheme: 'dark' } },
  { name: 'phone-without-javascript', context: { ...phone, javaScriptEnabled: false } },
];

/** One person's window: a fresh profile, and a record of everything the browser complained of. */
export class Window {
  static async open(browser, view, origins) {
    const context = await browser.newContext({ locale: 'en-GB', ...view.context });
    const window = new Window();
    window.view = view;
    window.page = await context.newPage();
    window.complaints = [];
    window.page.setDefaultTimeout(15_000);
    window.page.on('pageerror', (error) => window.complaints.push(`script error: ${error}`));
    window.page.on('console', (message) => window.#console(message));
    window.page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol !== 'data:' && !origins.includes(origin)) window.complaints.push(`asked a stranger: ${request.url()}`);
    });
    return window;
  }

  close() {
    return this.page.context().close();
  }

  /** A step taken in this window; when it fails, the page it failed on is photographed and named. */
  step(sentence, act) {
    return step(`${this.view.name}: ${sentence}`, async () => {
      try {
        return await act();
      } catch (error) {
        const heading = await this.page.innerText('h1', { timeout: 1000 }).catch(() => '(a page without a heading)');
        const picture = await this.#photograph('failed');
        const place = `left at ${this.page.url()}: ${heading}\n  picture: ${picture}`;
        throw new Error([place, ...this.complaints].join('\n  '), { cause: error });
      }
    });
  }

  /** Photographs the page and holds it to the accessibility rules, the width of the screen and a quiet console. */
  async inspect(name) {
    await this.#photograph(name);
    const faults = [...this.complaints, ...(await this.#overflow()), ...(await this.#accessibility())];
    if (faults.length) throw new Error(`the page "${name}" at ${this.page.url()}:\n  ${faults.join('\n  ')}`);
  }

  async #photograph(name) {
    const folder = join(process.env.CLIENTS_DIR, 'chromium', 'screenshots');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.${this.view.name}.png`);
    await this.page.screenshot({ path, fullPage: true });
    return path;
  }

  async #overflow() {
    const [content, screen] = await this.page.evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]');
    return content > screen ? [`${content} px wide on a screen of ${screen} px`] : [];
  }

  // evaluate() goes past the page's Content-Security-Policy, but with JavaScript off the promises inside never settle:
  // the same markup is held to the rules in the other views.
  async #accessibility() {
    if (this.view.context.javaScriptEnabled === false) return [];
    await this.page.evaluate(axe);
    return this.page.evaluate(
      `axe.run(document, ${JSON.stringify({ runOnly: rules, resultTypes: ['violations'] })}).then(({ violations }) =>
         violations.map((one) => one.id + ': ' + one.help + '\\n' +
           one.nodes.map((node) => '    ' + node.html + '\\n    ' + node.failureSummary).join('\\n')))`,
    );
  }

  #console(message) {
    if (message.type() !== 'error') return;
    // A refusal answers with a status of its own, which Chromium reports as if a resource were missing.
    const isThePage = message.location().url === this.page.url() && message.text().startsWith('Failed to load resource');
    if (!isThePage) this.complaints.push(`console: ${message.text()} (${message.location().url})`);
  }
}
