import { fill } from '../html.js';
import { say } from '../text.js';

const PAUSE = 250; // ms without a key before the server is asked
let dialog; // one for the page
let place; // the composer that takes the citation

/** "Rujuk panduan": a guide is looked for and put into the text as a quote with a link. Without scripts the link is pasted. */
export function citeGuides(composer) {
  composer.box.querySelector('[data-cite]')?.addEventListener('click', () => {
    place = composer;
    dialog ??= make(composer.box.dataset.citeUrl);
    dialog.showModal();
    dialog.querySelector('input').select();
  });
}

const make = (url) => {
  const box = document.createElement('dialog');
  box.className = 'dialog picker';
  box.setAttribute('aria-labelledby', 'rujuk-judul');
  fill(box, `<form method="dialog"><h2 id="rujuk-judul"></h2><label for="rujuk"></label>
    <input class="input" type="search" id="rujuk" autocomplete="off"><p class="small muted" role="status"></p><ul></ul>
    <button class="button second" type="button"></button></form>`);
  const [form, field, status, list, close] = ['form', 'input', 'p', 'ul', 'form > button'].map((one) => box.querySelector(one));
  box.querySelector('h2').textContent = say('cite');
  box.querySelector('label').textContent = say('citeSearch');
  close.textContent = say('close');
  close.addEventListener('click', () => box.close());
  // what is sent here goes nowhere: Enter takes the first guide
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    event.stopPropagation();
    list.querySelector('button')?.click();
  });

  let timer;
  let asked = '';
  const look = async () => {
    const text = field.value.trim();
    if (text === asked) return;
    asked = text;
    let found = [];
    try {
      const answer = await fetch(`${url}?q=${encodeURIComponent(text)}`, { headers: { Accept: 'application/json' } });
      if (!answer.ok || answer.redirected) throw new TypeError();
      found = await answer.json();
    } catch {
      if (text === asked) status.textContent = say(navigator.onLine ? 'failed' : 'offline');
      asked = '';
      return;
    }
    if (text !== asked) return;
    status.textContent = text.length < 2 ? '' : say('guides', found.length);
    list.replaceChildren(...found.map(entry));
  };
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  form.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [field, ...list.querySelectorAll('button')];
    event.preventDefault();
    stops[Math.max(0, Math.min(stops.length - 1, stops.indexOf(document.activeElement) + step))].focus();
  });

  const entry = (guide) => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    const title = document.createElement('b');
    const state = document.createElement('small');
    button.type = 'button';
    title.textContent = guide.title;
    state.textContent = [guide.state, guide.area].filter(Boolean).join(' · ');
    button.append(title, state);
    button.addEventListener('click', () => {
      box.close();
      place.insert(`> ${say('guide')}: **[${guide.title.replace(/[\\[\]*_`<>]/g, '\\$&')}](${guide.url})**\n> ${guide.state}\n\n`);
    });
    item.append(button);
    return item;
  };
  document.body.append(box);
  return box;
};
