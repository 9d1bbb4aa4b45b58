import { report } from './http.js';

const started = new WeakMap();
export const keyOf = (place) => `rembuk-draft:${place}`;

/** Loads the composer's code and starts it on one box; asking again gives the same one. */
export function composer(box) {
  if (!started.has(box)) {
    const loading = import('./composer/composer.js').then(({ Composer }) => new Composer(box));
    loading.catch((error) => {
      started.delete(box);
      report(error);
    });
    started.set(box, loading);
  }
  return started.get(box);
}

/** The composer's code comes with the first focus, or at once when this browser still keeps a text for the box, or a title is there to be compared. */
export function startComposers() {
  for (const box of document.querySelectorAll('[data-composer]')) {
    let kept = false;
    try {
      kept = sessionStorage.getItem(keyOf(box.dataset.place)) !== null;
    } catch { /* storage is closed */ }
    const titled = box.closest('form').querySelector('[data-similar]') && box.closest('form').elements.title.value;
    if (kept || titled || box.contains(document.activeElement)) composer(box);
  }
  const load = (event) => {
    const box = event.target.closest?.('[data-composer]') ?? event.target.form?.querySelector('[data-composer]');
    if (box) composer(box);
  };
  document.addEventListener('focusin', load);
  document.addEventListener('pointerdown', load);
  document.addEventListener('dragenter', load);

  // a tool pressed before its code is here works when it has come
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-composer] :is([data-md-button], [data-tab], [data-cite])');
    if (!button) return;
    const box = button.closest('[data-composer]');
    if (box.dataset.ready) return;
    event.preventDefault();
    await composer(box);
    button.click();
  });
}
