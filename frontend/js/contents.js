/** The list of contents beside a guide says which section is being read. */
export function startContents() {
  const links = new Map([...document.querySelectorAll('.contents a')].map((link) => [link.hash.slice(1), link]));
  const parts = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  if (!parts.length) return;
  const observer = new IntersectionObserver(() => {
    const passed = parts.filter((part) => part.getBoundingClientRect().top < innerHeight / 3);
    for (const part of parts) {
      if (part === passed.at(-1)) links.get(part.id).setAttribute('aria-current', 'true');
      else links.get(part.id).removeAttribute('aria-current');
    }
  }, { rootMargin: '0px 0px -66% 0px', threshold: [0, 1] });
  for (const part of parts) observer.observe(part);
}
