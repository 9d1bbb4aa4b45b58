import { post } from './http.js';

const SETTLE = 3000; // ms that the page must have been looked at
const PAUSE = 10000; // ms between two messages to the server

/** Tells the server the highest post number that was on screen, once the reader has stayed a few seconds. */
export function startReading() {
  const url = document.querySelector('[data-read-url]')?.dataset.readUrl;
  if (!url) return;
  let highest = 0;
  let told = 0;
  let timer = 0;

  const tell = (keepalive) => {
    clearTimeout(timer);
    timer = 0;
    if (highest <= told) return;
    told = highest;
    post(url, { number: highest }, { keepalive }).catch(() => { told = 0; });
  };
  const plan = (delay) => {
    timer ||= setTimeout(() => (document.hidden ? (timer = 0) : tell(false)), delay);
  };

  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      highest = Math.max(highest, Number(entry.target.dataset.number));
      observer.unobserve(entry.target);
    }
    if (highest > told) plan(told ? PAUSE : SETTLE);
  }, { threshold: 0.2 });

  const watch = () => document.querySelectorAll('.post[data-number]').forEach((post) => observer.observe(post));
  watch();
  document.addEventListener('rembuk:posts', watch);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && told) tell(true);
    else if (!document.hidden && highest > told) plan(SETTLE);
  });
}
