import { fill } from '../html.js';

const PAUSE = 150; // ms without a key before the server is asked
const SHORTEST = 2;

/** Makes a combobox of a search field: the server's suggestions in a list below it. Without it the field is a form. */
export class Suggestions {
  /** `label`: what the list is called. */
  static on(form, label) {
    if (!form.dataset.ready) new Suggestions(form, label).look();
  }

  constructor(form, label) {
    form.dataset.ready = 'yes';
    this.url = `${form.action}/saran`;
    this.input = form.elements.q;
    this.list = document.createElement('div');
    this.list.className = 'suggestions';
    this.list.id = 'saran';
    this.list.hidden = true;
    this.list.setAttribute('role', 'listbox');
    this.list.setAttribute('aria-label', label);
    this.status = document.createElement('p');
    this.status.className = 'vh';
    this.status.setAttribute('role', 'status');
    form.append(this.list, this.status);
    this.known = new Map();
    this.active = null;

    const attributes = { role: 'combobox', autocomplete: 'off', 'aria-autocomplete': 'list', 'aria-controls': 'saran', 'aria-expanded': 'false' };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    this.input.addEventListener('input', () => this.soon());
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.list.addEventListener('pointerdown', (event) => event.preventDefault()); // the field keeps the focus
    form.addEventListener('focusout', (event) => { if (!form.contains(event.relatedTarget)) this.close(); });
    form.addEventListener('submit', () => this.close());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    const text = this.input.value.trim();
    this.request?.abort();
    if (text.length < SHORTEST || document.activeElement !== this.input) return this.close();
    const { signal } = (this.request = new AbortController());
    try {
      if (!this.known.has(text)) {
        const answer = await fetch(`${this.url}?q=${encodeURIComponent(text)}`, { signal, headers: { Accept: 'text/html' } });
        if (!answer.ok || answer.redirected) return this.close();
        this.known.set(text, await answer.text());
      }
      if (!signal.aborted) this.show(this.known.get(text));
    } catch { /* a newer question is on its way, or there is no network */ }
  }

  get options() {
    return [...this.list.querySelectorAll('[role="option"]')];
  }

  show(html) {
    this.mark(null);
    fill(this.list, html);
    const any = this.options.length > 0;
    this.list.hidden = !any;
    this.input.setAttribute('aria-expanded', String(any));
    this.status.textContent = this.list.querySelector('p')?.textContent ?? '';
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.mark(null);
    this.list.hidden = true;
    this.status.textContent = '';
    this.input.setAttribute('aria-expanded', 'false');
  }

  mark(option) {
    this.active?.setAttribute('aria-selected', 'false');
    this.active = option;
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({ block: 'nearest' });
    if (option) this.input.setAttribute('aria-activedescendant', option.id);
    else this.input.removeAttribute('aria-activedescendant');
  }

  /** One option on, or back; beyond the ends is the field itself. */
  step(by) {
    const options = this.options;
    const at = options.indexOf(this.active);
    this.mark(options[at < 0 && by < 0 ? options.length - 1 : at + by] ?? null);
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const open = !this.list.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (open) this.step(event.key === 'ArrowDown' ? 1 : -1);
      else this.look();
    } else if (event.key === 'Enter' && open && this.active) {
      event.preventDefault();
      this.active.click();
    } else if (event.key === 'Escape' && open) {
      event.preventDefault(); // once closes the list, twice empties the field
      this.close();
    }
  }
}
