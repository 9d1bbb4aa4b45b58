import { say } from '../text.js';

/** "@bud" offers people. The element's events do not bubble, so they are heard in the capture phase. */
export function suggestPeople(box) {
  const url = box.dataset.mentionsUrl;
  const seen = new Map();

  const find = async (q) => {
    if (seen.has(q)) return seen.get(q);
    const answer = await fetch(`${url}?q=${encodeURIComponent(q)}`, { headers: { Accept: 'application/json' } });
    const people = answer.ok ? await answer.json() : [];
    seen.set(q, people);
    return people;
  };

  const list = (people) => {
    const menu = document.createElement('ul');
    menu.className = 'mentions';
    menu.setAttribute('role', 'listbox');
    menu.setAttribute('aria-label', say('people'));
    people.slice(0, 8).forEach(({ username, name, unit }, i) => {
      const item = document.createElement('li');
      item.setAttribute('role', 'option');
      item.id = `orang-${i}`;
      item.dataset.value = username;
      const more = document.createElement('small');
      more.textContent = [`@${username}`, unit].filter(Boolean).join(' · ');
      item.append(name, more);
      menu.append(item);
    });
    return menu;
  };

  box.addEventListener('text-expander-change', (event) => {
    const { key, provide, text } = event.detail;
    if (key !== '@' || text.length < 1) return;
    provide(find(text).then((people) => ({ matched: people.length > 0, fragment: list(people) }), () => ({ matched: false })));
  }, true);
  box.addEventListener('text-expander-value', (event) => {
    event.detail.value = `@${event.detail.item.dataset.value}`;
  }, true);
  box.addEventListener('text-expander-committed', (event) => {
    event.detail.input.dispatchEvent(new Event('input', { bubbles: true }));
  }, true);
  // the list makes a "combobox" of the box, which a text of several lines may not be; the chosen name is announced all the same
  box.addEventListener('text-expander-activate', () => queueMicrotask(() => {
    const area = box.querySelector('textarea');
    area.removeAttribute('role');
    area.removeAttribute('aria-expanded');
  }), true);
}
