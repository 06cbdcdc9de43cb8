// What was looked at, a line each, and a count at the end.

/** In seconds. */
const LONG = 5;

export class Report {
  constructor() {
    this.passed = 0;
    this.failed = 0;
    this.began = Date.now();
    this.soFar = new Set();
  }

  /** One check: `faults` says what is wrong, and is empty when nothing is. */
  check(name, faults) {
    if (faults.length === 0) {
      this.passed += 1;
      console.log(`ok    ${name}`);
      return;
    }
    this.failed += 1;
    console.log(`FAIL  ${name}`);
    for (const fault of faults) {
      // The same fault on many pages is read once.
      console.log(`      ${fault.slice(0, this.soFar.has(fault) ? 100 : 2_000)}`);
      this.soFar.add(fault);
    }
  }

  /**
   * One check that is to be worked for. What `work` throws is what is wrong. A step that took long says
   * how long.
   */
  async step(name, work) {
    const began = Date.now();
    const timed = () => {
      const seconds = Math.round((Date.now() - began) / 1_000);
      return seconds < LONG ? name : `${name}, ${seconds} s`;
    };
    try {
      const faults = (await work()) ?? [];
      this.check(timed(), faults);
      return true;
    } catch (error) {
      this.check(timed(), [whereOurs(error)]);
      return false;
    }
  }

  /** The exit code, after the line that counts. */
  close() {
    const seconds = Math.round((Date.now() - this.began) / 1_000);
    console.log(`pages in a browser: ${seconds} s`);
    console.log(`browser: ${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

/** What was thrown, and the first line of ours that it went through. */
function whereOurs(error) {
  const ours = (error.stack ?? '').split('\n').find((line) => line.includes('/tests/browser/') && !line.includes('node_modules'));
  return `${error.message ?? error} ${ours?.trim().replace(/\(?file:.*\/tests\/browser\//, 'in ') ?? ''}`;
}
