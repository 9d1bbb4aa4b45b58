// Cells of a spreadsheet become a table. (paste-markdown has one too, but it writes the markup around the table into the text.)

const cell = (text) => text.replace(/\s+/g, ' ').trim().replace(/\|/g, '\\|') || ' ';

/** Rows of a clipboard table; null when it holds something else, or more than a table. */
function rowsOfHtml(html) {
  if (!/<table/i.test(html)) return null;
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  const tables = body.querySelectorAll('table');
  if (tables.length !== 1 || body.textContent.replace(/\s/g, '').length > tables[0].textContent.replace(/\s/g, '').length) return null;
  return [...tables[0].rows].map((row) => [...row.cells].map((one) => one.textContent));
}

/** Rows of text whose every line has the same number of tabs. */
function rowsOfText(text) {
  const rows = text.replace(/\r?\n$/, '').split(/\r?\n/).map((line) => line.split('\t'));
  return rows.length > 1 && rows[0].length > 1 && rows.every((row) => row.length === rows[0].length) ? rows : null;
}

function markdown(rows) {
  const width = Math.max(...rows.map((row) => row.length));
  const line = (row) => `| ${Array.from({ length: width }, (_, i) => cell(row[i] ?? '')).join(' | ')} |`;
  const [head, ...rest] = rows;
  return [line(head), `|${' --- |'.repeat(width)}`, ...rest.map(line)].join('\n');
}

/** Puts it where the caret is, on lines of its own; the browser can take it back. */
function insert(area, table) {
  const before = area.value.slice(0, area.selectionStart);
  const gap = !before || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n';
  const text = `${gap}${table}\n\n`;
  if (document.execCommand('insertText', false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Listens before paste-markdown does. Ctrl+Shift+V pastes as it is. */
export function pasteTables(area) {
  let plain = false;
  area.addEventListener('keydown', (event) => {
    plain = event.shiftKey && (event.ctrlKey || event.metaKey) && event.code === 'KeyV';
  });
  area.addEventListener('paste', (event) => {
    const { clipboardData: data } = event;
    if (plain || !data || data.files.length) return;
    const rows = rowsOfHtml(data.getData('text/html')) ?? rowsOfText(data.getData('text/plain'));
    if (!rows || rows.length < 2 || rows[0].length < 2) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    insert(area, markdown(rows));
  });
}
