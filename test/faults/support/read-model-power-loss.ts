// Read models after a crash, looked at as the server does at its start, and what is wrong with them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { liveFile } from '../../../src/read-models/projecting/open-live-generation.js';
import type { AnyReadModel } from '../../../src/read-models/declaration/read-model.js';
import { randomFrom } from '../../durability/support/seeded-random.js';
import { Book } from '../../read-models/support/test-ledger.js';
import { folded, versions } from '../../read-models/support/project-in-process.js';
import { readModels } from '../../read-models/support/shelves.js';
import { crashes } from './disk-model.js';
import { fact } from './shelf-events.js';
import type { Line } from './projection-process.js';
import { lookedAt, place } from './memory-directory.js';
import type { Losses } from './ledger-power-loss.js';
import { type Operation, record } from './strace-recorder.js';

const FOLDINGS = fileURLToPath(new URL('./projection-process.js', import.meta.url));
const ENTRIES = 24;

export function recordedFoldings(script = FOLDINGS): readonly Operation[] {
  const folder = place();
  const { operations, stderr } = record(folder, script, [folder]);
  if (stderr !== '') throw new Error(stderr);
  return operations;
}

/** Opens the read models on every disk that a power loss can leave; or until something is wrong that is like `enough`. */
export function tornFiles(operations: readonly Operation[], samples: number, enough?: RegExp): Losses {
  const book = Book.of(ENTRIES, fact);
  const ledger = book.opened();
  const expected = new Map<string, string>();
  /** The rows of a fold that nothing ever disturbed. */
  const rowsAt = (model: AnyReadModel, entry: number): string => {
    const key = `${model.name} ${entry}`;
    let rows = expected.get(key);
    if (rows === undefined) {
      rows = JSON.stringify(versions(folded(book, { model, upTo: entry }).file, model));
      expected.set(key, rows);
    }
    return rows;
  };
  const wrong = (directory: string, model: AnyReadModel, said: readonly Line[]): string | undefined => {
    const warnings: string[] = [];
    const file = liveFile(directory, model, ledger, (sentence) => warnings.push(sentence));
    const least = Math.max(
      -1,
      ...said.flatMap(({ rebuilt, entry }) => (rebuilt === model.name ? entry : [])),
    );
    if (!file)
      return least >= 0 ? `${model.name} was built and is not there. ${warnings.join(' ')}` : undefined;
    const { entry, generation } = file;
    file.close();
    if (entry < least) return `${model.name} was at entry ${least} and is at ${entry}.`;
    const db = new Database(generation.file, { readonly: true });
    const state = db.pragma('integrity_check', { simple: true });
    db.close();
    if (state !== 'ok') return `${model.name} is served and damaged.`;
    if (JSON.stringify(versions(generation.file, model)) === rowsAt(model, entry)) return undefined;
    return `${model.name} has other rows than a fold up to its checkpoint gives.`;
  };

  const target = join(place(), 'disk');
  const problems = new Map<string, string>();
  let states = 0;
  try {
    for (const crash of crashes(operations, { random: randomFrom(1), samples })) {
      if (enough && [...problems.keys()].some((problem) => enough.test(problem))) break;
      states++;
      const said = crash.said.map((line) => JSON.parse(line) as Line);
      lookedAt(target, crash.remains(), () => {
        mkdirSync(target, { recursive: true });
        for (const model of readModels) {
          let problem: string | undefined;
          try {
            problem = wrong(target, model, said);
          } catch (error) {
            problem = `${model.name}: ${String(error)}`;
          }
          if (problem !== undefined && !problems.has(problem))
            problems.set(problem, `before operation ${crash.at}, of which there are ${crash.survivors}`);
        }
      });
    }
  } finally {
    ledger.close();
    book.remove();
  }
  return { states, problems };
}
