import { post, refreshToken, token } from '../http.js';
import { say } from '../text.js';
import { toast } from '../toast.js';

const started = new WeakMap(); // form -> its files, however many boxes write into it

/** The files of a form: chosen, pasted or dropped they are uploaded at once, and what shows them goes into the text. */
class Files {
  constructor(form) {
    this.form = form;
    this.field = form.querySelector('[data-files]');
    this.list = this.field.querySelector('ul');
    this.busy = 0;
    this.composer = null; // the one that was written in last
    const input = this.field.querySelector('input[type="file"]');
    input.addEventListener('change', () => {
      this.take([...input.files]);
      input.value = '';
    });
    this.take([...input.files]); // chosen before this code was here
    input.value = '';
    this.list.addEventListener('click', (event) => {
      const button = event.target.closest('button[name="lepas"]');
      if (!button) return;
      event.preventDefault();
      this.remove(button.closest('li'), button.value);
    });
    form.addEventListener('submit', (event) => {
      if (!this.busy || event.submitter?.formTarget === '_blank') return;
      event.preventDefault();
      event.stopImmediatePropagation();
      toast(say('uploading'));
    }, true);
  }

  /** Files that come into the text of one box. */
  watch(composer) {
    this.composer ??= composer;
    const { area, box } = composer;
    const frame = box.querySelector('.composer-box');
    area.addEventListener('focus', () => { this.composer = composer; });
    area.addEventListener('paste', (event) => {
      const { files, types } = event.clipboardData ?? { files: [], types: [] };
      if (!files.length || types.includes('text/html') || types.includes('text/plain')) return; // cells come as a picture too
      event.preventDefault();
      event.stopImmediatePropagation();
      this.composer = composer;
      this.take([...files]);
    }, true);
    const over = (event) => event.dataTransfer?.types.includes('Files');
    box.addEventListener('dragover', (event) => {
      if (!over(event)) return;
      event.preventDefault();
      frame.classList.add('is-over');
    });
    for (const type of ['dragleave', 'drop']) box.addEventListener(type, () => frame.classList.remove('is-over'));
    box.addEventListener('drop', (event) => {
      if (!over(event)) return;
      event.preventDefault();
      this.composer = composer;
      this.take([...event.dataTransfer.files]);
    });
  }

  async take(files) {
    for (const file of files) await this.upload(file, this.composer);
  }

  async upload(file, composer) {
    const item = document.createElement('li');
    const name = document.createElement('span');
    const bar = document.createElement('progress');
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute('aria-label', say('sending'));
    item.append(name, bar);
    this.list.append(item);
    this.busy += 1;
    try {
      const made = await this.send(file, (part) => { bar.value = part; });
      this.show(item, made);
      composer?.insert(made.markdown);
    } catch (error) {
      bar.remove();
      item.append(fault(error.message));
      item.append(removeButton(file.name, ''));
    } finally {
      this.busy -= 1;
    }
  }

  /** fetch() tells nothing of what is on its way. */
  async send(file, progress, again = true) {
    const body = new FormData();
    body.append('csrf_token', token());
    body.append('berkas', file);
    const answer = await new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('POST', this.field.dataset.files);
      request.setRequestHeader('Accept', 'application/json');
      request.setRequestHeader('X-CSRFToken', token());
      request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) progress(event.loaded / event.total); });
      request.addEventListener('load', () => resolve(request));
      request.addEventListener('error', () => reject(new Error(say(navigator.onLine ? 'uploadFailed' : 'offline'))));
      request.send(body);
    });
    if (again && (answer.status === 400 || answer.status === 401) && (await refreshToken())) return this.send(file, progress, false);
    let said = {};
    try {
      said = JSON.parse(answer.responseText);
    } catch { /* not what it should be */ }
    if (answer.status === 201) return said;
    throw new Error(answer.status === 401 ? say('signedOut') : said.error?.message || say('uploadFailed'));
  }

  show(item, made) {
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = 'lampiran';
    field.value = made.token;
    const link = document.createElement('a');
    link.href = made.url;
    link.target = '_blank';
    link.rel = 'noopener';
    link.textContent = made.name;
    const about = document.createElement('small');
    about.textContent = `${made.label}, ${made.size}`;
    item.replaceChildren(field, link, about, removeButton(made.name, made.token));
    if (made.held) {
      item.append(fault(say('held', made.held)));
      this.field.querySelector('[data-held]').hidden = false;
    }
  }

  remove(item, key) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    (next?.querySelector('button') ?? this.field.querySelector('input[type="file"]')).focus();
    if (!this.list.querySelector('.error')) this.field.querySelector('[data-held]').hidden = true;
    if (!key) return;
    for (const area of this.form.querySelectorAll('textarea')) {
      const without = area.value.replace(new RegExp(`!?\\[(?:\\\\.|[^\\]\\\\])*\\]\\(/lampiran/${key}\\)\\n*`, 'g'), '');
      if (without === area.value) continue;
      area.value = without;
      area.dispatchEvent(new Event('input', { bubbles: true }));
    }
    post(`${this.field.dataset.files}/${key}/hapus`, {}).catch(() => {}); // what is posted goes when the form is sent
  }
}

function fault(text) {
  const line = document.createElement('p');
  line.className = 'error';
  line.setAttribute('role', 'alert');
  line.textContent = text;
  return line;
}

function removeButton(name, key) {
  const button = document.createElement('button');
  button.type = 'submit';
  button.name = 'lepas';
  button.value = key;
  button.className = 'linkish small';
  button.textContent = say('remove');
  button.setAttribute('aria-label', `${say('remove')}: ${name}`);
  return button;
}

export function attachFiles(composer) {
  const { form } = composer.area;
  if (!form.querySelector('[data-files]')) return;
  if (!started.has(form)) started.set(form, new Files(form));
  started.get(form).watch(composer);
}
