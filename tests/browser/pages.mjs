// Every page of every role: found by following links from where the role comes in, so a door to which
// no link leads is found out too.

import { join } from 'node:path';
import { audit, open, sticksOut, told, unsaid, withOpenDrawers } from './browser.mjs';

const LANGUAGES = ['nl', 'en'];
const COLOURS = ['light', 'dark'];
const WIDTHS = [320, 1280];
/** How many pages of one door a role reads at one moment. */
const OF_A_DOOR = 2;
/** Doors that show no page. */
const NO_PAGES = ['/events', '/livez', '/readyz', '/static/{file}'];

/** Visitors who are nobody read what anybody may. */
const NOBODY = { role: 'nobody', path: '/sign-in' };

export async function readEverything(all) {
  const { report, moment, doors, waysIn, browsers } = all;
  const pages = doors.filter((door) => !NO_PAGES.includes(door));
  const reached = new Set();
  const roles = [NOBODY, ...waysIn];
  const inOne = async ({ browser }, place) => {
    const own = roles.filter((_, number) => number % browsers.length === place);
    for (const way of own) await readAs({ ...all, browser, way, pages, reached });
  };
  await Promise.all(browsers.map(inOne));
  if (moment.looks !== 'all') return;
  const missed = pages.filter((door) => door !== '/' && !reached.has(door));
  report.check('every page has a link that leads to it', missed.map((door) => `nobody came to ${door}`));
}

/** Reads whatever one role can come to, following links. */
async function readAs(all) {
  const { address, people, moment, way, pages, reached } = all;
  if (!people.has(way.role)) people.set(way.role, await signIn(all));
  const person = people.get(way.role);
  if (!person) return;
  const todo = [person.home, ...pages.filter((door) => !door.includes('{'))];
  const seen = new Set(todo);
  const count = new Map();
  while (todo.length > 0) {
    const path = todo.shift();
    const door = doorOf(path, pages);
    const often = count.get(door) ?? 0;
    if (!door || door === '/' || often >= OF_A_DOOR) continue;
    // What everybody sees alike is read by nobody in particular until the last moment.
    if (way !== NOBODY && moment.looks !== 'all' && /^\/(demo|sign-in)/.test(door)) continue;
    const name = `${moment.name} ${way.role} ${door}${often ? ` (${often + 1})` : ''}`;
    const first = () => !reached.has(door) && Boolean(reached.add(door));
    const links = await read({ ...all, person, address, path, name, first });
    if (!links) continue;
    count.set(door, often + 1);
    for (const link of links) {
      if (seen.has(link)) continue;
      seen.add(link);
      todo.push(link);
    }
  }
  // Between two moments the clock leaps, and nobody watches.
  await person.page.goto('about:blank');
  await told(person.page);
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
    await page.click('main form button');
    await page.waitForFunction(() => !location.pathname.startsWith('/sign-in/') || document.querySelector('[data-told]'));
    person.home = new URL(page.url()).pathname;
    if (person.home.startsWith('/sign-in')) faults.push(`still at ${person.home}`);
    return [...faults, ...(await told(page))];
  });
  return done ? person : undefined;
}

export function cookie(address, name, value) {
  return { name, value, domain: new URL(address).hostname, path: '/' };
}

/** Reads one page in several looks. Gives the links on it, or nothing when it is shut for this person. */
async function read({ person, address, path, name, report, sentences, artefacts, moment, first }) {
  const { page, context } = person;
  let looks, links, pictures;
  for (const language of LANGUAGES) {
    await context.setCookie(cookie(address, 'language', language));
    page.refusals = 1;
    const answer = await page.goto(address + path).catch((error) => error);
    page.refusals = 0;
    const status = answer?.status?.();
    const elsewhere = status === 200 && new URL(page.url()).pathname !== path.split('?')[0];
    if (status === 404 || elsewhere) {
      await told(page);
      return undefined;
    }
    if (status !== 200) {
      report.check(`${name} ${language}`, [`${path}: ${status ?? answer}`]);
      return undefined;
    }
    if (!looks) {
      pictures = first();
      looks = moment.looks === 'all' && pictures ? everyLook() : someLooks();
      links = await linksOn(page, address);
    }
    for (const { colours, width } of looks.filter((look) => look.language === language)) {
      const look = `${language} ${colours} ${width}`;
      await report.step(`${name} ${look}`, async () => {
        await page.setViewport({ width, height: width < 500 ? 844 : 900 });
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: colours }]);
        if (pictures) await picture(page, artefacts, `${name} ${look}`);
        const faults = await sticksOut(page);
        await withOpenDrawers(page, async () => {
          if (faults.length === 0) faults.push(...(await sticksOut(page)));
          faults.push(...(await audit(page)), ...(await unsaid(page, sentences)));
        });
        faults.push(...(await told(page)));
        return faults.map((fault) => `${path}: ${fault}`);
      });
    }
  }
  return links;
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
