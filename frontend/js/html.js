// The only place where text becomes elements. The page's policy (require-trusted-types-for, trusted-types rembuk) lets no
// other in: what has not come through here, the browser refuses to parse.
const policy = globalThis.trustedTypes?.createPolicy('rembuk', { createHTML: (html) => html });

/** Stands in for the browser's own wherever the code says DOMParser, in packages too (see build.mjs). Nothing runs in what it makes. */
export class DOMParser extends globalThis.DOMParser {
  parseFromString(text, type) {
    return super.parseFromString(policy?.createHTML(text) ?? text, type);
  }
}

/** Puts HTML of our server, which has escaped and cleaned it as every page, in place of what `box` holds. */
export function fill(box, html) {
  box.replaceChildren(...new DOMParser().parseFromString(html, 'text/html').body.childNodes);
}
