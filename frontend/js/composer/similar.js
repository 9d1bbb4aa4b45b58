import { fill } from '../html.js';

const PAUSE = 400; // ms without a key before the server is asked
const SHORTEST = 12; // characters

/** Shows what is like the title while it is typed. Without scripts the server shows it before it takes the form. */
export function watchTitle(form) {
  const box = form.querySelector('[data-similar]');
  if (!box) return;
  const title = form.elements.title;
  const status = document.createElement('p');
  status.className = 'vh';
  status.setAttribute('role', 'status');
  box.before(status);
  let asked = box.childElementCount ? title.value.trim() : '';
  let timer;

  const show = (html) => {
    fill(box, html);
    status.textContent = box.querySelector('p')?.textContent ?? '';
    if (box.childElementCount) form.elements.similar_seen.value = '1';
  };
  const look = async () => {
    const text = title.value.trim();
    if (text === asked) return;
    asked = text;
    if (text.length < SHORTEST) {
      show('');
      return;
    }
    try {
      const answer = await fetch(`${box.dataset.similar}?judul=${encodeURIComponent(text)}`, { headers: { Accept: 'text/html' } });
      const html = answer.ok && !answer.redirected ? await answer.text() : '';
      if (text === asked) show(html);
    } catch { /* no network: the server will say it when the form is sent */ }
  };
  title.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  look();
}
