import { say } from './text.js';
import { toast } from './toast.js';

/** The time of a post is its permalink: a click copies it and puts it into the address bar. */
export function startPermalinks() {
  document.addEventListener('click', async (event) => {
    const link = event.target.closest('a[data-at]');
    if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href);
      history.replaceState(history.state, '', link.href);
      toast(say('copied'));
    } catch {
      location.assign(link.href);
    }
  });
}
