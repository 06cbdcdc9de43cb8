// Every page of every role: found by following links from where the role comes in, so a door to which
// no link leads is found out too.

import { join } from 'node:path';
import { audit, colour, open, sticksOut, told, unsaid, withOpenDrawers } from './browser.mjs';

export const LANGUAGES = ['nl', 'en'];
export const COLOURS = ['light', 'dark'];
export const WIDTHS = [320, 1280];

/**
 * Who reads which doors. Who has most before them there reads `closely`: in every language, in all
 * colours, at every width, and at all moments. The others read at the last moment, in the two looks
 * that are the farthest apart. Neighbours in this list read at the same time, each in a browser of
 * their own.
 */
const READERS = [
  { role: 'duty_officer', doors: /^\/desk/, closely: true },
  { role: 'nobody', doors: /^\/(sign-in|answer|test|demo|finders)/, closely: true },
  { role: 'reader', doors: /^\/my/ },
  { role: 'contact', doors: /^\/my/, closely: true },
  { role: 'supervisor', doors: /^\/desk/ },
  { role: 'analyst', doors: /^\/desk/ },
  { role: 'administrator', doors: /^\/desk/ },
];
/** How many pages of one door somebody reads at the last moment. */
const OF_A_DOOR = 2;
/** Doors that show no page, but a stream, a sign of life or a file. */
const NO_PAGES = [
  '/events',
  '/livez',
  '/readyz',
  '/static/{file}',
  '/my/assets/template',
  '/my/assets/export',
  '/finders/{code}/receipt',
  '/my/warnings/{id}/file',
  '/desk/warnings/{id}/file',
  '/.well-known/dijkwacht-signers',
  // For programs, with a token.
  '/feeds/warnings.xml',
  '/feeds/csaf/{*path}',
  '/desk/advisories/{id}/list.csv',
  '/desk/networks/partners/list',
  // The website of everybody is files, behind a door of its own.
  '/{*path}',
];
/** Pages that are there once somebody did something; the tasks do it, and read them. */
const AFTER_A_DEED = ['/desk/advisories/{id}/before-release', '/desk/advisories/{id}/list', '/desk/drafts/{id}'];
/** Pages of everybody to which no link of ours leads. */
const UNLINKED = [
  { name: '/sign-in after asking', path: '/sign-in?asked=yes' },
  { name: '/sign-in/{code} used', path: `/sign-in/${'0'.repeat(48)}` },
  { name: 'a page that is not there', path: '/nowhere', status: 404 },
];

export async function readEverything(all) {
  const { report, moment, doors, waysIn, browsers } = all;
  const pages = doors.filter((door) => !NO_PAGES.includes(door) && !AFTER_A_DEED.includes(door));
  const reached = new Set(['/']);
  const readers = READERS.filter(({ closely }) => closely || moment.last);
  const inOne = async ({ browser }, place) => {
    for (const reader of readers.filter((_, number) => number % browsers.length === place)) {
      const way = waysIn.find(({ role }) => role === reader.role);
      await readAs({ ...all, browser, way, reader, pages, reached });
    }
  };
  await Promise.all(browsers.map(inOne));
  if (!moment.last) return;
  const forgotten = waysIn.filter(({ role }) => !READERS.some((reader) => reader.role === role));
  report.check('every role reads', forgotten.map(({ role }) => `nobody reads as ${role}`));
  const missed = pages.filter((door) => !reached.has(door));
  report.check('every page has a link that leads to it', missed.map((door) => `nobody came to ${door}`));
}

/** What everybody reads: every kind of page of it, in all colours and at every width, and without script. */
export async function readWebsite({ browsers, website, report, artefacts, sentences }) {
  const context = await browsers[0].browser.createBrowserContext();
  const page = await open(context, website, { script: true });
  const plain = await open(context, website, { script: false });
  const todo = ['/', '/nl/', '/en/', '/v/2099-0001', '/not/there'];
  const seen = new Set(todo);
  const count = new Map();
  while (todo.length > 0) {
    const path = todo.shift();
    // A kind is a language and a folder, since the second advisory looks like the first; and each page that has a name.
    const named = /^\/(nl|en)\/(?!index)[^/]+\.html$/.test(path);
    const kind = named ? path : path.replace(/[^/]+\.html$|[^/]+$/, '').replace(/\d{4}/, 'year');
    const often = count.get(kind) ?? 0;
    if (often >= OF_A_DOOR + 1) continue;
    page.refusals = plain.refusals = 1;
    await page.bringToFront();
    // What a browser would keep as a file it does not show.
    const answer = await page.goto(website + path).catch(() => undefined);
    const type = answer?.headers()['content-type'] ?? '';
    if (!type.startsWith('text/html')) continue;
    count.set(kind, often + 1);
    const isMissing = path === '/not/there' || path === '/v/2099-0001';
    if (answer.status() !== (isMissing ? 404 : 200)) report.check(`website ${path}`, [`${answer.status()}`]);
    for (const link of await linksOn(page, website)) {
      if (!seen.has(link.split('#')[0])) todo.push(link.split('#')[0]);
      seen.add(link.split('#')[0]);
    }
    for (const colours of COLOURS) {
      for (const width of WIDTHS) {
        const what = `website ${path} ${colours} ${width}`;
        await report.step(what, async () => {
          const faults = await examine(page, { colours, width }, sentences);
          await picture(page, artefacts, what);
          return faults;
        });
      }
    }
    await report.step(`website ${path} without script`, async () => {
      await plain.bringToFront();
      await plain.goto(website + path);
      return examine(plain, { colours: 'light', width: 320 }, sentences);
    });
  }
  const kinds = ['/nl/advisories/', '/en/advisories/', '/v/', '/nl/year/', '/nl/accessibility.html', '/en/software.html'];
  report.check('the website has a page of every kind', kinds.filter((kind) => !count.has(kind)).map((kind) => `none is ${kind}`));
  await context.close();
}

/** Reads whatever one role can come to, following links. */
async function readAs(all) {
  const { people, moment, reader, pages, reached } = all;
  if (!people.has(reader.role)) people.set(reader.role, await signIn(all));
  const person = people.get(reader.role);
  if (!person) return;
  const todo = [person.home, ...pages.filter((door) => !door.includes('{'))];
  const seen = new Set(todo);
  const count = new Map();
  while (todo.length > 0) {
    const path = todo.shift();
    const door = doorOf(path, pages);
    const often = count.get(door) ?? 0;
    if (!door || !reader.doors.test(door) || often >= (moment.last ? OF_A_DOOR : 1)) continue;
    const looks = moment.last && reader.closely && often === 0 ? everyLook() : farLooks();
    const name = `${door}${often ? ` (${often + 1})` : ''}`;
    const links = await read({ ...all, person, path, name, looks });
    if (!links) continue;
    reached.add(door);
    person.paths.add(path);
    count.set(door, often + 1);
    for (const link of links) {
      if (seen.has(link)) continue;
      seen.add(link);
      todo.push(link);
    }
  }
  if (moment.last && reader.role === 'nobody') {
    for (const page of UNLINKED) await read({ ...all, ...page, person, looks: everyLook() });
    const path = await orderLink(all, 'contact');
    await read({ ...all, person, name: '/sign-in/{code}', path, looks: everyLook() });
    reached.add('/sign-in/{code}');
  }
  // Between two moments the clock leaps, and nobody watches.
  await person.page.goto('about:blank');
  await told(person.page);
}

/** Has the page with the clock make a link, as its buttons do. Gives where it leads. */
async function orderLink({ address }, role) {
  const body = new URLSearchParams({ as: role });
  const answer = await fetch(`${address}/demo/sign-in`, { method: 'POST', body, redirect: 'manual' });
  return answer.headers.get('location');
}

/**
 * Signs in by a link, as a person would: the page behind it, and the button on it. `way.press` orders
 * the link first.
 */
export async function signIn({ browser, address, report, way, script = true }) {
  const context = await browser.createBrowserContext();
  const page = await open(context, address, { script });
  await context.setCookie(cookie(address, 'language', 'nl'));
  if (!way) return { context, page, role: 'nobody', home: '/sign-in', paths: new Set() };
  const person = { context, page, role: way.role, home: way.path, paths: new Set() };
  const done = await report.step(`${way.role} signs in${script ? '' : ' without script'}`, async () => {
    await page.goto(address + way.path);
    if (way.press) await onward(page, () => page.click(way.press));
    await onward(page, () => page.click('main form button'));
    person.home = new URL(page.url()).pathname;
    const faults = person.home.startsWith('/sign-in') ? [`still at ${person.home}`] : [];
    return [...faults, ...(await told(page))];
  });
  return done ? person : undefined;
}

/** Goes on from here by something that loads a page. */
export async function onward(page, work) {
  await Promise.all([page.waitForNavigation(), work()]);
  return page;
}

export function cookie(address, name, value) {
  return { name, value, domain: new URL(address).hostname, path: '/' };
}

/** Reads one page in `looks`. Gives the links on it, or nothing when it is shut for this person. */
async function read({ person, address, path, name: place, looks, report, sentences, artefacts, moment, status = 200 }) {
  const { page, context, role } = person;
  const name = `${moment.name} ${role} ${place}`;
  let links;
  for (const language of LANGUAGES) {
    await context.setCookie(cookie(address, 'language', language));
    page.refusals = 1;
    const answer = await page.goto(address + path).catch((error) => error);
    page.refusals = 0;
    const found = answer?.status?.();
    const elsewhere = found === 200 && new URL(page.url()).pathname !== path.split('?')[0];
    if (status === 200 && (found === 404 || elsewhere)) {
      await told(page);
      return undefined;
    }
    if (found !== status) {
      report.check(`${name} ${language}`, [`${path}: ${found ?? answer}`]);
      return undefined;
    }
    links ??= await linksOn(page, address);
    for (const look of looks.filter((look) => look.language === language)) {
      const what = `${name} ${wordOf(look)}`;
      await report.step(what, async () => {
        const faults = await examine(page, look, sentences);
        await picture(page, artefacts, what);
        return faults.map((fault) => `${path}: ${fault}`);
      });
    }
  }
  return links;
}

/** Everything that can be wrong with the page as it stands, in one look. */
export async function examine(page, { colours, width }, sentences) {
  await page.setViewport({ width, height: width < 500 ? 844 : 900 });
  await colour(page, colours);
  const faults = await sticksOut(page);
  await withOpenDrawers(page, async () => {
    if (faults.length === 0) faults.push(...(await sticksOut(page)));
    faults.push(...(await audit(page)), ...(await unsaid(page, sentences)));
  });
  faults.push(...(await told(page)));
  return faults;
}

export function wordOf({ language, colours, width }) {
  return `${language} ${colours} ${width}`;
}

/** Of a tall page its beginning: nobody looks further. */
const TALLEST = 6_000;

export async function picture(page, artefacts, name) {
  const file = `${name.replaceAll(/[/{}]+/g, '_').replaceAll(/[^\w-]+/g, '-').replaceAll(/-?_-?/g, '_')}.png`;
  const { width, height } = await page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.scrollingElement;
    return { width: scrollWidth, height: scrollHeight };
  });
  const clip = { x: 0, y: 0, width, height: Math.min(height, TALLEST) };
  await page.screenshot({ path: join(artefacts, file), clip, captureBeyondViewport: true, optimizeForSpeed: true });
}

function everyLook() {
  return LANGUAGES.flatMap((language) => COLOURS.flatMap((colours) => WIDTHS.map((width) => ({ language, colours, width }))));
}

/** Enough to find what only the data of a moment or the rights of a role can break. */
function farLooks() {
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
  const [plain] = path.split(/[?#]/);
  if (NO_PAGES.includes(plain)) return undefined;
  const parts = plain.split('/');
  const fits = (door) => {
    const pattern = door.split('/');
    return pattern.length === parts.length && pattern.every((part, at) => part.startsWith('{') || part === parts[at]);
  };
  return doors.find((door) => !door.includes('{') && fits(door)) ?? doors.find(fits);
}
