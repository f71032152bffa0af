// How far long work is: one line on a terminal that is written over, nothing in a pipe.

/** How often the line changes at most, in milliseconds. */
const INTERVAL_MS = 100;
/** Back to the beginning of the line, and away with what stands there. */
const CLEAR_LINE = '\r\x1b[K';

/** What of an output is used; process.stderr is one. */
type Terminal = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
};

export class ProgressLine {
  #last = -Infinity;
  #isShown = false;

  constructor(private readonly terminal: Terminal = process.stderr) {}

  /** `of` is 0 while nobody knows how much there is. */
  show(doing: string, { done, of }: { readonly done: number; readonly of: number }): void {
    const now = performance.now();
    if (!this.terminal.isTTY || now - this.#last < INTERVAL_MS) return;
    this.#last = now;
    this.#isShown = true;
    const [told, whole] = [done, of].map((number) => number.toLocaleString('en'));
    const share = of === 0 ? `${told}` : `${told} of ${whole} (${Math.floor((100 * done) / of)} %)`;
    this.terminal.write(`${CLEAR_LINE}${`${doing}: ${share}`.slice(0, (this.terminal.columns || 80) - 1)}`);
  }

  /** To be called before anything else is written, and at the end. */
  clear(): void {
    if (this.#isShown) this.terminal.write(CLEAR_LINE);
    this.#isShown = false;
    this.#last = -Infinity;
  }
}
