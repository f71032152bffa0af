// Opens read models after a crash as the server does at its start, and finds what is wrong with them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { openLiveGeneration } from '../../../src/read-models/projecting/open-live-generation.js';
import type { AnyReadModel } from '../../../src/read-models/declaration/read-model.js';
import { createSeededRandom } from '../../durability/support/seeded-random.js';
import { TestLedger } from '../../read-models/support/test-ledger.js';
import { projectInProcess, readRowVersions } from '../../read-models/support/project-in-process.js';
import { readModels } from '../../read-models/support/shelves.js';
import { generateCrashes } from './disk-model.js';
import { createShelfEvent } from './shelf-events.js';
import type { OutputLine } from './projection-process.js';
import { withDiskContents, createMemoryDirectory } from './memory-directory.js';
import type { PowerLossResult } from './ledger-power-loss.js';
import { type Operation, recordProcess } from './strace-recorder.js';

const PROJECTION_PROCESS = fileURLToPath(new URL('./projection-process.js', import.meta.url));
const ENTRIES = 24;

export function recordProjectionProcess(script = PROJECTION_PROCESS): readonly Operation[] {
  const folder = createMemoryDirectory();
  const { operations, stderr } = recordProcess(folder, script, [folder]);
  if (stderr !== '') throw new Error(stderr);
  return operations;
}

/** Opens the read models on every disk that a power loss can leave, or until a problem matches `stopAt`. */
export function testReadModelPowerLosses(
  operations: readonly Operation[],
  samples: number,
  stopAt?: RegExp,
): PowerLossResult {
  const book = TestLedger.create(ENTRIES, createShelfEvent);
  const ledger = book.open();
  const expected = new Map<string, string>();
  /** The rows of an undisturbed projection. */
  const rowsAt = (model: AnyReadModel, entry: number): string => {
    const key = `${model.name} ${entry}`;
    let rows = expected.get(key);
    if (rows === undefined) {
      rows = JSON.stringify(readRowVersions(projectInProcess(book, { model, upTo: entry }).file, model));
      expected.set(key, rows);
    }
    return rows;
  };
  const findProblem = (
    directory: string,
    model: AnyReadModel,
    outputLines: readonly OutputLine[],
  ): string | undefined => {
    const warnings: string[] = [];
    const file = openLiveGeneration(directory, model, ledger, (sentence) => warnings.push(sentence));
    const least = Math.max(
      -1,
      ...outputLines.flatMap(({ rebuilt, entry }) => (rebuilt === model.name ? entry : [])),
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
    if (JSON.stringify(readRowVersions(generation.file, model)) === rowsAt(model, entry)) return undefined;
    return `${model.name} has other rows than a projection up to its position.`;
  };

  const target = join(createMemoryDirectory(), 'disk');
  const problems = new Map<string, string>();
  let states = 0;
  try {
    for (const crash of generateCrashes(operations, { randomBelow: createSeededRandom(1), samples })) {
      if (stopAt && [...problems.keys()].some((problem) => stopAt.test(problem))) break;
      states++;
      const outputLines = crash.outputLines.map((line) => JSON.parse(line) as OutputLine);
      withDiskContents(target, crash.readContents(), () => {
        mkdirSync(target, { recursive: true });
        for (const model of readModels) {
          let problem: string | undefined;
          try {
            problem = findProblem(target, model, outputLines);
          } catch (error) {
            problem = `${model.name}: ${String(error)}`;
          }
          if (problem !== undefined && !problems.has(problem))
            problems.set(
              problem,
              `before operation ${crash.operationCount}, of which there are ${crash.survivors}`,
            );
        }
      });
    }
  } finally {
    ledger.close();
    book.remove();
  }
  return { states, problems };
}
