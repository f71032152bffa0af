// A read model whose rows change must raise its version: otherwise files built earlier would still be served, and
// answers at pinned addresses would change.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModels } from '../../projections/index.js';
import { projectRoot } from '../support/project-root.js';
import { digestRows, lines } from './support/specimen-ledger.js';

const file = 'test/specimens/rows.json';
/** SHA-256 of the rows that the first entries of the specimen ledger lead to, by read model and version. */
const pinned = JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as {
  readonly entries: number;
  readonly rows: { readonly [model: string]: string };
};
const specimenLines = lines.slice(0, pinned.entries);
const digests = Object.fromEntries(
  readModels.map((model) => [`${model.name} ${model.version}`, digestRows(model, specimenLines)]),
);

// If it fails: raise the version in projections/, and record the digest as missing-specimens.spec.ts says.
it('the rows of a version never change', () => {
  const standing = Object.keys(pinned.rows).filter((model) => model in digests);
  for (const model of standing) expect([model, digests[model]]).toEqual([model, pinned.rows[model]]);
});

it('every read model has a digest at its current version, and no others exist', () => {
  expect({ file, models: Object.keys(pinned.rows) }).toEqual({ file, models: Object.keys(digests) });
});

it('the digests cover the whole specimen ledger', () => {
  expect({ file, entries: pinned.entries }).toEqual({ file, entries: lines.length });
});

it('the digest of a read model depends on its handlers', () => {
  for (const model of readModels) {
    const handlers = model.handlers.map((part) => ({ ...part, when: {} }));
    expect(digestRows({ ...model, handlers }, specimenLines)).not.toBe(
      digests[`${model.name} ${model.version}`],
    );
  }
});
