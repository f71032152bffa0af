// The export of a whole ledger is verified against a checkpoint, and every alteration is detected and located.
import type { Json } from '../../src/json/json.js';
import { canonicalJson } from '../../src/json/canonical-json.js';
import {
  createBook,
  signCheckpoint,
  clerkSigner,
  createConsistencyProof,
  toExport,
  recomputeHashes,
  verifyContent,
  type ExportedEntryLine,
  toNdjson,
  renumberEntries,
  recomputeLeaf,
  createSigner,
} from './support/signed-book.js';

const STREAMS = [
  'meeting-a',
  'person-b',
  'meeting-a',
  'meeting-a',
  'person-b',
  'source-c',
  'meeting-a',
  'meeting-d',
];
const lines = createBook(STREAMS);
const signed = signCheckpoint(lines);

describe('the export of a whole ledger', () => {
  it('matches its checkpoint', async () => {
    const verdict = await verifyContent(toExport(lines), { checkpoint: signed });
    expect(verdict).toEqual({
      ok: true,
      sentences: [
        `All 8 entries match the checkpoint of "example.com/book" with size 8 and root ${signed.split('\n')[2]}.`,
        `Signed by the given key: ${clerkSigner.vkey}.`,
      ],
    });
  });

  it('matches with the key that it names itself, which is reported', async () => {
    const { ok, sentences } = await verifyContent(toExport(lines), { checkpoint: signed, key: undefined });
    expect(ok).toBe(true);
    expect(sentences.at(-1)).toBe(
      `Signed by the key that the file itself names: ${clerkSigner.vkey}; compare it with the one that you trust.`,
    );
  });

  it('matches with the given key while it names another one, which is reported', async () => {
    const copy = createSigner('copy', 'example.com/copy');
    const { ok, sentences } = await verifyContent(toExport(lines, { key: copy.vkey }), {
      checkpoint: signed,
    });
    expect(ok).toBe(true);
    expect(sentences.at(-1)).toBe(
      `Signed by the given key: ${clerkSigner.vkey}; the file itself names another: ${copy.vkey}.`,
    );
  });

  it('requires a given key if it names none', async () => {
    const file = toExport(lines, { key: null });
    expect(await verifyContent(file, { checkpoint: signed, key: undefined })).toMatchObject({
      ok: false,
      sentences: ['The file names no key: name the one that you trust with --key.'],
    });
    expect((await verifyContent(file, { checkpoint: signed })).ok).toBe(true);
  });

  it('of an empty ledger matches its checkpoint', async () => {
    expect((await verifyContent(toExport([]), { checkpoint: signCheckpoint([]) })).ok).toBe(true);
  });

  it('matches with lines longer than a read buffer', async () => {
    const long = recomputeHashes(lines.map((line) => ({ ...line, data: { text: 'für '.repeat(100_000) } })));
    expect((await verifyContent(toExport(long), { checkpoint: signCheckpoint(long) })).ok).toBe(true);
  });
});

describe('an export longer than its checkpoint', () => {
  it('matches as far as the checkpoint covers it, and the rest is reported as not signed', async () => {
    const { ok, sentences } = await verifyContent(toExport(lines), {
      checkpoint: signCheckpoint(lines.slice(0, 5)),
    });
    expect(ok).toBe(true);
    expect(sentences[0]).toMatch(/^The first 5 entries match the checkpoint/);
    expect(sentences[1]).toMatch(/^Entries 6 to 8 are not covered by the checkpoint/);
  });

  it('is refused if a covered entry was altered', async () => {
    const forged = recomputeHashes(lines.with(2, { ...lines[2]!, data: { text: 'altered' } }));
    const verdict = await verifyContent(toExport(forged), { checkpoint: signCheckpoint(lines.slice(0, 5)) });
    expect(verdict.ok).toBe(false);
    expect(verdict.sentences[0]).toMatch(
      /^Entries 1 to 5 are consistent with each other, but not with the checkpoint/,
    );
  });

  it('is refused if an entry that is not covered is inconsistent', async () => {
    const forged = lines.with(6, { ...lines[6]!, data: { text: 'altered' } });
    expect(
      await verifyContent(toExport(forged), { checkpoint: signCheckpoint(lines.slice(0, 5)) }),
    ).toMatchObject({
      ok: false,
      entry: 7,
    });
  });
});

describe('an export shorter than its checkpoint', () => {
  const short = lines.slice(0, 5);

  it('is refused without a consistency proof', async () => {
    expect(await verifyContent(toExport(short), { checkpoint: signed })).toEqual({
      ok: false,
      entry: 6,
      sentences: [
        'The checkpoint covers 8 entries, but the file ends before entry 6; only a consistency proof from 5 to 8 could show that the file is a beginning of them.',
      ],
    });
  });

  it('is proved by a consistency proof to be a prefix', async () => {
    const proof = createConsistencyProof(lines, 5);
    const { ok, sentences } = await verifyContent(toExport(short), {
      checkpoint: signed,
      consistency: proof,
    });
    expect(ok).toBe(true);
    expect(sentences[0]).toContain('Entries 6 to 8 are not in the file.');
  });

  it.each([
    ['of other sizes', createConsistencyProof(lines, 4), 'from 4 to 8; one from 5 to 8 is required'],
    [
      'of another ledger',
      createConsistencyProof(createBook(STREAMS.toReversed()), 5),
      'consistency proof is invalid',
    ],
    ['that is not JSON', 'no proof', 'not a JSON object'],
    ['without its members', '{"from":5,"to":8}', 'does not have the members'],
    ['with something that is not a hash', '{"from":5,"hashes":["AA=="],"to":8}', 'not a hash'],
  ])('is not proved by one %s', async (_, proof, expected) => {
    const verdict = await verifyContent(toExport(short), { checkpoint: signed, consistency: proof });
    expect(verdict.ok).toBe(false);
    expect(verdict.sentences[0]).toContain(expected);
  });
});

type Tampering = [
  what: string,
  tampered: readonly ExportedEntryLine[],
  entry: number | undefined,
  says: string,
];

const editLine = (index: number, change: Partial<ExportedEntryLine>): ExportedEntryLine[] =>
  lines.with(index, { ...lines[index]!, ...change });
const other = { text: 'What nobody said' };
const swapped = editLine(3, { data: lines[6]!.data }).with(6, { ...lines[6]!, data: lines[3]!.data });

const WITHOUT_NEW_HASHES: Tampering[] = [
  ['data are edited', editLine(3, { data: other }), 4, 'its leaf hash is not that of its content'],
  ['metadata are edited', editLine(3, { metadata: { actor: 'another' } }), 4, 'its leaf hash is not'],
  ['the time is edited', editLine(3, { recordedAt: '2023-11-14T22:13:23.001Z' }), 4, 'its leaf hash is not'],
  ['the type is edited', editLine(3, { type: 'StatementWithdrawn' }), 4, 'its leaf hash is not'],
  ['the id is edited', editLine(3, { id: lines[4]!.id }), 4, 'its leaf hash is not'],
  ['it is moved to another stream', editLine(3, { stream: 'meeting-d' }), 4, 'its leaf hash is not'],
  ['its previous leaf is removed', editLine(3, { previous: null }), 4, 'its leaf hash is not'],
  ['its leaf is edited', editLine(3, { leaf: lines[4]!.leaf }), 4, 'its leaf hash is not'],
  ['payloads are swapped', swapped, 4, 'its leaf hash is not'],
  ['an entry is deleted', lines.toSpliced(3, 1), 4, 'entry 5 is in its place'],
  ['the first is deleted', lines.slice(1), 1, 'entry 2 is in its place'],
  [
    'one is deleted and the rest renumbered',
    renumberEntries(lines.toSpliced(3, 1)),
    6,
    'its leaf hash is not',
  ],
  ['an entry is duplicated', lines.toSpliced(4, 0, lines[3]!), 5, 'entry 4 is in its place'],
  [
    'one is inserted',
    renumberEntries(lines.toSpliced(4, 0, { ...lines[3]!, data: other })),
    5,
    'its leaf hash is not',
  ],
  ['two are exchanged', lines.with(3, lines[4]!).with(4, lines[3]!), 4, 'entry 5 is in its place'],
  [
    'two are exchanged with their numbers',
    renumberEntries(lines.with(3, lines[4]!).with(4, lines[3]!)),
    5,
    'earlier than',
  ],
];

const editLineLeaf = (index: number, change: Partial<ExportedEntryLine>): ExportedEntryLine[] => {
  const forged = recomputeHashes(lines.with(index, { ...lines[index]!, ...change }));
  return lines.with(index, forged[index]!);
};

const WITH_NEW_HASHES: Tampering[] = [
  [
    'data are edited, and its own leaf is computed again',
    editLineLeaf(2, { data: other }),
    4,
    'is not the leaf hash of entry 3',
  ],
  ['a stream is truncated', renumberEntries(lines.toSpliced(6, 1)), 8, 'The header announces 8'],
  ['a revision is left out', recomputeHashes(editLine(3, { revision: 3 })), 4, 'is 3, but must be 2'],
  ['a stream begins late', recomputeHashes(editLine(5, { revision: 1 })), 6, 'is 1, but must be 0'],
  [
    'the time decreases',
    recomputeHashes(editLine(3, { recordedAt: '2023-11-14T22:13:20.000Z' })),
    4,
    'earlier than an entry before',
  ],
  ['data are edited', recomputeHashes(editLine(3, { data: other })), undefined, 'hides where'],
  ['metadata are edited', recomputeHashes(editLine(3, { metadata: {} })), undefined, 'hides where'],
  [
    'the time is edited',
    recomputeHashes(editLine(3, { recordedAt: '2023-11-14T22:13:23.001Z' })),
    undefined,
    'hides where',
  ],
  ['payloads are swapped', recomputeHashes(swapped), undefined, 'hides where'],
  ['the last of a stream is edited', editLineLeaf(7, { data: other }), undefined, 'hides where'],
  [
    'one is deleted and another inserted',
    recomputeHashes(renumberEntries([...lines.toSpliced(3, 1), { ...lines[7]!, data: other }])),
    undefined,
    'hides where',
  ],
];

describe.each([
  ['without new hashes', WITHOUT_NEW_HASHES],
  ['with recomputed hashes', WITH_NEW_HASHES],
])('an alteration %s is detected:', (_, tamperings) => {
  it.each(tamperings)('%s', async (_what, tampered, entry, expected) => {
    const verdict = await verifyContent(toExport(tampered, { entries: 8 }), { checkpoint: signed });
    expect(verdict.ok).toBe(false);
    expect(verdict.sentences.join()).toContain(expected);
    expect(verdict.entry).toBe(entry);
  });
});

it('detects by the root that two entries of one instant were swapped', async () => {
  const batch = recomputeHashes(lines.map((line) => ({ ...line, recordedAt: lines[0]!.recordedAt })));
  const exchanged = renumberEntries(batch.with(3, batch[4]!).with(4, batch[3]!));
  expect((await verifyContent(toExport(batch), { checkpoint: signCheckpoint(batch) })).ok).toBe(true);
  const verdict = await verifyContent(toExport(exchanged), { checkpoint: signCheckpoint(batch) });
  expect(verdict).toMatchObject({ ok: false, sentences: [expect.stringContaining('hides where')] });
});

it('detects a previous leaf in the first entry of a stream', async () => {
  const forged = lines.with(1, recomputeLeaf({ ...lines[1]!, previous: lines[0]!.leaf }));
  const verdict = await verifyContent(toExport(forged), { checkpoint: signed });
  expect(verdict).toMatchObject({ ok: false, entry: 2 });
  expect(verdict.sentences[0]).toContain('the first of its stream');
});

it.each([
  ['without the line feed at its end', toExport(lines).slice(0, -1), signed],
  ['with a byte order mark before it', `\ufeff${toExport(lines)}`, signed],
  ['with a checkpoint that has a byte order mark', toExport(lines), `\ufeff${signed}`],
])('verifies an export %s', async (_, file, checkpoint) => {
  expect(await verifyContent(file, { checkpoint })).toMatchObject({ ok: true });
});

it('takes a byte order mark for no part of a line but the first', async () => {
  const [header, ...others] = toExport(lines).split('\n');
  const verdict = await verifyContent([header, `\ufeff${others[0]}`, ...others.slice(1)].join('\n'), {
    checkpoint: signed,
  });
  expect(verdict).toMatchObject({ ok: false, entry: 1 });
});

describe('detects a wrong number of entries:', () => {
  it.each([
    ['entries are missing', toExport(lines.slice(0, 6), { entries: 8 }), 7, 'the file ends before entry 7'],
    ['entries follow', toExport(lines, { entries: 6 }), 7, 'announces 6 entries, but line 8 follows'],
    ['the last line is cut off', toExport(lines).slice(0, -20), 8, 'its line is cut off'],
    ['the last character is cut off', toExport(lines).slice(0, -2), 8, 'its line is cut off'],
    ['an empty line follows', `${toExport(lines)}\n`, 9, 'line 10 follows'],
  ])('%s', async (_, file, entry, expected) => {
    const verdict = await verifyContent(file, { checkpoint: signed });
    expect(verdict).toMatchObject({ ok: false, entry });
    expect(verdict.sentences[0]).toContain(expected);
  });
});

describe('refuses another encoding of the same line:', () => {
  const [header = '', ...rows] = toExport(lines).split('\n');
  const third = rows[2] ?? '';
  const { data, ...rest } = lines[2]!;
  it.each([
    ['a space', third.replace('":', '": ')],
    ['members in another order', JSON.stringify({ ...rest, data })],
    ['a needless escape', third.replace('für', 'f\\u00fcr')],
    ['a number in another form', third.replace('"entry":3', '"entry":3.0')],
    ['a number with an exponent', third.replace('"page":2', '"page":2e0')],
    ['a negative zero', third.replace('"page":2', '"page":-0')],
    ['a duplicate member', third.replace('"entry":3', '"entry":3,"entry":3')],
    ['a lone surrogate', third.replace('für', '\\ud800')],
    ['a carriage return', `${third}\r`],
    ['a byte order mark', `\ufeff${third}`],
    ['no JSON', third.slice(1)],
    ['an array', `[${third}]`],
    ['nothing', ''],
  ])('%s', async (_, line) => {
    expect(line).not.toBe(third);
    const verdict = await verifyContent([header, ...rows.with(2, line)].join('\n'), { checkpoint: signed });
    expect(verdict).toMatchObject({ ok: false, entry: 3 });
    expect(verdict.sentences[0]).toMatch(/^Entry 3 \(line 4\) is invalid: it (?:is not|contains a lone)/);
  });

  it('bytes that are not UTF-8', async () => {
    const file = Buffer.from(toExport(lines));
    file[file.indexOf('für')] = 0xff;
    expect(await verifyContent(file, { checkpoint: signed })).toMatchObject({ ok: false, entry: 1 });
  });

  it('too deep nesting', async () => {
    const deep = third.replace('"page":2', `"page":${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    const verdict = await verifyContent([header, ...rows.with(2, deep)].join('\n'), { checkpoint: signed });
    expect(verdict.sentences[0]).toContain('nested more than');
  });
});

describe('refuses a line with other members:', () => {
  const of = (change: { readonly [key: string]: Json | undefined }): string =>
    toNdjson(...[lines[0]!, { ...lines[1]!, ...change } as Json]);
  it.each([
    ['an additional member', { more: 1 }, 'an unknown member'],
    ['a missing member', { type: undefined }, 'it has no "type"'],
    ['a member that every object inherits', { ['__proto__']: 1 }, 'an unknown member'],
    ['an entry that is not a number', { entry: '2' }, 'its "entry" is invalid'],
    ['an entry that is not an integer', { entry: 2.5 }, 'its "entry" is invalid'],
    ['a negative revision', { revision: -1 }, 'its "revision" is invalid'],
    ['data that are not an object', { data: [] }, 'its "data" is invalid'],
    ['metadata that are null', { metadata: null }, 'its "metadata" is invalid'],
    ['a leaf in upper case', { leaf: lines[1]!.leaf.toUpperCase() }, 'its "leaf" is invalid'],
    ['a previous leaf that is not a hash', { previous: '' }, 'its "previous" is invalid'],
    [
      'a time in another zone',
      { recordedAt: '2023-11-14T23:13:21.000+01:00' },
      'its "recordedAt" is invalid',
    ],
    ['a time that does not exist', { recordedAt: '2023-02-30T22:13:21.000Z' }, 'its "recordedAt" is invalid'],
    ['a stream without a name', { stream: '' }, 'its "stream" is invalid'],
  ])('%s', async (_, change, expected) => {
    const head = canonicalJson({
      entries: 2,
      export: 'minutebook',
      key: null,
      root: signed.split('\n')[2]!,
      v: 1,
    });
    const verdict = await verifyContent(`${head}\n${of(change)}`, { checkpoint: signed });
    expect(verdict).toMatchObject({ ok: false, entry: 2 });
    expect(verdict.sentences[0]).toContain(expected);
  });
});

describe('refuses a header', () => {
  it.each([
    [
      'of another root',
      toExport(lines, { root: signed.split('\n')[2]!.replace(/^./, 'A') }),
      'root in the header',
    ],
    ['without a root', toExport(lines, { root: '' }), 'its "root" is invalid'],
    ['of another version', toExport(lines, { v: 2 }), 'its "v" is invalid'],
    ['of another format', toExport(lines, { export: 'toString' }), 'neither "minutebook" nor'],
    ['with an invalid key', toExport(lines, { key: 'example.com/book' }), 'does not have the form'],
    ['with an additional member', toExport(lines, { more: true }), 'an unknown member'],
    ['that is an entry', toNdjson(...lines), 'neither "minutebook" nor'],
    ['that is missing', '', 'the file is empty'],
    ['that is cut off', toExport(lines).slice(0, 10), 'it is cut off'],
  ])('%s', async (_, file, expected) => {
    const verdict = await verifyContent(file, { checkpoint: signed });
    expect(verdict.ok).toBe(false);
    expect(verdict.sentences[0]).toContain(expected);
  });
});

describe('refuses a checkpoint', () => {
  const fork = recomputeHashes(editLine(3, { data: other }));
  it.each([
    ['signed by another key', signCheckpoint(lines, createSigner('thief')), 'is not signed by the key'],
    [
      'of another ledger',
      signCheckpoint(lines, createSigner('other', 'example.com/other')),
      'is of "example.com/other"',
    ],
    ['of a fork of the same size', signCheckpoint(fork), 'or the checkpoint is of another history'],
    [
      'of a larger size with the old signature',
      signed.replace('\n8\n', '\n9\n'),
      'that this key did not make',
    ],
    ['that is cut off', signed.slice(0, -1), 'does not end with a line feed'],
    ['that is not a checkpoint', 'no checkpoint', 'no empty line'],
    ['that is too long', `${'a'.repeat(2_000_000)}${signed}`, 'has more than'],
  ])('%s', async (_, given, expected) => {
    const verdict = await verifyContent(toExport(lines), { checkpoint: given });
    expect(verdict.ok).toBe(false);
    expect(verdict.entry).toBeUndefined();
    expect(verdict.sentences[0]).toContain(expected);
  });
});
