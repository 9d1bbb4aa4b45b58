import { post, report } from './http.js';
import { say } from './text.js';
import { toast } from './toast.js';

/** "Bermanfaat" without a new page; the button is a form button and works as one. */
export function startVotes() {
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-vote]');
    if (!button) return;
    event.preventDefault();
    if (button.getAttribute('aria-disabled')) return;
    const url = button.getAttribute('formaction');
    button.setAttribute('aria-disabled', 'true');
    try {
      const { count, on } = await (await post(url, { on: button.value })).json();
      // the accepted answer stands on the page twice
      for (const twin of document.querySelectorAll(`button[data-vote][formaction="${url}"]`)) {
        twin.setAttribute('aria-pressed', String(on));
        twin.value = on ? '0' : '1';
        twin.querySelector('b').textContent = count || '';
      }
      toast(say(on ? 'voteOn' : 'voteOff'));
    } catch (error) {
      report(error);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
}
