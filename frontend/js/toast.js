/** A short message in the live region at the bottom; it goes by itself, slower the longer it is. */
export function toast(text) {
  const region = document.getElementById('toasts');
  if (!region) return;
  const note = document.createElement('p');
  note.className = 'toast';
  note.textContent = text;
  region.append(note);
  setTimeout(() => note.remove(), 4000 + 60 * text.length);
}
