// Words that are meant to run, typed into every field that takes words, by everybody who can; and then every page
// read again. Nothing of them may run, and nothing of them may become a part of a page.

import { open, told } from './browser.mjs';
import { onward } from './pages.mjs';

/**
 * Ways out of the place where a name or a text stands: an element, an attribute, an address, a title, a script, a
 * style, a template, Markdown, and what is written twice.
 */
const CORPUS = [
  `<script>struck('script')</script>`,
  `"><script>struck('after an attribute')</script>`,
  `'><img src=x onerror=struck('image')>`,
  `"><svg/onload=struck('drawing')>`,
  `" onfocus="struck('focus')" autofocus x="`,
  `' onmouseover='struck("mouse")' x='`,
  `javascript:struck('address')`,
  `</title></textarea></style></script><script>struck('end of a text')</script>`,
  `<iframe srcdoc="<script>parent.struck('frame')</script>"></iframe>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=struck('twice')&gt;">`,
  `<a href="javascript:struck('link')" id=struck>x</a>`,
  `[x](javascript:struck('markdown')) ![x](x"onerror="struck('markdown'))`,
  `<details open ontoggle=struck('drawer')><summary>x</summary></details>`,
  `&lt;script&gt;struck('unescaped')&lt;/script&gt; \\u003cscript\\u003estruck('json')\\u003c/script\\u003e`,
  `{{constructor.constructor("struck('template')")()}} \${struck('template')} <%= struck('template') %>`,
  `<style>*{background:url(http://203.0.113.9/struck)}</style><link rel=stylesheet href=//203.0.113.9/struck>`,
  `<meta http-equiv=refresh content="0;url=http://203.0.113.9/struck"><base href=//203.0.113.9/>`,
  `<form action=http://203.0.113.9/struck><button>struck</button></form>`,
];

/** Who types, and where: what is read is where something is typed. */
const WRITERS = ['contact', 'analyst', 'administrator', 'duty_officer'];
const READERS = ['nobody', 'reader', 'contact', 'supervisor', 'analyst', 'administrator', 'duty_officer'];

/** Fewer forms than these are not the forms of this house. */
const FORMS_MIN = 50;

export async function hostileWords(all) {
  const { report, people } = all;
  await report.step('hostile words strike a page that does not guard itself', () => sanity(all));
  let [forms, typed] = [0, 0];
  for (const role of WRITERS) {
    const person = people.get(role);
    await report.step(`hostile words in every field: ${role}`, async () => {
      const done = await fillEverything(person, all);
      forms += done.forms;
      typed += done.typed;
      return done.faults;
    });
  }
  console.log(`      ${forms} forms, ${typed} fields, ${CORPUS.length} ways`);
  report.check('hostile words came into forms', forms < FORMS_MIN ? [`only ${forms} forms were sent`] : []);
  for (const role of READERS) {
    await report.step(`hostile words are words wherever they are read: ${role}`, () => readAgain(people.get(role), all));
  }
}

/** What a page that writes down what it is told looks like: if nothing is found there, nothing is looked for. */
async function sanity({ browsers, address }) {
  const context = await browsers[0].browser.createBrowserContext();
  const page = await open(context, address);
  await watch(page);
  await page.goto('about:blank');
  for (const words of CORPUS) await page.evaluate((text) => document.write(`<p title="${text}">${text}</p>`), words).catch(() => {});
  const { ran, grown } = await struck(page);
  await context.close();
  return [...(ran.length ? [] : ['nothing ran']), ...(grown.length ? [] : ['nothing grew'])];
}

/** From now on a page of this tab writes down what runs on it that is not ours. */
async function watch(page) {
  if (page.watched) return;
  page.watched = true;
  await page.evaluateOnNewDocument(() => {
    window.ran = [];
    window.struck = (how) => window.ran.push(String(how));
  });
  page.on('dialog', (dialog) => {
    page.faults.push(`a window opened: ${dialog.message()}`);
    dialog.dismiss();
  });
}

/** What ran, and what became a part of the page as it stands. */
async function struck(page) {
  return page.evaluate(() => {
    const grown = [];
    for (const each of document.querySelectorAll('*')) {
      const bad = [...each.attributes].filter(({ name, value }) => {
        const leads = ['href', 'src', 'action', 'formaction', 'srcdoc', 'content', 'background'].includes(name);
        return /^on/i.test(name) || (leads && (/^\s*(javascript|data):/i.test(value) || /^(https?:)?\/\/203\.0\.113\.9/.test(value)) && !/^data:image\/svg/.test(value));
      });
      const strange = ['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'math', 'mglyph'].includes(each.tagName) || each.id === 'struck';
      const ours = each.tagName === 'SCRIPT' && /struck\(/.test(each.textContent) && each.type !== 'application/json';
      if (bad.length || strange || ours) grown.push(each.outerHTML.slice(0, 160));
    }
    return { ran: window.ran?.splice(0) ?? [], grown };
  });
}

/** What is wrong with the page as it stands, with where it is. */
async function wrong(page) {
  const { ran, grown } = await struck(page);
  // A page that is refused is still a page; that it was refused is no fault here.
  const broken = (await told(page)).filter((fault) => !/status of [45]\d\d/.test(fault));
  const place = new URL(page.url()).pathname;
  return [...ran.map((how) => `${place} ran ${how}`), ...grown.map((what) => `${place} has ${what}`), ...broken.map((what) => `${place}: ${what}`)];
}

/** Sends every form with words in it once. Forms of one kind for many things are one form. */
async function fillEverything(person, { address }) {
  const { page, paths } = person;
  await watch(page);
  const sent = new Set();
  const [faults, count] = [[], { forms: 0, typed: 0 }];
  for (const path of paths) {
    // A form that was sent leads elsewhere, so each begins at its page.
    for (let left = true; left; ) {
      page.refusals = 1;
      const answer = await visit(page, address + path);
      if (answer?.status() !== 200 || new URL(page.url()).pathname !== path.split(/[?#]/)[0]) break;
      const filled = await page.evaluate(fill, CORPUS, [...sent], count.typed);
      if (!filled) break;
      left = filled.more;
      sent.add(filled.kind);
      const status = await send(page);
      if (status >= 500) faults.push(`${path} ${filled.kind}: ${status}`);
      count.forms += 1;
      count.typed += filled.typed;
      faults.push(...(await wrong(page)));
    }
  }
  page.refusals = 0;
  return { ...count, faults };
}

/** Fills the first form of the page that was not sent yet, and marks it. Runs in the page. */
function fill(corpus, sent, start) {
  const takesWords = 'textarea, input:not([type]), input[type=text], input[type=search], input[type=email], input[type=tel], input[type=url]';
  const kindOf = (form) => {
    const action = new URL(form.action).pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{}');
    const names = [...form.elements].map(({ name, value, type }) => (type === 'hidden' && name !== 'token' ? `${name}=${value.length > 20 ? '' : value}` : name));
    return `${action} ${[...new Set(names)].join(' ')}`;
  };
  const isNew = (form) => form.querySelector(takesWords) && !sent.includes(kindOf(form)) && !/sign-out|\/demo\//.test(form.action);
  const forms = [...document.forms].filter(isNew);
  const form = forms[0];
  if (!form) return undefined;
  let typed = 0;
  const groups = new Set();
  for (const field of form.elements) {
    if (field.matches(takesWords)) {
      // Of a field that takes little the shortest ways are tried.
      const most = field.maxLength > 0 ? field.maxLength : 4_000;
      const fits = corpus.filter((words) => words.length <= most);
      const words = fits[(start + typed) % fits.length];
      if (words) field.value = words;
      typed += 1;
    } else if (field.type === 'radio' && !groups.has(field.name)) {
      field.checked = true;
      groups.add(field.name);
    } else if (field.type === 'checkbox') {
      field.checked = true;
    } else if (field.tagName === 'SELECT' && !field.value) {
      field.selectedIndex = field.options.length - 1;
    }
  }
  const kind = kindOf(form);
  form.noValidate = true;
  form.target = '';
  form.dataset.struck = 'next';
  return { kind, typed, more: forms.length > 1 };
}

/** Presses the first button of the form that was filled. Gives the status of what came back. */
async function send(page) {
  let status = 0;
  const seen = (answer) => {
    if (answer.request().resourceType() === 'document') status = answer.status();
  };
  page.on('response', seen);
  const press = () =>
    page.evaluate(() => {
      const form = document.querySelector('[data-struck=next]');
      // Past the script of the page, which would send it without a new page.
      const button = form.querySelector('button:not([type=button])');
      if (button?.name) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: button.name, value: button.value }));
      if (button?.formAction && button.hasAttribute('formaction')) form.action = button.formAction;
      HTMLFormElement.prototype.submit.call(form);
    });
  await onward(page, press).catch(() => {});
  page.off('response', seen);
  // Whoever types so fast is asked to wait, and does.
  if (status === 429) await pause(5_000);
  return status;
}

/** Reads a page. Whoever reads so fast is asked to wait, and does. */
async function visit(page, address) {
  for (let time = 0; time < 15; time += 1) {
    const answer = await page.goto(address).catch(() => undefined);
    if (answer?.status() !== 429) return answer;
    await pause(2_000);
  }
  return undefined;
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** Every page that this person read before, as it is now. */
async function readAgain(person, { address }) {
  const { page, paths } = person;
  await watch(page);
  const faults = [];
  page.refusals = 1;
  for (const path of paths) {
    if (await visit(page, address + path)) faults.push(...(await wrong(page)));
  }
  page.refusals = 0;
  await page.goto('about:blank');
  return faults;
}
