// A read model whose rows change must say so by its version, or files that were folded before would be served on,
// and answers that were pinned would not be the same any more.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModels } from '../../projections/index.js';
import type { AnyReadModel } from '../../src/read-models/declaration/read-model.js';
import { projectRoot } from '../support/project-root.js';
import { projectSpecimens, lines } from './support/specimen-ledger.js';

const file = 'test/specimens/rows.json';
/** SHA-256 of the rows that the first entries of the specimen book lead to, by read model and version. */
const pinned = JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as {
  readonly entries: number;
  readonly rows: { readonly [model: string]: string };
};
const digestOf = (model: AnyReadModel): string =>
  hash('sha256', JSON.stringify(projectSpecimens(model, pinned.entries).rows));
const digests = Object.fromEntries(
  readModels.map((model) => [`${model.name} ${model.version}`, digestOf(model)]),
);

// If it fails for a version that stands in the file: raise the version in projections/, then put both there.
it('the rows of a version are what they were', () => {
  const standing = Object.keys(pinned.rows).filter((model) => model in digests);
  for (const model of standing) expect([model, digests[model]]).toEqual([model, pinned.rows[model]]);
});

it('every read model is pinned at its version, and no other', () => {
  expect({ file, models: Object.keys(pinned.rows) }).toEqual({ file, models: Object.keys(digests) });
});

// After specimens were added: put their number there, and the digests that the first test then finds.
it('the whole specimen book counts', () => {
  expect({ file, entries: pinned.entries }).toEqual({ file, entries: lines.length });
});

it('a handler that says something else makes a difference', () => {
  for (const model of readModels) {
    const handlers = model.handlers.map(({ whenever }) => ({ when: {}, whenever }));
    expect(digestOf({ ...model, handlers })).not.toBe(digests[`${model.name} ${model.version}`]);
  }
});
