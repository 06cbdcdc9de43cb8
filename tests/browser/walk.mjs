// Reads every page of a demonstration in a real browser, and does the main tasks in it.
//
// Takes a description on standard input (`xtask/src/browser.rs` writes it):
//
//   address    of the demonstration
//   website    where everybody reads
//   browser    the program
//   doors      paths of the doors that show a page, such as `/desk/warnings/{id}`
//   waysIn     a list of {role, path}: the links that sign in
//   sentences  first parts of the names of sentences
//   artefacts  a folder for the pictures
//
// Gives a line per check, and a line that counts them. Ends with 1 when one failed.

import { mkdir, readFile } from 'node:fs/promises';
import { start } from './browser.mjs';
import { Clock } from './clock.mjs';
import { hostileWords } from './hostile.mjs';
import { Report } from './report.mjs';
import { readEverything, readWebsite } from './pages.mjs';
import { tasks } from './tasks.mjs';

/**
 * Moments of the story worth looking at; in between nothing is looked at. At the last, when there is
 * most on every page, everybody looks at everything.
 */
const MOMENTS = [
  { name: 'before', at: '2019-12-17T11:00:00Z' },
  { name: 'first-advice', at: '2019-12-18T16:00:00Z' },
  { name: 'exploited', at: '2020-01-11T16:00:00Z' },
  { name: 'revoked', at: '2020-01-16T20:00:00Z', last: true },
];

const description = JSON.parse(await readFile('/dev/stdin', 'utf8'));
await mkdir(description.artefacts, { recursive: true });
const report = new Report();
// A page that is not in front runs slowly or not at all, so each of those who read at the same time
// has a browser of their own.
const browsers = await Promise.all([start(description.browser), start(description.browser)]);
const stop = () => Promise.all(browsers.map((each) => each.stop()));
const stopped = () => stop().finally(() => process.exit(1));
process.once('SIGTERM', stopped).once('SIGINT', stopped);
try {
  const clock = new Clock(description.address);
  const people = new Map();
  for (const moment of MOMENTS) {
    await report.step(`the clock goes on to ${moment.at}`, () => clock.moveTo(moment.at));
    await readEverything({ ...description, browsers, report, people, moment });
  }
  await readWebsite({ ...description, browsers, report });
  await tasks({ ...description, browsers, report, people });
  await hostileWords({ ...description, browsers, report, people });
} finally {
  await stop();
}
process.exitCode = report.close();
