export async function inlineIcons() {
  const uses = [...document.querySelectorAll('use')];
  const files = new Set(uses.map((use) => use.getAttribute('href').split('#')[0]).filter(Boolean));
  for (const file of files) {
    const answer = await fetch(file);
    if (!answer.ok) continue;
    const sprite = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml').documentElement;
    sprite.setAttribute('hidden', '');
    document.body.append(document.adoptNode(sprite));
  }
  for (const use of uses) use.setAttribute('href', `#${use.getAttribute('href').split('#')[1]}`);
}
