// Every page of every role: found by following links from where the role comes in, so a door to which
// no link leads is found out too.

import { join } from 'node:path';
import { audit, open, openDrawers, sticksOut, told, unsaid } from './browser.mjs';

const LANGUAGES = ['nl', 'en'];
const COLOURS = ['light', 'dark'];
const WIDTHS = [320, 1280];
/** How many pages of one door a role reads at one moment. */
const OF_A_DOOR = 2;
/** Doors that show no page. */
const NO_PAGES = ['/events', '/livez', '/readyz', '/static/{file}'];

/** Visitors who are nobody read what anybody may. */
const NOBODY = { role: 'nobody', path: '/sign-in' };

export async function readEverything({ browser, address, report, people, moment, doors, waysIn, sentences, artefacts }) {
  const reached = new Set();
  const looked = new Set();
  const pages = doors.filter((door) => !NO_PAGES.includes(door));
  for (const way of [NOBODY, ...waysIn]) {
    const person = people.get(way.role) ?? (await signIn({ browser, address, report, way }));
    people.set(way.role, person);
    if (!person) continue;
    const todo = [person.home, ...pages.filter((door) => !door.includes('{'))];
    const seen = new Set(todo);
    const count = new Map();
    while (todo.length > 0) {
      const path = todo.shift();
      const door = doorOf(path, pages);
      if (!door || door === '/' || (count.get(door) ?? 0) >= OF_A_DOOR) continue;
      const first = !looked.has(door);
      const looks = moment.looks === 'all' && first ? everyLook() : someLooks();
      const name = `${moment.name} ${way.role} ${door}${count.has(door) ? ` (${count.get(door) + 1})` : ''}`;
      const links = [];
      const shut = await read({ person, address, path, name, looks, report, sentences, artefacts, links, pictures: first });
      if (shut) continue;
      count.set(door, (count.get(door) ?? 0) + 1);
      reached.add(door);
      looked.add(door);
      for (const link of links) {
        if (seen.has(link)) continue;
        seen.add(link);
        todo.push(link);
      }
    }
  }
  if (moment.looks === 'all') {
    const missed = pages.filter((door) => door !== '/' && !reached.has(door) && door !== '/sign-in/{code}');
    report.check('every page has a link that leads to it', missed.map((door) => `nobody came to ${door}`));
  }
}

/** Signs in by a link, as a person would: the page behind it, and the button on it. */
export async function signIn({ browser, address, report, way, script = true }) {
  const context = await browser.createBrowserContext();
  const page = await open(context, address, { script });
  await context.setCookie(cookie(address, 'language', 'nl'));
  const person = { context, page, role: way.role, home: way.path };
  if (way.role === 'nobody') return person;
  const done = await report.step(`${way.role} signs in${script ? '' : ' without script'}`, async () => {
    await page.goto(address + way.path);
    const faults = script ? await audit(page) : [];
    await Promise.all([page.waitForNavigation(), page.click('main form button')]);
    person.home = new URL(page.url()).pathname;
    if (person.home.startsWith('/sign-in')) faults.push(`still at ${person.home}`);
    return [...faults, ...(await told(page))];
  });
  return done ? person : undefined;
}

export function cookie(address, name, value) {
  return { name, value, domain: new URL(address).hostname, path: '/' };
}

/** Reads one page in several looks. Gives true when it is shut for this person. */
async function read({ person, address, path, name, looks, report, sentences, artefacts, links, pictures }) {
  const { page, context } = person;
  for (const language of LANGUAGES) {
    const here = looks.filter((look) => look.language === language);
    if (here.length === 0) continue;
    await context.setCookie(cookie(address, 'language', language));
    page.refusals = 1;
    const answer = await page.goto(address + path, { waitUntil: 'load' }).catch((error) => error);
    page.refusals = 0;
    const status = answer?.status?.();
    if (status === 404) {
      await told(page);
      return true;
    }
    if (status !== 200) {
      report.check(`${name} ${language}`, [`${address}${path}: ${status ?? answer}`]);
      return true;
    }
    if (new URL(page.url()).pathname !== path.split(/[?#]/)[0]) {
      await told(page);
      return true;
    }
    if (language === LANGUAGES[0]) links.push(...(await linksOn(page, address)));
    const title = await page.title();
    for (const { colours, width } of here) {
      const look = `${language} ${colours} ${width}`;
      await report.step(`${name} ${look}`, async () => {
        await page.setViewport({ width, height: width < 500 ? 844 : 900 });
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: colours }]);
        const faults = width === 320 ? await sticksOut(page) : [];
        if (pictures) await picture(page, artefacts, `${name} ${look}`);
        await openDrawers(page);
        if (width === 320 && faults.length === 0) faults.push(...(await sticksOut(page)));
        faults.push(...(await audit(page)), ...(await unsaid(page, sentences)), ...(await told(page)));
        if (!title.includes('–')) faults.push(`a title that says too little: ${title}`);
        return faults.map((fault) => `${path}: ${fault}`);
      });
    }
  }
  return false;
}

export async function picture(page, artefacts, name) {
  const file = `${name.replaceAll(/[/{}]+/g, '_').replaceAll(/[^\w-]+/g, '-').replaceAll(/-?_-?/g, '_')}.png`;
  await page.screenshot({ path: join(artefacts, file), fullPage: true });
}

function everyLook() {
  return LANGUAGES.flatMap((language) => COLOURS.flatMap((colours) => WIDTHS.map((width) => ({ language, colours, width }))));
}

/** Enough to find what only the data of a moment can break. */
function someLooks() {
  return [
    { language: 'nl', colours: 'light', width: 320 },
    { language: 'en', colours: 'dark', width: 1280 },
  ];
}

async function linksOn(page, address) {
  const links = await page.$$eval('a[href]', (all) => all.map((each) => each.href));
  return links.filter((link) => new URL(link).origin === address).map((link) => {
    const { pathname, search } = new URL(link);
    return pathname + search;
  });
}

/** The door behind which `path` lies. A door without a blank wins. */
function doorOf(path, doors) {
  const parts = path.split(/[?#]/)[0].split('/');
  const fits = (door) => {
    const pattern = door.split('/');
    return pattern.length === parts.length && pattern.every((part, at) => part.startsWith('{') || part === parts[at]);
  };
  return doors.find((door) => !door.includes('{') && fits(door)) ?? doors.find(fits);
}
