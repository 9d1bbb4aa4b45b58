import { page } from './http.js';
import { composer } from './loader.js';
import { say } from './text.js';

const form = () => document.getElementById('balas');
let rest; // where the form stands when nobody has moved it

/** "Balas" brings the form under the post; without scripts it is a link to the reply page. */
export function startReplies() {
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-reply-cancel]')) {
      const post = form().closest('li')?.querySelector('.post');
      home();
      post?.querySelector('a[data-reply]')?.focus();
      return;
    }
    const link = event.target.closest('a[data-reply]');
    if (!link || !form() || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    replyTo(link.closest('.post'), link.href);
  });
}

/** Moves the form under a post and gives back its composer, started. */
export async function replyTo(post, url) {
  const box = form();
  const area = box.elements.body;
  rest ??= { before: box.nextSibling, parent: box.parentNode, ke: box.elements.ke.value };
  const id = post.dataset.post ?? post.id.slice(2); // the solution card stands for a post that has its own place below
  const opening = id === rest.ke || !post.id;
  if (opening) {
    home();
  } else {
    post.after(box);
    box.elements.ke.value = id;
    const name = post.querySelector('.who a')?.textContent ?? '';
    box.querySelector('[data-reply-to]').textContent = say('replyTo', name);
    box.querySelector('[data-reply-cancel]').hidden = false;
  }
  area.focus({ preventScroll: true });
  box.scrollIntoView({ block: 'nearest' });
  const editor = await composer(box.querySelector('[data-composer]'));
  const kept = opening ? null : page(url).then((html) => html.querySelector('textarea[name="body"]')?.value ?? '', () => '');
  await editor.move(`reply:${box.elements.ke.value}`, kept);
  return editor;
}

/** Back to the end of the page. */
export function home() {
  const box = form();
  if (!rest || !box || box.parentNode === rest.parent) return;
  rest.parent.insertBefore(box, rest.before);
  box.elements.ke.value = rest.ke;
  box.querySelector('[data-reply-to]').textContent = box.querySelector('[data-reply-to]').dataset.replyTo;
  box.querySelector('[data-reply-cancel]').hidden = true;
  composer(box.querySelector('[data-composer]')).then((editor) => editor.move(`reply:${rest.ke}`, null));
}
