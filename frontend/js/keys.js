import { say } from './text.js';

const writing = (element) => element?.closest?.('input, textarea, select, [contenteditable="true"], dialog');

const STOPS = '.post[id], .row, .hit';

/** Single keys; a person can switch them off in the settings (data-shortcuts="off"). */
export function startKeys() {
  if (document.documentElement.dataset.shortcuts === 'off') return;
  let after = 0; // when "g" was pressed

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing(event.target)) return;
    const goes = event.timeStamp - after < 1500;
    after = 0;
    if (goes && (event.key === 'b' || event.key === 'p')) {
      document.querySelector(`.mainnav a[data-key="${event.key}"]`)?.click();
    } else if (event.key === 'g') {
      after = event.timeStamp;
    } else if (event.key === 'j' || event.key === 'k') {
      step(event.key === 'j' ? 1 : -1);
    } else if (event.key === 'n' || event.key === 'p') {
      change(event.key === 'n' ? 1 : -1);
    } else if (event.key === 'r') {
      const post = document.activeElement?.closest('.post');
      const link = (post ?? document).querySelector('a[data-reply]');
      if (!link) return;
      event.preventDefault();
      link.click();
    } else if (event.key === '/') {
      event.preventDefault();
      search();
    } else if (event.key === '?') {
      help();
    }
  });
}

/** To the search field; where the page shows none (a phone), to the page that has it. */
function search() {
  const field = document.querySelector('form.find input');
  if (!field) return;
  if (field.offsetParent === null) location.assign(field.form.action);
  field.focus();
  field.select();
}

function step(direction) {
  const stops = [...document.querySelectorAll(STOPS)].filter((stop) => stop.offsetParent !== null);
  const current = document.activeElement?.closest(STOPS);
  let index = stops.indexOf(current);
  if (index < 0) {
    const below = stops.findIndex((stop) => stop.getBoundingClientRect().top >= 0);
    index = (below < 0 ? stops.length : below) - (direction > 0 ? 1 : 0);
  }
  const stop = stops[index + direction];
  if (!stop) return;
  const target = stop.matches('.row, .hit') ? stop.querySelector('h3 a') : stop;
  if (target === stop) stop.tabIndex = -1;
  target.focus();
  stop.scrollIntoView({ block: 'nearest' });
}

/** To the next or previous change of a text under review. */
function change(direction) {
  const changes = [...document.querySelectorAll('.diff :is(ins, del)')];
  const at = changes.indexOf(document.activeElement);
  const next = changes[at < 0 && direction < 0 ? changes.length - 1 : at + direction];
  if (!next) return;
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: 'center' });
}

function help() {
  let dialog = document.getElementById('keys');
  if (!dialog) {
    dialog = document.createElement('dialog');
    dialog.id = 'keys';
    dialog.className = 'dialog';
    const heading = document.createElement('h2');
    heading.id = 'keys-title';
    heading.textContent = say('keys');
    const list = document.createElement('dl');
    list.className = 'keys';
    for (const [key, does] of say('keyList')) {
      const term = document.createElement('dt');
      key.split(' ').forEach((part, i) => {
        const kbd = document.createElement('kbd');
        kbd.textContent = part;
        term.append(i ? ' ' : '', kbd);
      });
      const what = document.createElement('dd');
      what.textContent = does;
      list.append(term, what);
    }
    const form = document.createElement('form');
    form.method = 'dialog';
    const close = document.createElement('button');
    close.className = 'button second';
    close.textContent = say('close');
    form.append(close);
    form.addEventListener('submit', (event) => event.stopPropagation()); // not a form that sends
    dialog.setAttribute('aria-labelledby', heading.id);
    dialog.append(heading, list, form);
    document.body.append(dialog);
  }
  dialog.showModal();
}
