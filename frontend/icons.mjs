// Two sprites: icons.svg with the names that templates and scripts use, board-icons.svg with those a board may have.
// A name that Tabler does not know stops the build.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const here = new URL('.', import.meta.url).pathname;

function* walk(folder, ext) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path, ext);
    else if (entry.name.endsWith(ext)) yield path;
  }
}

/** Names in `icon('name')`, and in the macros that pass one on; names made up otherwise stand in icons/used.json. */
function usedNames(root) {
  const names = new Set(JSON.parse(readFileSync(join(here, 'icons/used.json'), 'utf8')));
  for (const path of [...walk(join(root, 'templates'), '.html'), ...walk(join(here, 'js'), '.js')]) {
    const text = readFileSync(path, 'utf8');
    for (const [, name] of text.matchAll(/\b(?:icon|tool|notice|empty)\(\s*['"]([a-z0-9-]+)['"]/g)) names.add(name);
  }
  return [...names].sort();
}

function readSvg(name) {
  const own = join(here, 'icons', `${name}.svg`);
  try {
    return readFileSync(own, 'utf8');
  } catch { /* not one of ours */ }
  try {
    return readFileSync(require.resolve(`@tabler/icons/outline/${name}.svg`), 'utf8');
  } catch {
    throw new Error(`Unknown icon "${name}": not in @tabler/icons (outline) and not in frontend/icons/`);
  }
}

function symbol(name) {
  const inner = readSvg(name)
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/^[\s\S]*?<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replace(/<path[^>]*d="M0 0h24v24H0z"[^>]*\/>/, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?\/>/g, '/>')
    .replace(/> </g, '><')
    .trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
}

const sprite = (names) => `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join('')}</svg>\n`;

export function sprites(root) {
  const boardIcons = JSON.parse(readFileSync(join(here, 'icons/boards.json'), 'utf8')).sort();
  const toml = readFileSync(join(root, 'forum/demo/data/boards.toml'), 'utf8');
  for (const [, name] of toml.matchAll(/^icon\s*=\s*"([^"]+)"/gm)) {
    if (!boardIcons.includes(name)) throw new Error(`Board icon "${name}" of boards.toml is not in frontend/icons/boards.json`);
  }
  return { sprites: { 'icons.svg': sprite(usedNames(root)), 'board-icons.svg': sprite(boardIcons) }, boardIcons };
}
