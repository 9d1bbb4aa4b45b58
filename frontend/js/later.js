import { page } from './http.js';

/** What is like a thread or a guide is fetched when its reader comes near the end. Without scripts its heading is a link to it. */
export function startLater() {
  const section = document.querySelector('[data-later]');
  if (!section) return;
  const observer = new IntersectionObserver(async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    try {
      const found = (await page(section.querySelector('a').href)).querySelector('#serupa');
      if (found.querySelector('ul')) section.append(...found.children);
      else section.hidden = true;
    } catch { /* the link is still there */ }
  }, { rootMargin: '400px' });
  observer.observe(section);
}
