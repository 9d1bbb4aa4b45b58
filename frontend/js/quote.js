import { composer } from './loader.js';
import { replyTo } from './reply.js';
import { say } from './text.js';

/** Text chosen in a post can be quoted: a "Kutip" button next to it. */
export function startQuotes() {
  if (!document.getElementById('balas')) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button quote-button';
  button.textContent = say('quote');
  button.hidden = true;
  document.body.append(button);
  let chosen = null;

  const look = () => {
    const selection = getSelection();
    const text = selection.toString().trim();
    const at = selection.anchorNode?.parentElement?.closest('.post .prose');
    if (text.length < 3 || !at || !at.contains(selection.focusNode)) {
      button.hidden = true;
      return;
    }
    chosen = { text, post: at.closest('.post') };
    const box = selection.getRangeAt(0).getBoundingClientRect();
    button.hidden = false;
    button.style.top = `${box.bottom + scrollY + 8}px`;
    button.style.left = `${Math.max(8, Math.min(box.left + scrollX, innerWidth - button.offsetWidth - 8))}px`;
  };
  let timer;
  document.addEventListener('selectionchange', () => {
    clearTimeout(timer);
    timer = setTimeout(look, 250);
  });
  button.addEventListener('pointerdown', (event) => event.preventDefault()); // keeps the selection
  button.addEventListener('click', async () => {
    const { text, post } = chosen;
    button.hidden = true;
    getSelection().removeAllRanges();
    const name = post.querySelector('.who a')?.textContent ?? '';
    const at = post.querySelector('a[data-at]');
    const url = at ? at.pathname + at.search + at.hash : '';
    const head = name ? `> [${name}](${url}) ${say('wrote')}:\n>\n` : '';
    const quoted = `${head}${text.split('\n').map((line) => `> ${line}`).join('\n')}\n\n`;
    const link = post.querySelector('a[data-reply]');
    const editor = link ? await replyTo(post, link.href) : await composer(document.querySelector('#balas [data-composer]'));
    editor.insert(quoted);
  });
}
