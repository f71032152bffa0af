import { hash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { Json, JsonObject } from '../../src/json/json.js';
import { canonicalJson } from '../../src/json/canonical-json.js';
import type { Entry } from '../../src/ledger/entry.js';
import {
  isExportHeaderLine,
  parseExportLine,
  formatExportLine,
  parseExportHeader,
  InvalidExportError,
  type NumberedLine,
} from '../../src/ledger/export-line.js';
import { generateExportLines, generateStreamLines, parseExportPages } from '../../src/ledger/export.js';
import { LedgerWriter } from '../../src/ledger/sqlite/ledger-writer.js';
import { SqliteLedger } from '../../src/ledger/sqlite/sqlite-ledger.js';
import { createAppend } from './support/create-append.js';
import { createTemporaryDirectory } from './support/temporary-directory.js';
import { assertLedgerIntegrity } from './support/ledger-integrity.js';

const HEADER = '{"entries":3,"export":"minutebook","key":null,"root":null,"v":1}';

const entry: Entry = {
  entry: 7,
  id: randomUUID(),
  stream: 'membership-csto:person:x.y-z',
  revision: 2,
  type: 'MemberJoined',
  recordedAt: '2011-05-31T12:00:00.000Z',
  data: canonicalJson({ note: 'Türkiye "\n\u2028', n: -5, list: [1, { deep: null }] }),
  metadata: canonicalJson({ actor: 'clerk', command: 'admit-member' }),
  previous: hash('sha256', 'previous', 'buffer'),
  leaf: hash('sha256', 'leaf', 'buffer'),
};
const line = formatExportLine(entry).trimEnd();
const parseLine = (text: string): Entry => parseExportLine({ number: 8, text });
const parsedLine = JSON.parse(line) as { readonly [member: string]: Json };
/** The line with one member replaced, in canonical form. */
const withChanges = (changes: { readonly [member: string]: Json | undefined }): string =>
  canonicalJson({ ...parsedLine, ...changes } as JsonObject);

describe('a line of an export', () => {
  it('is canonical JSON', () => {
    expect(line).toBe(canonicalJson(parsedLine));
    expect(Object.keys(parsedLine)).toHaveLength(10);
  });

  it('is parsed back to the entry', () => {
    expect(parseLine(line)).toEqual(entry);
    const first = { ...entry, previous: null };
    expect(parseLine(formatExportLine(first).trimEnd())).toEqual(first);
  });

  it('is parsed back to any recorded JSON', () => {
    const content = fc
      .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ noUnicodeString: false }))
      .filter((each) => !Object.hasOwn(each, '__proto__'))
      .map((each) => JSON.parse(JSON.stringify(each)) as JsonObject)
      .filter(
        (each) => JSON.stringify(each).isWellFormed() && !/\\ud[89a-f]|__proto__/i.test(JSON.stringify(each)),
      );
    fc.assert(
      fc.property(content, content, (data, metadata) => {
        const each = { ...entry, data: canonicalJson(data), metadata: canonicalJson(metadata) };
        expect(parseLine(formatExportLine(each).trimEnd())).toEqual(each);
      }),
    );
  });

  it('is never parsed as another entry if one character is replaced', () => {
    const position = fc.nat(line.length - 1);
    const character = fc.constantFrom(...'0a"\\ {}[],:eE+-.é\u2028');
    fc.assert(
      fc.property(position, character, (at, other) => {
        const text = line.slice(0, at) + other + line.slice(at + 1);
        let found: Entry;
        try {
          found = parseLine(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidExportError);
          return;
        }
        // Each entry has exactly one form that is accepted.
        expect(formatExportLine(found)).toBe(`${text}\n`);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[what: string, text: string]>([
    ['no JSON', '{'],
    ['nothing', ''],
    ['a list', '[]'],
    ['a space', ` ${line}`],
    ['a trailing space', `${line} `],
    ['a carriage return', `${line}\r`],
    ['members in another order', JSON.stringify({ type: entry.type, ...parsedLine })],
    ['a needless escape', line.replace('MemberJoined', 'Member\\u004aoined')],
    ['a duplicate member', line.replace('{"data"', '{"data":{},"data"')],
    ['a number in another form', line.replace('"n":-5', '"n":-5.0')],
    ['an additional member', withChanges({ extra: 1 })],
    ['"__proto__"', line.replace('"n":-5', '"__proto__":-5')],
    ['a lone surrogate', line.replace('clerk', '\\ud800')],
    ['no data', withChanges({ data: undefined })],
    ['a text as data', withChanges({ data: 'x' })],
    ['a list as metadata', withChanges({ metadata: [] })],
    [
      'data that are nested too deep',
      withChanges({ data: { x: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as Json } }),
    ],
    [
      'data that are nested extremely deep',
      line.replace('"n":-5', `"n":${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    ],
    ['no entry', withChanges({ entry: undefined })],
    ['half an entry', withChanges({ entry: 1.5 })],
    ['an entry below 0', withChanges({ entry: -1 })],
    ['a text as revision', withChanges({ revision: '2' })],
    ['an id in upper case', withChanges({ id: 'ABCDEF00-0000-4000-8000-000000000000' })],
    ['an id with a quote', withChanges({ id: `${entry.id}","x":"` })],
    ['a stream with a quote', withChanges({ stream: 'a-1","x":"' })],
    ['a stream without a category', withChanges({ stream: 'csto' })],
    ['a type in lower case', withChanges({ type: 'joined' })],
    ['a time without milliseconds', withChanges({ recordedAt: '2011-05-31T12:00:00Z' })],
    ['a time that does not exist', withChanges({ recordedAt: '2011-02-30T12:00:00.000Z' })],
    ['a time with an invalid hour', withChanges({ recordedAt: '2011-05-31T25:00:00.000Z' })],
    ['a short leaf', withChanges({ leaf: 'ab' })],
    ['a leaf in upper case', withChanges({ leaf: entry.leaf.toString('hex').toUpperCase() })],
    ['no previous', withChanges({ previous: undefined })],
    ['a number as previous', withChanges({ previous: 5 })],
  ])('is refused with %s', (_, text) => {
    expect(() => parseLine(text)).toThrow(InvalidExportError);
    expect(() => parseLine(text)).toThrow(/^The line (?:is|has) .*\.$/);
  });
});

describe('the first line', () => {
  const header = (text: string) => parseExportHeader({ number: 1, text });

  it('states the number of entries, the key and the root', () => {
    expect(header(HEADER)).toEqual({ entries: 3, key: null, root: null });
    const full = '{"entries":0,"export":"minutebook","key":"a+b+c","root":"r","v":1}';
    expect(header(full)).toEqual({ entries: 0, key: 'a+b+c', root: 'r' });
  });

  it('distinguishes an export from commands', () => {
    expect(isExportHeaderLine(HEADER)).toBe(true);
    expect(isExportHeaderLine('{"export":"something"}')).toBe(true);
    for (const text of ['', '{', '[]', 'null', '"export"', '{"command":"export","data":{"export":1}}'])
      expect(isExportHeaderLine(text)).toBe(false);
  });

  it.each<[what: string, text: string, says: string]>([
    ['another version', HEADER.replace('"v":1', '"v":2'), 'version 2'],
    ['no version', HEADER.replace(',"v":1', ''), 'version'],
    ['another export', HEADER.replace('minutebook', 'diary'), 'is not the header'],
    ['one stream', HEADER.replace('"minutebook"', '"minutebook-stream"'), 'one stream'],
    ['no number', HEADER.replace('3', '"3"'), 'must have'],
    ['no root', HEADER.replace(',"root":null', ''), 'must have'],
    ['an additional member', HEADER.replace('{', '{"a":1,'), 'is not canonical JSON'],
    ['a space', HEADER.replace(':', ': '), 'is not canonical JSON'],
  ])('is refused with %s', (_, text, expected) => {
    expect(() => header(text)).toThrow(InvalidExportError);
    expect(() => header(text)).toThrow(expected);
  });
});

describe('an export', () => {
  const file = join(createTemporaryDirectory(), 'ledger.db');
  let ledger: SqliteLedger;
  beforeAll(() => {
    const writer = new LedgerWriter(file);
    for (let n = 0; n < 25; n++)
      writer.commit([createAppend(`a-${n % 7}`, Math.floor(n / 7) - 1, ['x'.repeat(n)]), createAppend(`b-${n}`, -1, Array<string>(9).fill('y'))]); // prettier-ignore
    writer.close();
    ledger = new SqliteLedger(file);
  });
  afterAll(() => ledger.close());

  async function* numbered(texts: readonly string[], from = 2): AsyncGenerator<NumberedLine> {
    for (const [index, text] of texts.entries()) yield await Promise.resolve({ number: from + index, text });
  }
  const linesOf = (entries: number): string[] =>
    [...generateExportLines(ledger, { entries, key: null, root: null })].join('').trimEnd().split('\n');
  const entriesOf = async (entries: number, lines: AsyncIterable<NumberedLine>): Promise<Entry[]> => {
    const found: Entry[] = [];
    for await (const page of parseExportPages({ entries, key: null, root: null }, lines)) found.push(...page);
    return found;
  };

  it.each([0, 1, 99, 100, 101, 200, 250])(
    'is parsed back to the same entries, up to entry %i',
    async (entries) => {
      const [first, ...others] = linesOf(entries);
      expect(first).toBe(`{"entries":${entries},"export":"minutebook","key":null,"root":null,"v":1}`);
      expect(await entriesOf(entries, numbered(others))).toEqual(
        assertLedgerIntegrity(ledger).slice(0, entries),
      );
    },
  );

  it('reports a missing, additional or blank line', async () => {
    const [, ...lines] = linesOf(250);
    const failed = (entries: number, given: AsyncIterable<NumberedLine>) =>
      expect(entriesOf(entries, given)).rejects;
    await failed(251, numbered(lines)).toMatchObject({
      line: 252,
      message: expect.stringContaining('missing'),
    });
    await failed(249, numbered(lines)).toMatchObject({
      line: 251,
      message: expect.stringContaining('249 entries'),
    });
    await failed(250, numbered(lines, 3)).toMatchObject({
      line: 2,
      message: expect.stringContaining('blank'),
    });
  });

  it('contains one stream with its receipt', () => {
    const stream = 'b-3';
    const header = { entries: 9, key: 'k', stream };
    const lines = [...generateStreamLines(ledger, header, 'a\nb\n')].join('').split('\n');
    expect(lines[0]).toBe('{"entries":9,"export":"minutebook-stream","key":"k","stream":"b-3","v":1}');
    expect(lines.slice(1, 10).map((text) => parseExportLine({ number: 1, text }))).toEqual(
      ledger.readStream(stream),
    );
    expect(lines.slice(10)).toEqual(['{"receipt":"a\\nb\\n"}', '']);
  });
});
