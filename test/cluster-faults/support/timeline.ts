// What users of the nodes see while a fault lasts. Times are printed beside their limits and never asserted: a busy machine
// makes them longer.
import process from 'node:process';

/** Times are those of `performance.now()`. */
type Answer = { readonly sentAt: number; readonly answeredAt: number; readonly isRecorded: boolean };

export class Timeline {
  readonly #answers: Answer[] = [];
  readonly #cutOffAt = new Map<string, number>();
  readonly #leaderSeenAt: number[] = [];
  #faultAt = Infinity;
  #endedAt = Infinity;

  markFault(): void {
    this.#faultAt = performance.now();
  }

  markEnd(): void {
    this.#endedAt = performance.now();
  }

  addAnswer(answer: Answer): void {
    this.#answers.push(answer);
  }

  addCutOff(node: string): void {
    if (performance.now() >= this.#faultAt && !this.#cutOffAt.has(node))
      this.#cutOffAt.set(node, performance.now());
  }

  addLeader(): void {
    this.#leaderSeenAt.push(performance.now());
  }

  /** The facts whose command was sent after the beginning of the fault. */
  get factsAfterFault(): readonly Answer[] {
    return this.#answers.filter(({ isRecorded, sentAt }) => isRecorded && sentAt >= this.#faultAt);
  }

  print(name: string, outcomes: { readonly [outcome: string]: number }): void {
    const facts = this.factsAfterFault.map(({ answeredAt }) => answeredAt);
    const cutOffs = [...this.#cutOffAt.values()];
    const recordedAt = this.#answers.filter(({ isRecorded }) => isRecorded).map((each) => each.answeredAt);
    const slowestMs = Math.max(0, ...this.#answers.map(({ sentAt, answeredAt }) => answeredAt - sentAt));
    const leaderless = this.#getLongestGapMs(this.#leaderSeenAt);
    const parts = [
      `cut-off ${this.#formatSince(cutOffs.length > 0 ? Math.max(...cutOffs) : undefined)} (limit 5 s)`,
      `next fact ${this.#formatSince(facts.length > 0 ? Math.min(...facts) : undefined)} (limit 8 s)`,
      `longest time without a fact ${formatSeconds(this.#getLongestGapMs(recordedAt))}`,
      ...(leaderless > 0
        ? [
            `longest time in which no leader was found ${formatSeconds(leaderless)} (limit of the former: 1.5 s more)`,
          ]
        : []),
      `slowest answer ${formatSeconds(slowestMs)} (limit 10 s)`,
      ...Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`),
    ];
    process.stdout.write(`\n${name}: ${parts.join(', ')}\n`);
  }

  #formatSince(time: number | undefined): string {
    return time === undefined ? 'never' : formatSeconds(time - this.#faultAt);
  }

  /** Between two events, of which the later one comes after the beginning of the fault. */
  #getLongestGapMs(times: readonly number[]): number {
    const sorted = times.toSorted((one, other) => one - other);
    const gaps = sorted.map((time, index) => time - (sorted[index - 1] ?? time));
    return Math.max(
      0,
      ...gaps.filter((_, index) => sorted[index]! >= this.#faultAt && sorted[index]! <= this.#endedAt),
    );
  }
}

const formatSeconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
