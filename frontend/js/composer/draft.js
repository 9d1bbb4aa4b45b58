import { post, Refused, refreshToken } from '../http.js';
import { release } from '../forms.js';
import { keyOf } from '../loader.js';
import { say } from '../text.js';
import { toast } from '../toast.js';

const FIELDS = ['title', 'body', 'board', 'kind', 'tags'];
const FIRST = 5000; // ms from the first change to the first save
const PAUSE = 8000; // ms between two saves while writing goes on
const savers = new WeakMap(); // form -> the one that keeps it, however many boxes it has

/** What the page came with in a field: text, choice of a list, or one of several radio buttons. */
function sentValue(field) {
  if (field instanceof RadioNodeList) return [...field].find((one) => one.defaultChecked)?.value ?? '';
  if (field instanceof HTMLSelectElement) return ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value ?? '';
  return field.defaultValue;
}

/** Keeps what is written: on the server, and in sessionStorage until the server has it (or cannot be reached). */
export class Draft {
  static of(box, area) {
    if (!savers.has(area.form)) savers.set(area.form, new Draft(box, area));
    return savers.get(area.form);
  }

  constructor(box, area) {
    this.box = box;
    this.form = area.form;
    this.area = area;
    this.place = box.dataset.place;
    this.url = box.dataset.draftUrl; // none: only this browser keeps it
    this.names = this.form.dataset.draftFields?.split(' ') ?? FIELDS;
    this.output = this.form.querySelector('[data-draft-status]');
    const refused = document.querySelector('.faults, [data-unsent]') !== null;
    // The state that the server has: not what was typed while this script was still on its way.
    this.safe = refused ? '' : JSON.stringify(this.fields(sentValue));
    this.failed = false;
    this.stale = false;
    this.sent = false;
    this.left = ''; // the state that leave() has sent
    this.timer = 0;
    this.lastSave = 0;
    this.queue = Promise.resolve();
    this.restore();
    if (refused || this.dirty) this.changed();

    this.form.addEventListener('input', () => this.changed());
    this.form.addEventListener('focusout', (event) => { if (!this.form.contains(event.relatedTarget)) this.save(); });
    this.form.addEventListener('submit', (event) => this.submitted(event), true);
    document.addEventListener('click', (event) => {
      if (!event.target.closest('[data-discard]')) return;
      this.sent = true; // not saved again on the way out
      this.forget();
    });
    addEventListener('online', () => this.save());
    addEventListener('offline', () => {
      if (!this.dirty) return;
      this.failed = true;
      this.keep();
      toast(say('offline'));
    });
    addEventListener('pagehide', () => this.leave());
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.leave(); });
    addEventListener('beforeunload', (event) => {
      if (this.sent || !this.dirty || (this.url && !this.failed)) return;
      event.preventDefault();
      event.returnValue = '';
    });
  }

  fields(valueOf = (field) => field.value) {
    const values = {};
    for (const name of this.names) {
      const field = this.form.elements[name];
      if (field) values[name] = valueOf(field);
    }
    return values;
  }

  get dirty() {
    return JSON.stringify(this.fields()) !== this.safe;
  }

  status(text) {
    if (this.output) this.output.textContent = text;
  }

  changed() {
    this.sent = false;
    this.keep();
    const wait = Math.max(FIRST, this.lastSave + PAUSE - Date.now());
    this.timer ||= setTimeout(() => this.save(), wait);
  }

  keep(sent = false) {
    try {
      const { key, version } = this.form.elements;
      sessionStorage.setItem(keyOf(this.place), JSON.stringify({ fields: this.fields(), sent, key: key?.value, version: version?.value }));
    } catch { /* full or closed: the server still gets it */ }
  }

  forget(place = this.place) {
    try {
      sessionStorage.removeItem(keyOf(place));
    } catch { /* closed */ }
  }

  /** What this browser still has and the server perhaps not. A text that was sent is only of use after "back". */
  restore() {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(keyOf(this.place)));
    } catch { /* unreadable: as if there were none */ }
    if (!kept) return;
    const [navigation] = performance.getEntriesByType('navigation');
    if (kept.sent && navigation?.type !== 'back_forward') {
      this.forget();
      return;
    }
    // Sent again under the key it had: the server knows it, and makes no second post of it.
    if (kept.sent && kept.key && this.form.elements.key) this.form.elements.key.value = kept.key;
    let changed = false;
    for (const [name, value] of Object.entries(kept.fields)) {
      const field = this.form.elements[name];
      if (!field || field.value === value || !value) continue;
      // never over something else that is already there, unless this browser's text continues it
      if (name === 'body' && field.value.trim() && !value.startsWith(field.value.trim())) {
        field.value = `${field.value}\n\n${value}`;
      } else field.value = value;
      changed = true;
    }
    // A text that was changed on the server meanwhile is not written over unseen: sent with the old version, the server shows both.
    if (changed && kept.version && this.form.elements.version) this.form.elements.version.value = kept.version;
    if (!changed) {
      this.forget(); // the server has it all
      return;
    }
    toast(say('restored'));
    this.save();
  }

  save() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.queue = this.queue.then(() => this.saveNow());
    return this.queue;
  }

  async saveNow() {
    if (!this.dirty || this.sent) return;
    if (!this.url) {
      this.status(say('savedHere'));
      return;
    }
    const fields = this.fields();
    const state = JSON.stringify(fields);
    const place = this.place;
    this.lastSave = Date.now();
    const slow = setTimeout(() => this.status(say('saving')), 300);
    try {
      const { saved_at: at } = await (await post(this.url, { place, ...fields })).json();
      if (place !== this.place) return;
      this.safe = state;
      this.failed = false;
      this.stale = false;
      if (!this.dirty) this.forget();
      this.status(at ? say('saved', at) : '');
    } catch (error) {
      const first = !this.failed;
      this.failed = true;
      this.keep();
      this.status(say('savedHere'));
      if (error instanceof Refused) {
        this.stale = error.signedOut || error.status === 400;
        if (first) toast(error.message);
      } else if (first) toast(say(navigator.onLine ? 'failed' : 'offline'));
    } finally {
      clearTimeout(slow);
    }
  }

  /** The page goes: one last save that outlives it. */
  leave() {
    const state = JSON.stringify(this.fields());
    if (this.sent || !this.dirty || state === this.left) return;
    this.left = state;
    this.keep();
    if (!this.url) return;
    post(this.url, { place: this.place, ...this.fields() }, { keepalive: true }).then(() => this.forget(), () => {});
  }

  async submitted(event) {
    if (event.submitter?.formTarget === '_blank') return;
    if (!navigator.onLine) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.keep();
      toast(say('offline'));
      return;
    }
    if (this.stale) {
      // the session ended while writing: send only with a token of the new one
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      let fresh = false;
      try {
        fresh = await refreshToken();
      } catch { /* no network */ }
      if (!fresh) {
        toast(say('signedOut'));
        return;
      }
      this.stale = false;
      release(this.form);
      button.click();
      return;
    }
    clearTimeout(this.timer);
    this.sent = true;
    this.keep(true);
  }

  async move(place, kept) {
    if (place === this.place) return;
    const before = this.place;
    await this.queue;
    const moved = this.area.value;
    this.place = place;
    this.box.dataset.place = place;
    this.safe = JSON.stringify({ ...this.fields(), body: '' });
    this.forget(before);
    if (moved) {
      this.keep();
      post(this.url, { place: before, body: '' }).catch(() => {});
    }
    const old = ((await kept) ?? '').trim();
    if (place !== this.place || !old || this.area.value.includes(old)) return;
    this.area.value = this.area.value ? `${old}\n\n${this.area.value}` : old;
    this.status(say('restored'));
  }
}
