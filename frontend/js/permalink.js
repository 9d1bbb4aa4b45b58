import { say } from './text.js';
import { toast } from './toast.js';

/** "Salin tautan" copies; where the clipboard is closed the link stays a link. */
export function startPermalinks() {
  document.addEventListener('click', async (event) => {
    const link = event.target.closest('a[data-copy]');
    if (!link || !navigator.clipboard) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href);
      link.closest('details')?.removeAttribute('open');
      toast(say('copied'));
    } catch {
      location.assign(link.href);
    }
  });
}
