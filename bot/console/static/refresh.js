// Brings what is new onto a resident's page by itself, every so many seconds, while it is looked at and nothing on it is being done.
const part = document.querySelector('[data-refresh]');
const busy = () => document.hidden || part.querySelector('details[open]') || part.contains(document.activeElement) && document.activeElement !== document.body
  || [...part.querySelectorAll('input:not([type=hidden]), textarea')].some((one) => one.value);
// Keys of forms differ each time; all else that is alike stays where it is, pictures above all.
const without = (html) => html.replace(/<input type="hidden" name="once"[^>]*>/g, '');
let mark = '', shown = part && without(part.innerHTML);

async function renew() {
  if (!busy()) {
    try {
      const answer = await fetch(location.href, { cache: 'no-store', headers: mark ? { 'If-None-Match': mark } : {} });
      const page = answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-refresh]');
      if (page && !busy()) {
        if (without(page.innerHTML) !== shown) part.innerHTML = page.innerHTML;
        [mark, shown] = [answer.headers.get('ETag') ?? '', without(page.innerHTML)];
      }
    } catch { /* no network: what stands there stays, and it is tried again */ }
  }
  setTimeout(renew, part.dataset.refresh * 1000);
}

if (part) setTimeout(renew, part.dataset.refresh * 1000);
