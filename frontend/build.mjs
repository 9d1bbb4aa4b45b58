// Builds static/dist: hashed CSS, JS, font and icon sprites, manifest.json, .gz and .br beside each.
// `node frontend/build.mjs` writes, `--check` builds in memory and fails when static/dist differs.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { fontSubset } from './font.mjs';
import { sprites } from './icons.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(root, 'static', 'dist');
const check = process.argv.includes('--check');

const files = new Map(); // file name -> Buffer
const manifest = {}; // logical name -> file name

function addHashed(name, content) {
  const data = Buffer.from(content);
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 8).toUpperCase();
  const [stem, ...rest] = name.split('.');
  const file = `${stem}-${hash}.${rest.join('.')}`;
  files.set(file, data);
  manifest[name] = file;
}

// the font is subset first; the style sheet refers to it as "font:plus-jakarta-sans"
const font = await fontSubset();
addHashed('plus-jakarta-sans.woff2', font);
const fontPlugin = {
  name: 'font',
  setup(b) {
    b.onResolve({ filter: /^font:/ }, () => ({ path: `./${manifest['plus-jakarta-sans.woff2']}`, external: true }));
  },
};

const target = ['chrome109', 'edge109', 'firefox115', 'safari15.6'];
const common = {
  bundle: true, minify: true, write: false, metafile: true, absWorkingDir: here, outdir: 'out', target, inject: ['js/html.js'],
  entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', charset: 'utf8', legalComments: 'none', logLevel: 'warning',
};
const results = [
  await build({ ...common, entryPoints: ['css/app.css'], plugins: [fontPlugin] }),
  await build({ ...common, entryPoints: ['js/app.js', 'js/composer/composer.js'], format: 'esm', splitting: true }),
];
for (const { outputFiles, metafile } of results) {
  for (const out of outputFiles) files.set(basename(out.path), Buffer.from(out.contents));
  for (const [path, out] of Object.entries(metafile.outputs)) {
    if (out.entryPoint) manifest[basename(out.entryPoint)] = basename(path);
  }
}

addHashed('favicon.svg', readFileSync(join(here, 'img/favicon.svg')));
const icons = sprites(root);
for (const [name, svg] of Object.entries(icons.sprites)) addHashed(name, svg);
files.set('board-icons.json', Buffer.from(`${JSON.stringify(icons.boardIcons, null, 2)}\n`));
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
files.set('manifest.json', Buffer.from(`${JSON.stringify(sorted, null, 2)}\n`));

// precompressed twins, for everything that compresses
for (const [name, data] of [...files]) {
  if (!/\.(css|js|svg)$/.test(name)) continue;
  files.set(`${name}.gz`, gzipSync(data, { level: 9 }));
  files.set(`${name}.br`, brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}

if (check) {
  const present = new Set(existsSync(dist) ? readdirSync(dist) : []);
  const wrong = [...files].filter(([name, data]) => !present.has(name) || !readFileSync(join(dist, name)).equals(data)).map(([name]) => name);
  const extra = [...present].filter((name) => !files.has(name));
  if (wrong.length || extra.length) {
    console.error(`static/dist is not what the sources build. Run "npm run build".\n  differ: ${wrong.join(', ')}\n  too many: ${extra.join(', ')}`);
    process.exit(1);
  }
  console.log('static/dist is up to date.');
} else {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  for (const [name, data] of files) writeFileSync(join(dist, name), data);
}

const size = (name) => (files.get(name)?.length ?? 0) / 1000;
for (const [logical, file] of Object.entries(sorted)) {
  const br = files.has(`${file}.br`) ? size(`${file}.br`) : size(file);
  const gz = files.has(`${file}.gz`) ? size(`${file}.gz`) : size(file);
  console.log(`${logical.padEnd(26)} ${file.padEnd(38)} ${size(file).toFixed(1).padStart(6)} kB  gz ${gz.toFixed(1).padStart(5)}  br ${br.toFixed(1).padStart(5)}`);
}
const chunks = [...files.keys()].filter((n) => n.endsWith('.js') && !Object.values(sorted).includes(n));
for (const n of chunks) console.log(`${'(shared chunk)'.padEnd(26)} ${n.padEnd(38)} ${size(n).toFixed(1).padStart(6)} kB  gz ${size(`${n}.gz`).toFixed(1).padStart(5)}  br ${size(`${n}.br`).toFixed(1).padStart(5)}`);
