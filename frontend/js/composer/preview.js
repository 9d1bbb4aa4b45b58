import { fill } from '../html.js';
import { post, Refused } from '../http.js';
import { say } from '../text.js';

/** The tabs Tulis and Pratinjau. Without scripts "Pratinjau" sends the text into a new tab. */
export class Preview {
  constructor(box, area) {
    this.url = box.dataset.previewUrl;
    this.area = area;
    this.tabs = [...box.querySelectorAll('[data-tab]')];
    this.panel = box.querySelector('.preview');
    this.write = box.querySelector('text-expander');
    this.tools = box.querySelector('markdown-toolbar');
    this.shown = null;
    this.tabs[0].parentElement.setAttribute('role', 'tablist');
    for (const [i, tab] of this.tabs.entries()) {
      tab.setAttribute('role', 'tab');
      tab.setAttribute('aria-controls', (i ? this.panel : this.area).id);
      tab.addEventListener('click', (event) => {
        event.preventDefault();
        this.select(i);
      });
      tab.addEventListener('keydown', (event) => {
        if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
        event.preventDefault();
        this.select(1 - i);
        this.tabs[1 - i].focus();
      });
    }
    this.panel.setAttribute('role', 'tabpanel');
    this.panel.setAttribute('aria-labelledby', this.tabs[1].id);
    this.panel.tabIndex = 0;
    this.mark(0);
  }

  mark(index) {
    for (const [i, tab] of this.tabs.entries()) {
      tab.setAttribute('aria-selected', String(i === index));
      tab.tabIndex = i === index ? 0 : -1;
    }
  }

  close() {
    if (!this.panel.hidden) this.select(0);
  }

  async select(index) {
    this.mark(index);
    if (!index) {
      this.panel.hidden = true;
      this.write.hidden = false;
      this.tools.hidden = false;
      return;
    }
    this.panel.style.minHeight = `${this.write.offsetHeight || this.panel.offsetHeight}px`;
    this.panel.hidden = false;
    this.write.hidden = true;
    this.tools.hidden = true;
    const body = this.area.value;
    if (body === this.shown) return;
    if (!body.trim()) {
      this.shown = body;
      this.panel.textContent = say('nothing');
      return;
    }
    this.panel.setAttribute('aria-busy', 'true');
    try {
      fill(this.panel, await (await post(this.url, { body })).text());
      this.shown = body;
      document.dispatchEvent(new Event('rembuk:posts'));
    } catch (error) {
      this.shown = null;
      this.panel.textContent = error instanceof Refused ? error.message : say('failed');
    } finally {
      this.panel.removeAttribute('aria-busy');
    }
  }
}
