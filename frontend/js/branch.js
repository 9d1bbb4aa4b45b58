import { page, report } from './http.js';
import { home } from './reply.js';
import { say } from './text.js';

/** "N balasan lagi": puts the list of the branch page in place of the short one. Without scripts it is a link to that page. */
export function startBranches() {
  document.addEventListener('click', async (event) => {
    const link = event.target.closest('a[data-more]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (link.getAttribute('aria-disabled')) return;
    const label = link.lastChild.textContent;
    link.setAttribute('aria-disabled', 'true');
    const slow = setTimeout(() => { link.lastChild.textContent = say('loading'); }, 300);
    try {
      const branch = await page(link.href);
      const fresh = branch.querySelector('ol[data-branch]');
      if (!fresh) throw new Error('no list');
      const old = link.closest('ol');
      if (old.querySelector('#balas')) home();
      const known = new Set([...old.querySelectorAll('.post')].map((post) => post.id));
      const items = [...fresh.children];
      const following = branch.querySelector('.paging a[rel="next"]');
      if (following) {
        const item = document.createElement('li');
        const more = document.createElement('a');
        more.className = 'more';
        more.href = following.getAttribute('href');
        more.textContent = say('next');
        item.append(more);
        items.push(item);
      }
      old.replaceChildren(...items);
      document.dispatchEvent(new Event('rembuk:posts'));
      const first = [...old.querySelectorAll('.post')].find((post) => !known.has(post.id));
      if (first) {
        first.tabIndex = -1;
        first.focus({ preventScroll: true });
      }
    } catch (error) {
      link.lastChild.textContent = label;
      link.removeAttribute('aria-disabled');
      report(error);
    } finally {
      clearTimeout(slow);
    }
  });

  // a permalink inside a closed branch opens it
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let box = target && target.closest('details.children:not([open])'); box; box = box.parentElement.closest('details.children:not([open])')) box.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener('hashchange', reveal);
}
