// How benchmarks measure: a figure and its reference, interleaved on the same machine in the same minute.
import type { Fixtures } from './fixtures.js';

type Aim =
  | { readonly atLeast: number }
  | { readonly atMost: number }
  /** How far the figure may be above the reference, in its unit. */
  | { readonly atMostMore: number };

/** One line of the table. */
export type Measurement = {
  readonly row: string;
  readonly figure: number;
  readonly unit: string;
  readonly reference: string;
  readonly referenceFigure: number;
  /** The median of the ratios of the rounds, in which noise that lasts longer than a round cancels out. */
  readonly ratio: number;
  /** The lowest and the highest ratio of a round. */
  readonly spread: readonly [number, number];
  /** A row without an aim explains other rows. */
  readonly aim?: Aim;
};

export type Benchmark = {
  /** The name on the command line. */
  readonly name: string;
  readonly measure: (fixtures: Fixtures) => Promise<readonly Measurement[]>;
};

type Run = () => number | Promise<number>;
type Rounds<Name extends string> = { readonly [N in Name]: readonly number[] };

/** Runs each in turn, round by round. The first round warms up and does not count. */
export async function runInterleaved<Name extends string>(
  rounds: number,
  runs: { readonly [N in Name]: Run },
): Promise<Rounds<Name>> {
  const names = Object.keys(runs) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round++)
    for (const name of names) {
      const figure = await runs[name]();
      if (round > 0) figures[name].push(figure);
    }
  return figures;
}

export function compareFigures(
  about: Pick<Measurement, 'row' | 'unit' | 'reference' | 'aim'>,
  figures: readonly number[],
  references: readonly number[],
): Measurement {
  const ratios = figures.map((figure, round) => figure / (references[round] ?? NaN));
  return {
    ...about,
    figure: computeMedian(figures),
    referenceFigure: computeMedian(references),
    ratio: computeMedian(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

function computeMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/** Runs the work and returns `count` per second. */
export function measureRate(count: number, work: () => void): number {
  const startedAt = performance.now();
  work();
  return (count * 1000) / (performance.now() - startedAt);
}

export function isAimReached({ figure, referenceFigure, ratio, aim }: Measurement): boolean | undefined {
  if (!aim) return undefined;
  if ('atMostMore' in aim) return figure - referenceFigure <= aim.atMostMore;
  return 'atLeast' in aim ? ratio >= aim.atLeast : ratio <= aim.atMost;
}

export function formatAim({ aim, unit }: Measurement): string {
  if (!aim) return '';
  if ('atMostMore' in aim) return `<= +${aim.atMostMore} ${unit}`;
  return 'atLeast' in aim ? `>= ${aim.atLeast}` : `<= ${aim.atMost}`;
}
