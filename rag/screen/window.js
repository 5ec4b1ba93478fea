// Links in answers and in the source panel, copying, Escape, and Enter while an input method is composing.
// Runs once as js_on_load of a gr.HTML: `trigger` reports a link to the server.
const side = () => document.querySelector('#jd-right');
const answerOf = (link) => link.closest('.jd-answer');
function copyAnswer(link) {
  const chips = [...answerOf(link).querySelectorAll('.jd-chip')];
  const text = answerOf(link).querySelector('.jd-text').cloneNode(true);
  text.querySelectorAll('.jd-chip').forEach((chip) => chip.textContent = `[${chip.textContent}]`);
  const sources = new Map(chips.map((chip) => [chip.textContent, `[${chip.textContent}] ${chip.title.replace('\n', '：')}`]));
  const all = [text.textContent, ...sources.values()].join('\n');
  const area = document.body.appendChild(Object.assign(document.createElement('textarea'), {value: all}));
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  link.textContent = done ? '已复制' : '复制不了';
  setTimeout(() => link.textContent = '复制', 1500);
}
document.addEventListener('click', (event) => {
  const link = event.target.closest && event.target.closest('a[href^="#"]');
  if (!link) return;
  const href = link.getAttribute('href');
  if (href !== '#close' && !/^#t\d+-/.test(href)) return;
  event.preventDefault();
  event.stopPropagation();
  if (href.endsWith('-copy')) return copyAnswer(link);
  if (/^#t\d+-v/.test(href)) return trigger('open', {href});
  side().classList.toggle('jd-open', href !== '#close');
  if (href === '#close') return;
  asked = link.closest('#jd-panel') && {href, step: link.matches('.jd-step') && link.textContent};
  document.querySelectorAll('.jd-chip.jd-on').forEach((chip) => chip.classList.remove('jd-on'));
  document.querySelectorAll(`.jd-chip[href="${href.replace(/-p\d+$/, '')}"]`).forEach((chip) => chip.classList.add('jd-on'));
  trigger('open', {href});
  requestAnimationFrame(() => showMark(true)); // the panel was hidden on a phone, where nothing can be scrolled
}, true);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') side().classList.remove('jd-open');
}, true);
for (const type of ['keydown', 'keypress']) document.addEventListener(type, (event) => {
  if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229)) event.stopPropagation();
}, true);
let seen = null, asked = null, unfolded = false; // of the panel: what is shown, the link that asked for it, its fold-out
document.addEventListener('toggle', (event) => {
  if (!event.target.matches('#jd-panel .jd-details')) return;
  unfolded = event.target.open;
  showMark(true); // the source has less room now, or more
}, true);
function keepPlace() { // a new source comes with a fold-out that is closed and a focus that is gone
  const details = document.querySelector('#jd-panel .jd-details');
  if (details && unfolded && !details.open) {
    details.open = true;
    const list = details.querySelector('.jd-found'), row = list.querySelector('.jd-on');
    if (row) list.scrollTop = row.offsetTop - list.clientHeight / 3;
  }
  if (!asked || document.activeElement !== document.body) return;
  const links = [...document.querySelectorAll(asked.step ? '#jd-panel .jd-step' : `#jd-panel a[href="${asked.href}"]`)];
  const link = links.find((one) => one.href && (!asked.step || one.textContent === asked.step));
  if (link) link.focus({preventScroll: true});
}
function showMark(again) {
  const text = document.querySelector('#jd-panel .jd-excerpt'), mark = text && text.querySelector('mark');
  if (mark && (again || text.innerHTML !== seen)) // Gradio keeps the element and changes what is in it
    text.scrollTop = mark.offsetTop - Math.max(24, (text.clientHeight - mark.offsetHeight) / 3);
  seen = text && text.innerHTML;
}
new MutationObserver(() => {
  keepPlace();
  showMark(false);
  document.querySelectorAll('#jd-chat [data-testid][aria-label]').forEach((message) =>
    message.removeAttribute('aria-label')); // Gradio puts the source of the message there
}).observe(document.body, {childList: true, subtree: true, attributeFilter: ['aria-label']});
