import { say } from './text.js';

/** Says "Mengirim…", lets a form go only once, and takes the reader to the list of faults. */
export function startForms() {
  document.querySelector('.faults')?.focus();

  document.addEventListener('submit', (event) => {
    const form = event.target;
    const button = event.submitter;
    if (event.defaultPrevented || button?.formTarget === '_blank') return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = 'yes';
    form.setAttribute('aria-busy', 'true');
    if (!button) return;
    button.setAttribute('aria-disabled', 'true');
    if (button.classList.contains('button')) {
      button.dataset.label = button.textContent;
      button.textContent = say('sending');
    }
  });

  // a board may have a template for new questions: it fills an empty text, and gives way to that of another board
  let filled = '';
  document.addEventListener('change', (event) => {
    const area = event.target.dataset.templates && document.getElementById(event.target.dataset.templates);
    if (!area || (area.value.trim() && area.value !== filled)) return;
    filled = event.target.selectedOptions[0].dataset.template ?? '';
    area.value = filled;
  });

  // back from the next page, out of the browser's cache: ready again
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll('form[data-sending]')) release(form);
  });
}

export function release(form) {
  delete form.dataset.sending;
  form.removeAttribute('aria-busy');
  for (const button of form.elements) {
    if (button.type !== 'submit') continue;
    button.removeAttribute('aria-disabled');
    if (button.dataset.label) button.textContent = button.dataset.label;
  }
}
