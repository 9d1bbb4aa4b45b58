import '@github/markdown-toolbar-element';
import '@github/text-expander-element';
import { subscribe } from '@github/paste-markdown';
import { citeGuides } from './cite.js';
import { Draft } from './draft.js';
import { attachFiles } from './files.js';
import { suggestPeople } from './mentions.js';
import { pasteTables } from './paste.js';
import { Preview } from './preview.js';
import { watchTitle } from './similar.js';

/** One writing box: toolbar, people, preview, draft. Made by loader.js on first focus. */
export class Composer {
  constructor(box) {
    this.box = box;
    this.area = box.querySelector('textarea');
    attachFiles(this);
    this.draft = Draft.of(box, this.area);
    this.preview = new Preview(box, this.area);
    pasteTables(this.area);
    subscribe(this.area);
    suggestPeople(box);
    citeGuides(this);
    watchTitle(this.area.form);
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.preview.close();
      this.area.form.querySelector('button[data-send]')?.click();
    });
    this.placed = this.area === document.activeElement; // the caret is where the writer put it
    for (const type of ['input', 'pointerup', 'keyup']) this.area.addEventListener(type, () => { this.placed = true; });
    box.dataset.ready = 'yes';
  }

  /** Writes a passage where the writer has put the caret; at the end when nobody has. */
  insert(text) {
    const { area } = this;
    this.preview.close();
    area.focus();
    const at = this.placed ? area.selectionEnd : area.value.length;
    const before = area.value.slice(0, at);
    const gap = before && !before.endsWith('\n\n') ? (before.endsWith('\n') ? '\n' : '\n\n') : '';
    area.setRangeText(gap + text, at, at, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
    area.scrollTop = area.scrollHeight;
  }

  /** The form now answers another post: the draft goes along. `kept` promises what the server holds for that place. */
  move(place, kept) {
    return this.draft.move(place, kept);
  }
}
