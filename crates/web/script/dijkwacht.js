// Dijkwacht's own script. Every page works without it; it saves the visitor a page load, keeps the
// page up to date and lets hands stay on the keyboard.
//
// Rules: nothing is evaluated, no HTML is made here. HTML comes from our own server only and enters
// through one Trusted Types policy, so that the Content-Security-Policy can be
// `require-trusted-types-for 'script'; trusted-types dijkwacht`. Words come from the page too.
(() => {
'use strict';
const body = document.body;
const words = body.dataset;
const one = (query, within = document) => within.querySelector(query);
const all = (query, within = document) => [...within.querySelectorAll(query)];
const policy = window.trustedTypes?.createPolicy('dijkwacht', { createHTML: (html) => html });
const parse = (html) => new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, 'text/html');

// A page of our own, or nothing: a proxy's sign-in page must never become part of ours.
const read = async (answer) => {
  const ours = new URL(answer.url).origin === location.origin;
  const html = (answer.headers.get('content-type') || '').startsWith('text/html');
  if (!ours || !html) throw new Error('not our page');
  return parse(await answer.text());
};

const focus = (element) => {
  if (!element) return;
  if (!element.matches('a, button, input, select, textarea, summary, [tabindex]')) element.tabIndex = -1;
  element.focus();
};

// What was typed into a form lives as long as the tab does, and dies when the form is sent.
const draft = (form) => 'draft ' + location.pathname + ' ' + form.dataset.draft;
const typed = (form) => all('input:not([type=hidden], [type=file], [type=password]), select, textarea', form);
const stored = (work) => { try { return work(sessionStorage); } catch { return null; } };
const remember = (form) => {
  const values = typed(form).map((field) => [field.id, /radio|checkbox/.test(field.type) ? field.checked : field.value]);
  stored((store) => store.setItem(draft(form), JSON.stringify(values)));
};
const recall = () => all('form[data-draft]').forEach((form) => {
  const values = JSON.parse(stored((store) => store.getItem(draft(form))) || '[]');
  for (const [id, value] of values) {
    const field = document.getElementById(id);
    if (!field || field.form !== form) continue;
    field[typeof value === 'boolean' ? 'checked' : 'value'] = value;
    const drawer = field.closest('details');
    if (drawer) drawer.open = true;
  }
});

// In-place answers: send the form, show the page that comes back, move the focus to what it says.
const tell = (form, text) => {
  let line = one('[data-told]', form);
  if (!line) {
    line = document.createElement('p');
    line.dataset.told = '';
    line.className = 'notice alarm';
    line.setAttribute('role', 'alert');
    form.prepend(line);
  }
  line.textContent = text;
  focus(line);
};
const send = async (form, button) => {
  if (form.getAttribute('aria-busy')) return;
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  form.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(form.getAttribute('action'), { method: 'POST', body: new URLSearchParams(data) });
    const page = await read(answer);
    if (!answer.ok) return tell(form, one('[data-error]', page)?.textContent.trim() || words.unsent);
    if (form.dataset.draft) stored((store) => store.removeItem(draft(form)));
    const to = new URL(answer.url);
    if (to.pathname !== location.pathname) return location.assign(to);
    history.replaceState(null, '', to);
    document.title = page.title;
    one('main').replaceWith(one('main', page));
    seen.clear();
    note();
    focus(one('main [data-answer]') || one('main h1'));
  } catch {
    tell(form, words.unsent);
  } finally {
    form.removeAttribute('aria-busy');
  }
};
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('form[data-place]') || event.defaultPrevented) return;
  event.preventDefault();
  send(form, event.submitter);
});
document.addEventListener('input', (event) => {
  const form = event.target.form;
  if (!form) return;
  form.dataset.touched = '';
  if (form.dataset.draft) remember(form);
});

// What is typed into such a form is saved after a pause; what stands beside it is then as the server has it.
let saving;
const save = async (form) => {
  if (form.getAttribute('aria-busy')) return;
  const sent = new FormData(form);
  const page = await read(await fetch(form.getAttribute('action'), { method: 'POST', body: new URLSearchParams(sent) }));
  const wrong = one('[data-error]', page);
  if (wrong) return tell(form, wrong.textContent.trim());
  for (const old of all('[data-saved]')) {
    const fresh = page.getElementById(old.id);
    if (!fresh) continue;
    for (const drawer of all('details[id]', old)) {
      const same = fresh.querySelector('#' + CSS.escape(drawer.id));
      if (same) same.open = drawer.open;
    }
    old.replaceWith(fresh);
  }
};
document.addEventListener('input', ({ target }) => {
  const form = target.form;
  if (!form?.matches('[data-autosaved]')) return;
  clearTimeout(saving);
  saving = setTimeout(() => save(form).catch(() => tell(form, words.unsent)), 1500);
});

// Suggestions as somebody types: the form is asked, and what the page that comes back suggests stands below it.
let asking;
const suggest = async (form) => {
  const query = new URLSearchParams(new FormData(form));
  const page = await read(await fetch(form.getAttribute('action') + '?' + query));
  const found = one('form[data-suggest] + [data-suggestions]', page);
  // Whoever typed on meanwhile is answered by the next question.
  const same = query.toString() === new URLSearchParams(new FormData(form)).toString();
  if (found && same) form.nextElementSibling.replaceChildren(...found.childNodes);
};
document.addEventListener('input', (event) => {
  const form = event.target.closest('form[data-suggest]');
  if (!form) return;
  clearTimeout(asking);
  asking = setTimeout(() => suggest(form).catch(() => {}), 250);
});

// Names that are offered in a field as somebody types; one that is chosen brings its vendor along.
const offer = async (field) => {
  const typed = field.value;
  const page = await read(await fetch(field.dataset.offers + '?' + new URLSearchParams({ q: typed })));
  if (typed !== field.value) return;
  field.list.replaceChildren(...all('[data-name]', page).map((it) => {
    const option = document.createElement('option');
    option.value = it.dataset.name;
    // A name that is found by another one would be hidden again by the browser, which compares what it sees.
    const name = it.textContent.trim();
    option.label = name.toLowerCase().includes(typed.toLowerCase()) ? name : typed + ': ' + name;
    option.dataset.vendor = it.dataset.vendor || '';
    return option;
  }));
};
document.addEventListener('input', ({ target }) => {
  if (!target.dataset.offers) return;
  const chosen = [...target.list.options].find((it) => it.value === target.value);
  const vendor = target.form.elements.vendor;
  if (chosen && vendor && !vendor.value) vendor.value = chosen.dataset.vendor;
  clearTimeout(asking);
  asking = setTimeout(() => offer(target).catch(() => {}), 250);
});

// Events: the server says that something changed, we ask for this page again and swap the regions
// that differ from what it last sent. A region in which somebody is typing waits.
const seen = new Map();
const plain = (region) => region.outerHTML.replace(/name="token" value="[^"]*"/g, '');
const note = (page = document) => all('[data-live]', page).forEach((region) => seen.set(region.id, plain(region)));
const swap = (page) => {
  words.asOf = page.body.dataset.asOf;
  for (const old of all('[data-live]')) {
    const fresh = page.getElementById(old.id);
    if (!fresh || plain(fresh) === seen.get(old.id) || one('[data-touched]', old)) continue;
    const held = old.contains(document.activeElement) && document.activeElement.closest('[id]').id;
    const open = all('details[open][id]', old).map((drawer) => drawer.id);
    seen.set(old.id, plain(fresh));
    // What is read aloud when it changes must stay the same element.
    if (old.hasAttribute('aria-live')) old.textContent = fresh.textContent;
    else old.replaceWith(fresh);
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    if (held) focus(document.getElementById(held));
  }
};
const renew = async () => {
  const answer = await fetch(location.href);
  // Signed out, or it is no longer theirs: then the old state must not stay on the screen.
  if (answer.status < 500 && (!answer.ok || new URL(answer.url).pathname !== location.pathname)) return location.reload();
  if (!answer.ok) throw new Error('not now');
  swap(await read(answer));
};

const line = one('#connection');
let source, pause = 1000, retry, later;
const listen = () => {
  clearTimeout(retry);
  source = new EventSource(words.events);
  source.onopen = () => {
    pause = 1000;
    if (!line.textContent) return;
    line.textContent = '';
    renew().catch(lost);
  };
  source.addEventListener('changed', () => {
    clearTimeout(later);
    later = setTimeout(() => renew().catch(lost), 250);
  });
  source.onerror = lost;
};
const lost = () => {
  source.close();
  clearTimeout(retry);
  line.textContent = words.lost.replace('…', words.asOf);
  retry = setTimeout(listen, pause * (0.5 + Math.random()));
  pause = Math.min(pause * 2, 60000);
};
if (words.events && window.EventSource) {
  note();
  listen();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      source.close();
      clearTimeout(retry);
    } else {
      renew().catch(() => {});
      listen();
    }
  });
}

// Single keys. A key never does what cannot be undone: it moves the focus there, Enter does it.
let before = '';
document.addEventListener('keydown', (event) => {
  const { key, target } = event;
  if (!('keys' in words) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (target.closest('input:not([type=radio], [type=checkbox]), textarea, select, dialog')) return;
  const row = document.activeElement.closest('[data-row]');
  let done = true;
  if (before === 'g') {
    before = '';
    const door = all('[data-go]').find((link) => link.dataset.go === key);
    if (door) door.click();
  } else if (key === 'g') {
    before = key;
    setTimeout(() => { before = ''; }, 1500);
  } else if (key === 'j' || key === 'k') {
    const rows = all('[data-row]').filter((each) => each.offsetParent);
    const next = rows.indexOf(row) + (key === 'j' ? 1 : -1);
    focus(rows[Math.max(0, Math.min(next, rows.length - 1))]);
  } else if (key === '/') {
    focus(one('[data-search]'));
    one('[data-search]')?.select();
  } else if (key === '?') {
    one('#keys')?.showModal();
  } else if (key === 'Enter' && row === target) {
    one('a', row)?.click();
  } else {
    const place = row && one('[data-key="' + CSS.escape(key) + '"]', row);
    if (place?.matches('summary')) place.parentElement.open = true;
    focus(place);
    done = Boolean(place);
  }
  if (done) event.preventDefault();
});

// Somebody has a warning before them: told once, and not by the request for the page itself, because
// that is also made by machines.
const opening = one('form[data-opening]');
if (opening) fetch(opening.getAttribute('action'), { method: 'POST', body: new URLSearchParams(new FormData(opening)) }).catch(() => {});

recall();
})();
