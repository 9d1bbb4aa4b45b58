import { post } from './http.js';
import { say } from './text.js';

const KEPT = 'rembuk-pencarian';

/** Suggestions come with the first focus; which result was opened is told to the server; facets stand open where there is room. */
export function startSearch() {
  const suggest = (element) => {
    const form = element?.closest?.('form.find');
    if (form && !form.dataset.ready) import('./search/suggest.js').then(({ Suggestions }) => Suggestions.on(form, say('suggestions')), () => {});
  };
  document.addEventListener('focusin', (event) => suggest(event.target));
  suggest(document.activeElement);

  const facets = document.querySelector('[data-open-wide]');
  if (facets && matchMedia('(min-width: 64rem)').matches) facets.open = true;

  const hits = document.querySelector('.hits');
  if (!hits) return;
  const log = logOf(hits);
  const opened = (event) => {
    const key = event.target.closest('a[data-key]')?.dataset.key;
    if (key && log && event.button < 2) post('/cari/dibuka', { log, key }, { keepalive: true }).catch(() => {});
  };
  hits.addEventListener('click', opened);
  hits.addEventListener('auxclick', opened);
}

/** The number of the search that these results belong to. Pages and filters of one search have that of its first page. */
function logOf(hits) {
  const { q, log } = hits.dataset;
  try {
    if (log) sessionStorage.setItem(KEPT, JSON.stringify({ q, log }));
    else {
      const kept = JSON.parse(sessionStorage.getItem(KEPT));
      return kept?.q === q ? kept.log : undefined;
    }
  } catch { /* storage is closed */ }
  return log;
}
