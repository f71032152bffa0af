// The progress of long work: one line on a terminal, which is overwritten; nothing in a pipe.

import { PROGRESS_INTERVAL_MS } from './timeouts.js';

/** Carriage return, and erase to the end of the line. */
const CLEAR_LINE = '\r\x1b[K';

/** The part of process.stderr that is used. */
type Terminal = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
};

export class ProgressLine {
  #last = -Infinity;
  #isShown = false;

  constructor(private readonly terminal: Terminal = process.stderr) {}

  /** `of` is 0 while the total is not known. */
  show(task: string, { done, of: total }: { readonly done: number; readonly of: number }): void {
    const now = performance.now();
    if (!this.terminal.isTTY || now - this.#last < PROGRESS_INTERVAL_MS) return;
    this.#last = now;
    this.#isShown = true;
    const [count, all] = [done, total].map((number) => number.toLocaleString('en'));
    const share = total === 0 ? `${count}` : `${count} of ${all} (${Math.floor((100 * done) / total)} %)`;
    this.terminal.write(`${CLEAR_LINE}${`${task}: ${share}`.slice(0, (this.terminal.columns || 80) - 1)}`);
  }

  /** Clears the line; call it before other output, and at the end. */
  clear(): void {
    if (this.#isShown) this.terminal.write(CLEAR_LINE);
    this.#isShown = false;
    this.#last = -Infinity;
  }
}
