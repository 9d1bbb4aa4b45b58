import { say } from './text.js';
import { toast } from './toast.js';

const meta = () => document.querySelector('meta[name="csrf-token"]');
export const token = () => meta()?.content ?? '';

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  get signedOut() {
    return this.status === 401;
  }
}

async function messageOf(answer) {
  try {
    const type = answer.headers.get('Content-Type') ?? '';
    if (type.includes('json')) return (await answer.json()).error?.message || say('failed');
    const text = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.error')?.textContent;
    if (text) return text.trim();
  } catch { /* not what it said it was */ }
  return say('failed');
}

/** After signing in again in another tab this page's token is stale: take the one of the new session. False: still signed out. */
export async function refreshToken() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('meta[name="csrf-token"]')?.content;
  if (!fresh || page.documentElement.hasAttribute('data-signed-out')) return false;
  meta().content = fresh;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = fresh;
  return true;
}

/** POST form fields. Throws Refused for an answer other than 2xx and TypeError when there is no network. */
export async function post(url, fields, { keepalive = false, retry = true } = {}) {
  const body = new URLSearchParams({ ...fields, csrf_token: token() });
  const answer = await fetch(url, { method: 'POST', body, keepalive, headers: { 'X-CSRFToken': token(), Accept: 'application/json, text/html;q=0.5' } });
  if (answer.redirected && new URL(answer.url).pathname === '/masuk') throw new Refused(401, say('signedOut'));
  if (answer.ok) return answer;
  if (retry && !keepalive && (answer.status === 400 || answer.status === 401) && (await refreshToken())) {
    return post(url, fields, { retry: false });
  }
  throw new Refused(answer.status, answer.status === 401 ? say('signedOut') : await messageOf(answer));
}

/** A page of ours, parsed. */
export async function page(url) {
  const answer = await fetch(url, { headers: { Accept: 'text/html' } });
  if (!answer.ok) throw new Refused(answer.status, say('failed'));
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

export function report(error) {
  if (error instanceof Refused) toast(error.message);
  else toast(say(navigator.onLine ? 'failed' : 'offline'));
}
