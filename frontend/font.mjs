// Plus Jakarta Sans, cut to the characters that Indonesian and English need and to the weights 400-700.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import subsetFont from 'subset-font';

const require = createRequire(import.meta.url);
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join('');
const characters = range(0x20, 0x7e) + ' §©«°±²³·»½×àáâäçèéêëíîïñóôöùúûüÀÉÖÜ' + '‐‑–—‘’“”•…‹›€−';

export function fontSubset() {
  const file = require.resolve('@fontsource-variable/plus-jakarta-sans/files/plus-jakarta-sans-latin-wght-normal.woff2');
  return subsetFont(readFileSync(file), characters, { targetFormat: 'woff2', variationAxes: { wght: { min: 400, max: 700, default: 400 } } });
}
