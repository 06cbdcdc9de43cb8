// A real browser that may reach this one house and nothing else, and that tells on every page.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Of axe-core: what WCAG 2.2 asks at levels A and AA, and what is merely wise. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What takes longer, in milliseconds, stands still. */
const PATIENCE = 60_000;

/** The browser of this run. Whoever starts it stops it: `stop` also removes what it wrote. */
export async function start(program) {
  const folder = await mkdtemp(join(tmpdir(), 'dijkwacht-browser-'));
  const browser = await puppeteer.launch({
    executablePath: program,
    headless: true,
    userDataDir: folder,
    protocolTimeout: PATIENCE,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // No name but this machine's own exists for this browser.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
  const stop = async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { browser, stop };
}

/**
 * A page that writes down whatever goes wrong on it, in `page.faults`, and what it was served, in
 * `page.served`. `allow` names the status of pages that are asked for in order to be refused.
 */
export async function open(context, address, { script = true } = {}) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.faults = [];
  page.refusals = 0;
  const fault = (text) => page.faults.push(text);
  page.on('console', (message) => {
    // Said by the browser itself of every page that is refused on purpose.
    if (page.refusals && /status of 4\d\d/.test(message.text())) return;
    const where = message.location().url ?? '';
    if (['error', 'warn', 'assert'].includes(message.type())) fault(`console: ${message.text()} ${where}`);
  });
  page.on('pageerror', (error) => fault(`script: ${error.message}`));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== address && protocol !== 'data:') fault(`another host: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'document') return;
    const policy = response.headers()['content-security-policy'] ?? '';
    if (!policy.includes("default-src 'none'")) fault(`no policy of content: ${response.url()}`);
    if (policy.includes('unsafe')) fault(`an unsafe policy of content: ${policy}`);
  });
  if (script) {
    await page.evaluateOnNewDocument(() => {
      window.violations = [];
      document.addEventListener('securitypolicyviolation', (event) => {
        if (!window.auditing) window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
      });
    });
  }
  page.script = script;
  await page.setJavaScriptEnabled(script);
  await page.emulateFocusedPage(true);
  await colour(page, 'light');
  return page;
}

/** What the visitor's system prefers. Nothing glides: a press would miss what still moves. */
export async function colour(page, colours) {
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: colours },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);
}

/** Forgets and gives what went wrong on `page` since the last time. */
export async function told(page) {
  const broken = await page.evaluate(() => window.violations?.splice(0) ?? []);
  return [...page.faults.splice(0), ...broken.map((text) => `policy of content: ${text}`)];
}

/** Every sentence of axe-core about the page as it stands. */
export async function audit(page) {
  // It waits for itself, which a page without script cannot. The script of the page stays off.
  if (!page.script) await page.setJavaScriptEnabled(true);
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const violations = await page.evaluate(async (tags) => {
    window.auditing = true;
    const found = await window.axe.run(document, {
      runOnly: { type: 'tag', values: tags },
      rules: { 'target-size': { enabled: true } },
      resultTypes: ['violations'],
    });
    window.auditing = false;
    return found.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.slice(0, 3).map((node) => `${node.target.join(' ')} (${node.failureSummary?.split('\n').slice(1).join(';').trim()})`),
      nodes: nodes.length,
    }));
  }, TAGS);
  if (!page.script) await page.setJavaScriptEnabled(false);
  return violations.map(({ id, help, where, nodes }) => `axe ${id}, ${nodes} times: ${help}: ${where.join(' | ')}`);
}

/** Opens every drawer, also of those that are made to be open one at a time, while `work` is done. */
export async function withOpenDrawers(page, work) {
  await page.evaluate(() => {
    for (const drawer of document.querySelectorAll('details')) {
      drawer.before = { name: drawer.getAttribute('name'), open: drawer.open };
      drawer.removeAttribute('name');
      drawer.open = true;
    }
  });
  const done = await work();
  await page.evaluate(() => {
    for (const drawer of document.querySelectorAll('details')) {
      if (!drawer.before) continue;
      drawer.open = drawer.before.open;
      if (drawer.before.name) drawer.setAttribute('name', drawer.before.name);
    }
  });
  return done;
}

/** What sticks out of the page to the right; nothing may, at 320 CSS pixels (WCAG 1.4.10). */
export async function sticksOut(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    if (scrollWidth <= clientWidth) return [];
    const out = [...document.querySelectorAll('body *')].filter((each) => {
      const { right, width } = each.getBoundingClientRect();
      return width > 0 && right > clientWidth + 1 && !each.closest('.window, pre, .hidden');
    });
    const name = (each) => each.tagName.toLowerCase() + (each.id ? `#${each.id}` : '') + (each.className ? `.${each.className}` : '');
    return [`scrolls sideways, ${scrollWidth} px in ${clientWidth}: ${out.slice(-3).map(name).join(', ')}`];
  });
}

/**
 * Words on the page that look like the name of a sentence and not like a sentence: `board-why-call`.
 * `families` are the first parts of such names.
 */
export async function unsaid(page, families) {
  return page.evaluate((families) => {
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (walker.currentNode.parentElement.closest('code, pre')) continue;
      for (const [word, family] of walker.currentNode.data.matchAll(/(?<![\w.@/-])([a-z]+)(?:-[a-z]+)+(?![\w.@/-])/g)) {
        if (families.includes(family) && word.split('-').length > 2) found.add(`nobody wrote the sentence ${word}`);
      }
    }
    return [...found];
  }, families);
}
