// Shortcuts, rows of facts, and the word on the button once something was changed.
const card = document.querySelector('#card');
const press = (id) => { const button = document.querySelector(id); if (button) button.click(); };
const typing = (target) => target.closest('textarea, select, input:not([type=radio]):not([type=checkbox])');
const written = () => new URLSearchParams([...new FormData(card)].filter(([name, value]) => name !== 'fact' || value.trim())).toString();

function step(by) {
  const links = [...document.querySelectorAll('nav a')];
  const at = links.findIndex((link) => link.hasAttribute('aria-current'));
  const next = links[at < 0 ? 0 : at + by];
  if (next) next.click();
}

document.addEventListener('keydown', (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === 'Escape' && typing(event.target)) return event.target.blur();
  if (event.key === 'Enter' && typing(event.target) && event.target.tagName !== 'TEXTAREA' && !event.ctrlKey) return event.preventDefault();
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return press('#accept');
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = {a: () => press('#accept'), d: () => press('#drop'), u: () => press('#undo'), j: () => step(1), k: () => step(-1),
    e: () => document.querySelector('#question')?.focus()}[event.key];
  if (act) { event.preventDefault(); act(); }
});

if (card) {
  const grow = (area) => { area.style.height = 'auto'; area.style.height = `${area.scrollHeight + 2}px`; };
  card.querySelectorAll('textarea').forEach(grow);
  const first = written();
  const word = card.querySelector('#accept span'), plain = word.textContent;
  const changed = () => { word.textContent = written() === first ? plain : '改后收下'; };
  card.addEventListener('input', (event) => { if (event.target.tagName === 'TEXTAREA') grow(event.target); changed(); });
  card.addEventListener('click', (event) => {
    const row = event.target.closest('.fact');
    if (event.target.matches('.remove')) {
      if (card.querySelectorAll('.fact').length > 1) row.remove(); else row.querySelector('input').value = '';
      changed();
    }
    if (event.target.matches('#more')) {
      const copy = card.querySelector('.fact').cloneNode(true);
      copy.querySelector('input').value = '';
      event.target.before(copy);
      const count = card.querySelectorAll('.fact').length;
      copy.querySelector('input').setAttribute('aria-label', `要点 ${count}`);
      copy.querySelector('button').setAttribute('aria-label', `删去要点 ${count}`);
      copy.querySelector('input').focus();
    }
  });
  let sent = false;
  card.addEventListener('submit', (event) => { if (sent) event.preventDefault(); sent = true; });
  window.addEventListener('pageshow', () => { sent = false; });
}
const here = document.querySelector('nav a[aria-current]'), rail = document.querySelector('nav ol');
if (here && rail) rail.scrollTop = here.offsetTop - rail.offsetTop - rail.clientHeight / 3;
