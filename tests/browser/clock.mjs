// The clock of the story, moved from outside the browser.

const HOUR = 3_600_000;
const PATIENCE = 300_000;

export class Clock {
  constructor(address) {
    this.address = address;
  }

  async now() {
    const answer = await fetch(`${this.address}/demo`);
    const time = (await answer.text()).match(/id="clock-head"[^>]*>\s*<time datetime="([^"]+)"/);
    if (!time) throw new Error(`no clock at ${this.address}/demo (${answer.status})`);
    return Date.parse(time[1]);
  }

  async press(act) {
    const body = new URLSearchParams({ act });
    const answer = await fetch(`${this.address}/demo/clock`, { method: 'POST', body, redirect: 'manual' });
    if (answer.status !== 303) throw new Error(`the clock does not take ${act}: ${answer.status}`);
  }

  /** Presses the buttons of the clock, day by day and then hour by hour, and waits for each. */
  async moveTo(time) {
    const goal = Date.parse(time);
    const giveUp = Date.now() + PATIENCE;
    for (let now = await this.now(); now < goal; ) {
      const [act, step] = goal - now >= 24 * HOUR ? ['step_day', 24 * HOUR] : ['step_hour', HOUR];
      await this.press(act);
      const next = now + step;
      while (now < next) {
        if (Date.now() > giveUp) throw new Error(`the clock stands still at ${new Date(now).toISOString()}`);
        await new Promise((done) => setTimeout(done, 50));
        now = await this.now();
      }
    }
  }
}
