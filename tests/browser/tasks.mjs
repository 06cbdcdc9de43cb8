// The main tasks: everything without script, as in a browser that is locked down; and what the script
// adds.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit, colour, open, sticksOut, told, withOpenDrawers } from './browser.mjs';
import { COLOURS, LANGUAGES, WIDTHS, cookie, examine, onward, picture, signIn, wordOf } from './pages.mjs';

/**
 * What a participant can say about a warning: what is pressed, which form is sent, and what the page
 * then says that they said.
 */
const ANSWERS = [
  { name: 'read, and at work', drawer: '#answer-other', form: 'form[action$="/acknowledgement"]' },
  {
    name: 'planned',
    drawer: '#answer-other',
    form: 'form:has([name=answer][value=planned])',
    says: 'gepland voor',
  },
  {
    name: 'help is asked',
    drawer: '#answer-help',
    form: 'form',
    fill: { 'help-telephone': '+31850000001' },
    says: 'vraagt hulp',
  },
  {
    name: 'does not concern us',
    drawer: '#answer-not-affected',
    form: 'form',
    press: '[name=reason]',
    says: 'geldt niet voor ons',
  },
  {
    name: 'the risk is accepted',
    drawer: '#answer-other',
    form: 'form:has([name=answer][value=risk_accepted])',
    fill: { 'accept-manager': 'F. Terp, bestuurder', 'accept-reason': 'De zorg kan niet zonder.' },
    says: 'risico aanvaard tot',
  },
  { name: 'the measure is in place', drawer: '#answer-measure', form: 'form', says: 'gereedgemeld' },
];

/** One line more than what is registered, and one that nobody can read. */
const NEW_LINES = ['Noordmeer,Gangmaker,4.2,gang.noordzorg.example', 'Noordmeer,,1.0,'];

export async function tasks(all) {
  const { report } = all;
  const quiet = { script: false };
  const contact = await become(all, 'contact', quiet);
  if (contact) {
    await report.step('without script: the language is changed', () => otherLanguage(contact, all));
    await report.step('without script: the warning is opened', () => openWarning(contact, all));
    for (const answer of ANSWERS) {
      await report.step(`without script: ${answer.name}`, () => give(contact, answer, all));
    }
    await report.step('without script: an asset is added, changed and taken away', () => editAssets(contact, all));
    await report.step('without script: a list of assets is brought in', () => importAssets(contact, all));
    await report.step('without script: a refused form says why', () => beRefused(contact, all));
    await report.step('without script: a link comes by mail and signs in', () => signInByMail(contact, all));
  }
  const officer = await become(all, 'duty_officer', quiet);
  if (officer) {
    await report.step('without script: a call is ended on the board', () => endCall(officer, all));
    await report.step('without script: a warning is taken', () => take(officer, all));
    await report.step('without script: a participant is found', () => find(officer, all));
  }
  const analyst = await become(all, 'analyst', quiet);
  if (analyst && officer) {
    await report.step('without script: a revision is proposed', () => revise(analyst, all));
    await report.step('without script: what the release would do is read first', () => foresee(officer, all));
    await report.step('without script: another officer releases it', () => release(officer, all));
    await report.step('without script: a list is offered, and opened to hand it over', () => handOver(officer, all));
  }
  for (const person of [contact, officer, analyst]) await person?.context.close();

  await report.step('number and code from a mail answer without signing in', () => answerByCode(all));
  await budgets(all);

  const seeing = await session(all, 'duty_officer', all.browsers[0]);
  const answering = await session(all, 'contact', all.browsers[1]);
  if (seeing && answering) {
    await report.step('with script: the answer appears in place, the board renews itself', () => live(seeing, answering, all));
    await report.step('with script: products are suggested as somebody types', () => suggest(seeing, all));
    await report.step('with script: a product is offered in its field, and brings its vendor', () => offer(answering, all));
    await report.step('with script: single keys are listed, and walk the board', () => pressKeys(seeing, all));
  }
}

/** What is suggested must fit what stands in the field at last, and can be pressed. */
async function suggest({ page }, { address }) {
  await page.goto(`${address}/desk/catalogue?name=het+grote+scherm`);
  await page.type('#search-again-q', 'netsc');
  await comes(page, () => /NetScaler|Citrix/.test(document.querySelector('#search [data-suggestions] button')?.textContent));
  return new URL(page.url()).search.includes('q=') ? [`${page.url()} was loaded anew`] : [];
}

/** A name of the catalogue is offered as somebody types, and the one that is chosen fills in who makes it. */
async function offer({ page }, { address }) {
  await page.goto(`${address}/my/assets`);
  await page.type('#new-product', 'netsc');
  await comes(page, () => [...document.querySelector('#products').options].some((it) => it.dataset.vendor === 'Citrix'));
  const name = await page.$eval('#products', (list) => [...list.options].find((it) => it.dataset.vendor === 'Citrix').value);
  await type(page, { 'new-product': name });
  await comes(page, () => document.querySelector('#new-vendor').value !== '');
  return [];
}

/** Becomes somebody by the page with the clock, which orders a new link at every press. */
function become(all, role, { script }) {
  if (!all.waysIn.some((way) => way.role === role)) return undefined;
  const [{ browser }] = all.browsers;
  return signIn({ ...all, browser, way: { role, path: '/demo', press: `form:has([name=as][value=${role}]) button` }, script });
}

/** A page of somebody who is signed in already, with script, in a browser of its own. */
async function session({ address, people }, role, { browser }) {
  const there = people.get(role);
  if (!there) return undefined;
  const cookies = (await there.context.cookies()).filter((each) => each.name !== 'language');
  const context = await browser.createBrowserContext();
  await context.setCookie(...cookies, cookie(address, 'language', 'nl'));
  const page = await open(context, address);
  return { ...there, context, page };
}

async function openDrawer(page, drawer) {
  const isOpen = await page.$eval(drawer, (it) => it.open);
  if (!isOpen) await page.click(`${drawer} > summary`);
}

async function type(page, values) {
  for (const [id, value] of Object.entries(values)) {
    await page.$eval(`[id="${id}"]`, (field) => { field.value = ''; });
    await page.type(`[id="${id}"]`, value);
  }
}

/** What the page says was done. Nothing said is a fault. */
async function said(page) {
  const words = await page.$$eval('[data-answer]', (all) => all.map((each) => each.textContent.trim()));
  return words.length > 0 ? [] : [`${page.url()} does not say that it was done: ${await page.$eval('h1', (it) => it.textContent)}`];
}

async function otherLanguage({ page }, { address }) {
  await page.goto(`${address}/my`);
  const faults = [];
  for (const language of ['en', 'nl']) {
    await onward(page, () => page.click(`button[name=language][value=${language}]`));
    const shown = await page.$eval('html', (html) => html.lang);
    if (shown !== language || new URL(page.url()).pathname !== '/my') faults.push(`${page.url()} is in ${shown}`);
  }
  return [...faults, ...(await told(page))];
}

async function openWarning(person, { address, artefacts }) {
  const { page } = person;
  await page.goto(`${address}/my`);
  await onward(page, () => page.click('a[href^="/my/warnings/"]'));
  person.warning = new URL(page.url()).pathname;
  await page.setViewport({ width: 320, height: 844 });
  await picture(page, artefacts, 'task warning before the answer nl light 320');
  return told(page);
}

async function give(person, { name, drawer, form, fill = {}, press, says = '' }, { address, artefacts }) {
  const { page, warning } = person;
  await page.goto(address + warning);
  await openDrawer(page, drawer);
  await type(page, fill);
  if (press) await page.click(`${drawer} ${form} ${press}`);
  await onward(page, () => page.click(`${drawer} ${form} button`));
  const faults = [...(await said(page)), ...(await sticksOut(page)), ...(await audit(page))];
  const word = await page.$eval('.sides dd', (it) => it.textContent);
  if (!word.includes(says)) faults.push(`said ${says}, and the page says ${word}`);
  await picture(page, artefacts, `task warning after ${name} nl light 320`);
  return [...faults, ...(await told(page))];
}

/** Looks at what a form answered in every language, in all colours and at every width. */
async function inEveryLook({ context, page }, name, { address, artefacts, sentences }, arrive) {
  const faults = [];
  for (const language of LANGUAGES) {
    await context.setCookie(cookie(address, 'language', language));
    await arrive();
    for (const colours of COLOURS) {
      for (const width of WIDTHS) {
        const look = { language, colours, width };
        const found = await examine(page, look, sentences);
        faults.push(...found.map((fault) => `${wordOf(look)}: ${fault}`));
        await picture(page, artefacts, `task ${name} ${wordOf(look)}`);
      }
    }
  }
  await context.setCookie(cookie(address, 'language', 'nl'));
  await colour(page, 'light');
  await page.setViewport({ width: 320, height: 844 });
  return faults;
}

async function editAssets({ page }, { address }) {
  await page.goto(`${address}/my/assets`);
  await type(page, { 'new-product': 'Dijkmeter', 'new-vendor': 'Noordmeer', 'new-host': 'dijkmeter.noordzorg.example' });
  await onward(page, () => page.click('form[action="/my/assets"] button'));
  const faults = await said(page);
  const card = await page.evaluateHandle(() => [...document.querySelectorAll('li.card')].find((each) => each.textContent.includes('Dijkmeter')));
  const id = await card.evaluate((each) => each?.id);
  if (!id) return [...faults, 'what was added is not on the list'];
  const at = `[id="${id}"]`;
  await openDrawer(page, `${at} details[id^=change]`);
  const field = await page.$(`${at} input[name=version]`);
  await field.type('7.1');
  await onward(page, () => page.click(`${at} details[id^=change] form button`));
  faults.push(...(await said(page)));
  if (!(await page.$eval(at, (each) => each.textContent.includes('7.1')))) faults.push('what was changed is not on the list');
  await openDrawer(page, `${at} details[id^=retire]`);
  await onward(page, () => page.click(`${at} details[id^=retire] form button`));
  return [...faults, ...(await said(page)), ...(await told(page))];
}

/** A list takes the place of what is registered, so all of that stands on it too. */
async function importAssets(person, all) {
  const { page } = person;
  await page.goto(`${all.address}/my/assets`);
  const registered = await page.$$eval('li.card:has(details[id^=change])', (cards) => cards.map((card) =>
    ['vendor', 'product', 'version', 'host'].map((name) => card.querySelector(`[name=${name}]`).value).join(',')));
  const folder = await mkdtemp(join(tmpdir(), 'dijkwacht-list-'));
  const faults = [];
  try {
    const file = join(folder, 'list.csv');
    await writeFile(file, ['vendor,product,version,hostname', ...registered, ...NEW_LINES, ''].join('\n'));
    faults.push(...(await inEveryLook(person, 'difference of a list', all, async () => {
      await page.goto(`${all.address}/my/assets`);
      const field = await page.$('input[type=file]');
      await field.uploadFile(file);
      await onward(page, () => page.click('form[action="/my/assets/import"] button'));
    })));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await onward(page, () => page.click('form[action="/my/assets/import/confirm"] button'));
  faults.push(...(await said(page)));
  if (!(await page.$eval('main', (main) => main.textContent.includes('Gangmaker')))) faults.push('what was brought in is not on the list');
  const after = await page.$$eval('li.card:has(details[id^=change])', (cards) => cards.length);
  if (after !== registered.length + 1) faults.push(`${after} assets on the list, not ${registered.length + 1}`);
  return [...faults, ...(await told(page))];
}

/** A number that looks like a citizen's is refused (this one is nobody's), and the page says so. */
async function beRefused(person, all) {
  const { page } = person;
  const faults = await inEveryLook(person, 'refused form', all, async () => {
    await page.goto(`${all.address}/my/assets`);
    await type(page, { 'new-product': 'Dijkmeter 111222333' });
    page.refusals = 1;
    await onward(page, () => page.click('form[action="/my/assets"] button'));
    page.refusals = 0;
  });
  if (!(await page.$('[data-error]'))) faults.push('it does not say why');
  return faults;
}

async function signInByMail({ page: known }, all) {
  const { address, artefacts } = all;
  await known.goto(`${address}/my/contacts`);
  const mail = await known.$eval('main [name=mail][value*="@"]', (field) => field.value);
  const { context, page } = await signIn({ ...all, browser: all.browsers[0].browser, way: undefined, script: false });
  await page.goto(`${address}/sign-in`);
  await type(page, { 'sign-in-mail': mail });
  await onward(page, () => page.click('main form button'));
  const faults = [...(await said(page)), ...(await audit(page))];
  await untilSent(page, `${address}/demo/mail?q=${encodeURIComponent(mail)}`, 'Aanmelden');
  await onward(page, () => page.click('#mails a'));
  await page.setViewport({ width: 320, height: 844 });
  await picture(page, artefacts, 'task mail with a link nl light 320');
  await onward(page, () => page.click('main pre a[href*="/sign-in/"]'));
  await onward(page, () => page.click('main form button'));
  if (new URL(page.url()).pathname !== '/my') faults.push(`signed in, and at ${page.url()}`);
  faults.push(...(await told(page)));
  await context.close();
  return faults;
}

async function endCall(person, { address }) {
  const { page } = person;
  await page.goto(`${address}/desk`);
  const form = 'form[action^="/desk/calls/"]:has([value=reached])';
  const call = await page.$eval(form, (each) => each.getAttribute('action'));
  await onward(page, () => page.click(`${form} button`));
  const faults = await said(page);
  await page.goto(`${address}/desk`);
  if (await page.$(`form[action="${call}"]`)) faults.push('the call is still on the list');
  return [...faults, ...(await told(page))];
}

async function take({ page }, { address }) {
  await page.goto(`${address}/desk`);
  const action = await page.$eval('form[action$="/take"]', (each) => each.getAttribute('action'));
  await onward(page, () => page.click(`form[action="${action}"] button`));
  await page.goto(`${address}/desk?mine=yes`);
  const warning = action.replace('/take', '');
  const mine = await page.$(`a[href="${warning}"]`);
  return [...(mine ? [] : [`${warning} is not among those that were taken`]), ...(await told(page))];
}

/** Asks for the list of mails until the latest is about `subject`. */
async function untilSent(page, list, subject) {
  const giveUp = Date.now() + 20_000;
  do {
    await page.goto(list);
    if (await page.$eval('#mails', (mails, subject) => mails.querySelector('a')?.textContent.includes(subject), subject)) return;
    await new Promise((done) => setTimeout(done, 200));
  } while (Date.now() < giveUp);
  throw new Error(`no mail about ${subject}`);
}

async function find({ page }, { address }) {
  await page.goto(`${address}/desk/participants`);
  await page.type('main [data-search]', 'noordzorg');
  await onward(page, () => page.keyboard.press('Enter'));
  const found = await page.$$eval('main table tbody a', (links) => links.map((link) => link.textContent));
  const faults = found.length === 1 && /noordzorg/i.test(found[0]) ? [] : [`found ${found.length}: ${found}`];
  return [...faults, ...(await told(page))];
}

async function revise(person, all) {
  const { page } = person;
  await page.goto(`${all.address}/desk/advisories`);
  await onward(page, () => page.click('main table a[href^="/desk/advisories/"]'));
  all.advisory = new URL(page.url()).pathname;
  await onward(page, () => page.click('#revise form[action$="/open"] button'));
  const faults = await fromAllSides(page, all, 'the editor of an advisory');
  await type(page, {
    'draft-summary_nl': 'Aanvallers komen binnen zonder wachtwoord.',
    'draft-abuse_nl': 'Zoek in het logboek naar onbekende bestanden.',
    'draft-reason': 'De omschrijving is aangescherpt.',
  });
  // Measures of a paper may come without steps; ours never go out without.
  await page.$$eval('[id^="draft-measure-"][id$="-steps_nl"]', (fields) => {
    for (const field of fields) {
      const title = document.getElementById(field.id.replace('steps_nl', 'title_nl'));
      if (!field.value && title.value) field.value = title.value;
    }
  });
  await onward(page, () => page.click('form[data-autosaved] button[value="hand-in"]'));
  const gaps = await page.$$eval('#checker ul a', (links) => links.map((link) => `the editor wants ${link.textContent}`));
  return [...faults, ...gaps, ...(await said(page)), ...(await told(page))];
}

/** Who would get what, and who nothing. */
async function foresee({ page }, all) {
  await page.goto(all.address + all.advisory);
  await onward(page, () => page.click('a[href$="/before-release"]'));
  return fromAllSides(page, all, 'before the release');
}

/** The gate lets this list go at once, without names. */
async function handOver({ page }, all) {
  await page.goto(`${all.address}${all.advisory}/recipients`);
  await page.select('#offer-to', 'landwacht care');
  await onward(page, () => page.click('form[action$="/offers"] button'));
  await onward(page, () => page.click('a[href*="/list?offer="]'));
  return fromAllSides(page, all, 'a list');
}

async function fromAllSides(page, { sentences, artefacts }, name) {
  const faults = [];
  for (const colours of ['dark', 'light']) {
    for (const width of WIDTHS) {
      const found = await examine(page, { colours, width }, sentences);
      faults.push(...found.map((fault) => `${colours} ${width}: ${fault}`));
      await picture(page, artefacts, `task ${name} nl ${colours} ${width}`);
    }
  }
  return faults;
}

async function release({ page }, { address, advisory, artefacts }) {
  await page.goto(address + advisory);
  await picture(page, artefacts, 'task advisory before the release nl light 1280');
  await onward(page, () => page.click('form[action$="/release"] button'));
  const faults = (await page.$('form[action$="/release"]')) ? ['it still waits for a second person'] : [];
  return [...faults, ...(await told(page))];
}

/** One looks at the board while the other answers. Neither page is loaded again. */
async function live(seeing, answering, { address, people }) {
  await seeing.page.goto(`${address}/desk`);
  await answering.page.goto(`${address}/my`);
  await onward(answering.page, () => answering.page.click('a[href^="/my/warnings/"]'));
  for (const { page } of [seeing, answering]) await page.evaluate(() => { window.mark = 'still the same page'; });
  const before = await seeing.page.$$eval('[data-live]', (all) => all.map((each) => each.textContent).join('\n'));

  await openDrawer(answering.page, '#answer-help');
  await type(answering.page, { 'help-telephone': '+31850000002' });
  await answering.page.click('#answer-help form button');
  await comes(answering.page, () => document.activeElement?.matches('[data-answer]'));
  const isNew = (before) => [...document.querySelectorAll('[data-live]')].map((each) => each.textContent).join('\n') !== before;
  await comes(seeing.page, isNew, before);
  const faults = [];
  for (const { page, role } of [seeing, answering]) {
    if ((await page.evaluate(() => window.mark)) !== 'still the same page') faults.push(`the page of ${role} was loaded again`);
    faults.push(...(await withOpenDrawers(page, () => audit(page))), ...(await told(page)));
  }
  return faults;
}

/** Waits until something is so on the page, by the clock and not by its frames. */
async function comes(page, isSo, ...values) {
  try {
    await page.waitForFunction(isSo, { timeout: 20_000, polling: 100 }, ...values);
  } catch {
    throw new Error(`it does not come: ${isSo}`);
  }
}

/** A key moves the focus and does nothing that cannot be undone. */
async function pressKeys({ page }, { address, sentences, artefacts }) {
  await page.goto(`${address}/desk`);
  await page.keyboard.press('?');
  const faults = (await page.$('dialog[open]')) ? [] : ['no list of keys'];
  faults.push(...(await examine(page, { colours: 'light', width: 1280 }, sentences)));
  await picture(page, artefacts, 'task list of keys nl light 1280');
  await page.keyboard.press('Escape');
  await comes(page, () => !document.querySelector('dialog[open]'));
  await page.keyboard.press('j');
  await comes(page, () => document.activeElement?.closest('[data-row]'));
  return [...faults, ...(await told(page))];
}

/** How wide the two things are on which people do this. */
const DEVICES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 } };

/**
 * The tasks whose taps are counted (`ux.md` 2): who does it, from where, and the steps. A step is a tap, a form that
 * is filled in (however many fields: one types on), or a wait that costs nobody anything. `budget` is what the design
 * allows, and a test fails above it.
 */
const BUDGETS = [
  {
    name: 'a contact opens the warning and answers that help is needed',
    role: 'contact',
    budget: 3,
    from: '/my',
    steps: [
      { tap: 'a[href^="/my/warnings/"]' },
      // The number that we know of them stands there.
      { drawer: '#answer-help' },
      { tap: '#answer-help form button', says: '[data-answer]' },
    ],
  },
  {
    name: 'a contact answers that the measure is on, with the moment that stands there',
    role: 'contact',
    budget: 3,
    from: '/my',
    steps: [
      { tap: 'a[href^="/my/warnings/"]' },
      { drawer: '#answer-measure' },
      { choose: '#answer-measure [name=measure][type=radio]' },
      { tap: '#answer-measure form button', says: '[data-answer]' },
    ],
  },
  {
    name: 'a contact takes the answer back',
    role: 'contact',
    budget: 2,
    from: '/my',
    steps: [
      { tap: 'a[href^="/my/warnings/"]' },
      { tap: 'form[action$="/undo"] button' },
    ],
  },
  {
    name: 'the duty officer sees whom to call, and calls',
    role: 'duty_officer',
    budget: 1,
    from: '/desk',
    steps: [{ dial: '#tasks li:first-child a[href^="tel:"]' }],
  },
  {
    name: 'the duty officer writes down that somebody was reached',
    role: 'duty_officer',
    budget: 2,
    from: '/desk',
    steps: [{ tap: 'form[action^="/desk/calls/"]:has([value=voicemail]) button' }],
  },
  {
    name: 'an analyst finds whether a hospital is safe',
    role: 'analyst',
    // With the keyboard, behind two screens; on a phone the board is its cards.
    only: 'desk',
    budget: 2,
    from: '/desk',
    steps: [
      { fill: { 'filter-q': 'noordzorg' } },
      { enter: '#filter-q', says: '#rows-table tbody tr' },
    ],
  },
];

/** Counts the taps of each task on a phone and at a desk, with and without script. */
export async function budgets(all) {
  const { report, address } = all;
  for (const script of [false, true]) {
    for (const role of new Set(BUDGETS.map((each) => each.role))) {
      const person = script ? await session(all, role, all.browsers[0]) : await become(all, role, { script });
      if (!person) continue;
      for (const [device, size] of Object.entries(DEVICES)) {
        for (const task of BUDGETS.filter((each) => each.role === role && (each.only ?? device) === device)) {
          const how = `${device}, ${script ? 'with' : 'without'} script`;
          await report.step(`counted: ${task.name} (${how})`, async () => {
            await person.page.setViewport(size);
            await person.page.goto(address + task.from);
            const count = await walk(person.page, task.steps, script);
            const faults = count > task.budget ? [`${count} actions, and ${task.budget} are allowed`] : [];
            return [...faults, ...(await sticksOut(person.page)), ...(await told(person.page))];
          });
        }
      }
      await person.context.close();
    }
  }
}

/** Does the steps of a task as a thumb does. Gives how many actions that took. */
async function walk(page, steps, script) {
  let count = 0;
  for (const { tap, drawer, fill, choose, dial, enter, says } of steps) {
    if (dial) {
      // The number must be in sight without scrolling: whoever looks for it has lost the night already.
      await page.waitForSelector(dial);
      const { top } = await page.$eval(dial, (link) => link.getBoundingClientRect());
      if (top > page.viewport().height * 2) throw new Error(`the number stands ${Math.round(top)} px down`);
      count += 1;
    }
    if (drawer && !(await page.$eval(drawer, (it) => it.open))) {
      await page.click(`${drawer} > summary`);
      count += 1;
    }
    if (choose && (await page.$(choose))) {
      await page.click(choose);
      count += 1;
    }
    if (fill) {
      await type(page, fill);
      count += 1;
    }
    if (tap || enter) {
      count += 1;
      const act = () => (tap ? page.click(tap) : page.focus(enter).then(() => page.keyboard.press('Enter')));
      const isLink = enter || (await page.$eval(tap, (it) => it.tagName === 'A'));
      if (isLink || !script) await onward(page, act);
      else await act();
    }
    if (says) await comes(page, (what) => document.querySelector(what), says);
  }
  return count;
}

/** Number and code out of a mail, typed by whoever is not signed in. Without script, and with. */
export async function answerByCode(all) {
  const { address, browsers, sentences } = all;
  const faults = [];
  for (const script of [false, true]) {
    const { context, page } = await signIn({ ...all, browser: browsers[0].browser, way: undefined, script });
    await page.setViewport(DEVICES.phone);
    await page.goto(`${address}/demo/mail?q=${encodeURIComponent('Zonder inloggen')}`);
    await onward(page, () => page.click('#mails a'));
    const text = await page.$eval('main pre.letter', (pre) => pre.textContent.replaceAll(/\s+/g, ' '));
    const [, number, code] = text.match(/\/answer, nummer (\S+), code (\S{9})/) ?? [];
    if (!code) return [`no code in ${text.slice(0, 400)}`];
    await page.goto(`${address}/answer`);
    await type(page, { 'by-code-number': number, 'by-code-code': code });
    const press = (button) => (script ? page.click(button) : onward(page, () => page.click(button)));
    await press('main form button');
    await comes(page, () => document.querySelector('#answer-help'));
    if (page.url().includes(code)) faults.push('the code stands in the address');
    faults.push(...(await examine(page, { colours: 'light', width: 320 }, sentences)));
    await openDrawer(page, '#answer-help');
    await type(page, { 'help-telephone': '+31850000004' });
    await press('#answer-help form button');
    await comes(page, () => document.querySelector('[data-answer] form'));
    faults.push(...(await said(page)), ...(await audit(page)));
    await press('[data-answer] form button');
    await comes(page, () => document.querySelector('p[data-answer]'));
    faults.push(...(await told(page)));
    await context.close();
  }
  return faults;
}
