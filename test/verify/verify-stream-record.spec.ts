// The record of one stream is proved complete by the receipt of its last entry.
import type { Json } from '../../src/json/json.js';
import {
  createBook,
  signCheckpoint,
  clerkSigner,
  createConsistencyProof,
  recomputeHashes,
  verifyContent,
  type ExportedEntryLine,
  toNdjson,
  renumberEntries,
  createReceipt,
  toStreamRecord,
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
const own = lines.filter(({ stream }) => stream === 'meeting-a');
const record = toStreamRecord(lines, 'meeting-a');
const root = signCheckpoint(lines).split('\n')[2] ?? '';

describe('the record of a stream', () => {
  it('is complete up to its last entry', async () => {
    expect(await verifyContent(record)).toEqual({
      ok: true,
      sentences: [
        `The record of the stream "meeting-a" is complete up to its last entry (revision 3, entry 7): each entry contains the leaf hash of the one before it, and the receipt proves the last under the checkpoint of "example.com/book" with size 8 and root ${root}.`,
        'The order of the earlier entries is proved, but not their entry numbers.',
        `Signed by the given key: ${clerkSigner.vkey}.`,
      ],
    });
  });

  it('proves only the number of the last entry, since a leaf contains none', async () => {
    const renumbered = own.with(1, { ...own[1]!, entry: 2 });
    const { ok, sentences } = await verifyContent(toStreamRecord(lines, 'meeting-a', { own: renumbered }));
    expect(ok).toBe(true);
    expect(sentences[1]).toContain('but not their entry numbers');
  });

  it.each(['person-b', 'source-c', 'meeting-d'])('is complete for %s, too', async (stream) => {
    expect(await verifyContent(toStreamRecord(lines, stream))).toMatchObject({ ok: true });
  });

  it('requires a given key if it names none', async () => {
    const verdict = await verifyContent(record.replace(JSON.stringify(clerkSigner.vkey), 'null'), {
      key: undefined,
    });
    expect(verdict.sentences).toEqual(['The file names no key: name the one that you trust with --key.']);
  });

  it('may end before the stream does', async () => {
    const { ok, sentences } = await verifyContent(
      toStreamRecord(lines, 'meeting-a', { own: own.slice(0, 2) }),
    );
    expect(ok).toBe(true);
    expect(sentences[0]).toContain('(revision 1, entry 3)');
  });
});

describe('the record of a stream with a further checkpoint', () => {
  it('of the same size must have the same root', async () => {
    const { ok, sentences } = await verifyContent(record, { checkpoint: signCheckpoint(lines) });
    expect(ok).toBe(true);
    expect(sentences).toContain('The given checkpoint is of the same tree as that in the receipt.');
    const fork = recomputeHashes(lines.with(1, { ...lines[1]!, data: {} }));
    const verdict = await verifyContent(record, { checkpoint: signCheckpoint(fork) });
    expect(verdict.ok).toBe(false);
    expect(verdict.sentences[0]).toMatch(/^Two histories: at size 8 /);
  });

  const longer = createBook([...STREAMS, 'meeting-e', 'meeting-a']);
  it('of another size requires a consistency proof', async () => {
    const verdict = await verifyContent(record, { checkpoint: signCheckpoint(longer) });
    expect(verdict.ok).toBe(false);
    expect(verdict.sentences[0]).toContain('only a consistency proof from 8 to 10 could show');
  });

  it('that is later is related by a consistency proof', async () => {
    const { ok, sentences } = await verifyContent(record, {
      checkpoint: signCheckpoint(longer),
      consistency: createConsistencyProof(longer, 8),
    });
    expect(ok).toBe(true);
    expect(sentences.join()).toContain('is of the same history');
  });

  it('that is earlier is related by a consistency proof', async () => {
    const { ok } = await verifyContent(record, {
      checkpoint: signCheckpoint(lines.slice(0, 5)),
      consistency: createConsistencyProof(lines, 5),
    });
    expect(ok).toBe(true);
  });

  it('of a fork is refused with any proof', async () => {
    const fork = recomputeHashes(longer.with(1, { ...longer[1]!, data: {} }));
    const verdict = await verifyContent(record, {
      checkpoint: signCheckpoint(fork),
      consistency: createConsistencyProof(fork, 8),
    });
    expect(verdict.ok).toBe(false);
    expect(verdict.sentences[0]).toContain('consistency proof is invalid');
  });

  it('that is signed by another key is refused', async () => {
    const verdict = await verifyContent(record, { checkpoint: signCheckpoint(lines, createSigner('thief')) });
    expect(verdict.sentences[0]).toContain('The checkpoint is not signed by the key');
  });
});

type Tampering = [what: string, file: string, entry: number | undefined, says: string];

const editLine = (index: number, change: Partial<ExportedEntryLine>): ExportedEntryLine[] =>
  own.with(index, { ...own[index]!, ...change });
const proved = createReceipt(lines, 7);
const buildRecord = (those: readonly ExportedEntryLine[], by = proved): string =>
  toStreamRecord(lines, 'meeting-a', { own: [...those], proved: by });
const relinkLines = (those: readonly ExportedEntryLine[]): ExportedEntryLine[] => recomputeHashes(those);
const fork = recomputeHashes(lines.with(2, { ...lines[2]!, data: { text: 'altered' } }));
const forkedOwn = fork.filter(({ stream }) => stream === 'meeting-a');

const TAMPERINGS: Tampering[] = [
  ['data are edited', buildRecord(editLine(1, { data: {} })), 3, 'its leaf hash is not'],
  ['metadata are edited', buildRecord(editLine(1, { metadata: {} })), 3, 'its leaf hash is not'],
  [
    'the time is edited',
    buildRecord(editLine(1, { recordedAt: '2023-11-14T22:13:22.001Z' })),
    3,
    'its leaf hash is not',
  ],
  ['the last is edited', buildRecord(editLine(3, { data: {} })), 7, 'its leaf hash is not'],
  ['one is deleted', buildRecord(own.toSpliced(1, 1)), 4, 'is 2, but must be 1'],
  ['the first is deleted', buildRecord(own.slice(1)), 3, 'is 1, but must be 0'],
  ['an entry is duplicated', buildRecord(own.toSpliced(1, 0, own[0]!)), 1, 'it follows entry 1'],
  ['two are exchanged', buildRecord(own.with(1, own[2]!).with(2, own[1]!)), 4, 'is 2, but must be 1'],
  [
    'an entry of another stream is inserted',
    buildRecord(own.toSpliced(1, 0, lines[1]!)),
    2,
    'of the stream "person-b"',
  ],
  ['the end is cut off', buildRecord(own.slice(0, -1)), 4, 'The receipt is for entry 7'],
  [
    'all hashes are computed again',
    buildRecord(relinkLines(editLine(1, { data: {} }))),
    7,
    'does not prove entry 7',
  ],
  [
    'it is computed again without one entry',
    buildRecord(relinkLines(createShorterLines())),
    7,
    'does not prove entry 7',
  ],
  [
    'the receipt is of another entry',
    buildRecord(own, createReceipt(lines, 6)),
    7,
    'The receipt is for entry 6',
  ],
  ['the receipt is of a fork', buildRecord(own, createReceipt(fork, 7)), 7, 'does not prove entry 7'],
  ['the record is of a fork', buildRecord(forkedOwn, proved), 7, 'does not prove entry 7'],
  [
    'another key has signed the fork',
    buildRecord(forkedOwn, createReceipt(fork, 7, createSigner('thief'))),
    undefined,
    'is not signed by',
  ],
  [
    'the receipt is missing',
    record.split('\n').slice(0, -2).join('\n') + '\n',
    undefined,
    'without a receipt',
  ],
  [
    'the receipt is duplicated',
    record + record.split('\n').at(-2)! + '\n',
    undefined,
    'which must be the last',
  ],
  [
    'the receipt is not a text',
    toNdjson(...createLines(), { receipt: 7 }),
    undefined,
    'with that one string',
  ],
  [
    'the receipt has another member beside it',
    toNdjson(...createLines(), { receipt: proved, v: 1 }),
    undefined,
    'with that one string',
  ],
  ['the header states more entries', record.replace('"entries":4', '"entries":5'), 7, 'announces 5 entries'],
  [
    'the header names another stream',
    record.replace('"stream":"meeting-a"', '"stream":"meeting-d"'),
    1,
    'it is of',
  ],
  ['the last line is cut off', record.slice(0, -2), 8, 'its line is cut off'],
  ['it has no entry', buildRecord([]), undefined, 'has no entry'],
];

function createLines(): Json[] {
  return [
    { entries: 4, export: 'minutebook-stream', key: clerkSigner.vkey, stream: 'meeting-a', v: 1 },
    ...own,
  ];
}
function createShorterLines(): ExportedEntryLine[] {
  const kept = own.toSpliced(1, 1);
  return renumberEntries(kept).map((line, index) => ({ ...line, entry: kept[index]!.entry }));
}

describe('an alteration is detected:', () => {
  it.each(TAMPERINGS)('%s', async (_, file, entry, expected) => {
    const verdict = await verifyContent(file);
    expect(verdict.ok).toBe(false);
    expect(verdict.sentences[0]).toContain(expected);
    expect(verdict.entry).toBe(entry);
  });
});
