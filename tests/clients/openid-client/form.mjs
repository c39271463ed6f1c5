// HTML forms as a browser without scripts submits them (HTML Living Standard, "form submission").
import { parse } from 'node-html-parser';

/** One page of the server: what a person would see of it, and the controls on it. */
class Page {
  constructor(url, status, root) {
    this.url = url;
    this.status = status;
    this.root = root;
  }

  get heading() {
    return this.root.querySelector('h1')?.text.trim() ?? '(a page without a heading)';
  }

  /** The control with that id; ids hold colons, so no selector is made of them. */
  field(id) {
    return this.root.getElementById(id);
  }

  /** The response of response_mode=form_post when this page is one, as the Request a browser would send. */
  formPostTo(goal) {
    const form = this.root.querySelectorAll('form').find((one) => goal && one.getAttribute('action') === String(goal));
    if (!form) return undefined;
    const { url, body } = new Form(form, this.url).submission();
    return new Request(url, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  }
}

export function parsePage(url, status, text) {
  return new Page(url, status, parse(text));
}

export class Form {
  #element;
  #page;
  #filled = new Map();

  constructor(element, page) {
    this.#element = element;
    this.#page = page;
  }

  /** The form a control belongs to: the one it names, else the one around it. */
  static around(control, page) {
    const named = control.getAttribute('form');
    const element = named ? root(control).getElementById(named) : control.closest('form');
    if (!element) throw new Error(`${control.id} is in no form`);
    return new Form(element, page);
  }

  fill(id, text) {
    if (!this.#controls().some((one) => one.id === id)) throw new Error(`the form has no field ${id}`);
    this.#filled.set(id, text);
  }

  press(id) {
    const button = this.#controls().find((one) => one.id === id);
    if (!button) throw new Error(`the form has no button ${id}`);
    return this.submission(button);
  }

  /** The request that pressing `button` sends; without a button, what a script's submit() sends. */
  submission(button) {
    const entries = new URLSearchParams();
    for (const control of this.#controls()) {
      const name = control.getAttribute('name');
      if (!name || control.hasAttribute('disabled') || !submits(control, button)) continue;
      entries.append(name, this.#filled.get(control.id) ?? control.getAttribute('value') ?? '');
    }
    const target = new URL(button?.getAttribute('formaction') || this.#element.getAttribute('action') || this.#page, this.#page);
    if ((this.#element.getAttribute('method') ?? 'get').toLowerCase() === 'post') {
      return { url: target.href, method: 'POST', body: entries };
    }
    target.search = entries.toString();
    return { url: target.href };
  }

  #controls() {
    const id = this.#element.id;
    const within = this.#element.querySelectorAll('input, button');
    const elsewhere = id ? root(this.#element).querySelectorAll('[form]').filter((one) => one.getAttribute('form') === id) : [];
    return [...within.filter((one) => !one.hasAttribute('form')), ...elsewhere];
  }
}

function submits(control, button) {
  const type = (control.getAttribute('type') ?? (control.tagName === 'BUTTON' ? 'submit' : 'text')).toLowerCase();
  if (['submit', 'image', 'button', 'reset'].includes(type)) return control === button;
  if (['checkbox', 'radio'].includes(type)) return control.hasAttribute('checked');
  return true;
}

function root(element) {
  let top = element;
  while (top.parentNode) top = top.parentNode;
  return top;
}
