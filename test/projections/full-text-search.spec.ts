// Full-text search of statements: by whole words in any case, by script, by filters, as of any entry.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanUp, startTestServer, type TestServer } from '../support/test-server.js';
import {
  closeMeeting,
  correctFact,
  councilCommands,
  openMeeting,
  registerPerson,
  retractFact,
  scheduleMeeting,
  recordStatement,
} from './support/council-commands.js';
import { fetchAllPages } from './support/read-all-routes.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- responses are inspected without types */

const texts: { readonly [statement: string]: string } = {
  straße: 'Die Straße nach Süden ist gesperrt.',
  accents: 'Un re\u0301sume\u0301 pour le café.', // decomposed, then composed
  russian: 'Коллективная безопасность — дело каждого.',
  greek: 'Ο δρόμος του Οδυσσέα, Οδυσσεύς.',
  chinese: '集体安全条约组织成员国外交部长会议。',
  japanese: 'サーバーの安全保障とコーヒー。',
  thai: 'ความมั่นคงร่วมกันของภูมิภาค',
  mixed: 'The CSTO集体安全 meets in 2011年.',
  possessive: "The Council's report: multi-functional, well-known.",
  security: 'Security, security and again security.',
  little: 'Of security and cooperation once.',
  cooperation: 'Cooperation without the other word.',
  numbers: 'Paragraph 3.2 of A/RES/59/50.',
  hyphens: 'Regional co\u00adopera\u00adtion, the \u200bSicherheits\u00adrat.',
  turkish: 'İstanbul toplantısı başladı.',
  wide: '会議は２０１１年６月にＯＤＫＢで開かれた。',
  uzbek: 'O\u02bbzbekiston vakili.',
  uzbekPrinted: 'O\u2019zbekiston vakili.',
  ukrainian: "Кам'янець, і Кам\u02bcянець знову.",
  yo: 'Выступил министр Лебёдев.',
  arabic: 'قال مُحَمَّد كلمته في الـــجزائر.',
  hebrew: 'בְּרֵאשִׁ֖ית דִּבֵּר מִשְׁרַד־הַחוּץ.',
  hebrewForms: '\ufb31\ufb2a\ufb4b', // bet with dagesh, shin with its dot, vav with holam: one character each
  syriac: 'ܫܠܵܡܵܐ ܥܲܡܟܘܿܢ.',
  hindi: 'सरकार ने ज़मीन और क़ानून पर बात की।',
  devanagariComposed: 'कॊऩ ऱळ', // letters that are composed with a nukta
  bengali: 'গাড\u09bcি ও ড\u09bcাক।',
  french: 'Le débat de l\u2019assemblée.',
  marks: `Many a${'\u0301'.repeat(15)}${'\u0323'.repeat(15)} marks.`,
  quotes: 'He said "no" AND left (twice) NEAR * here - so^ OR: not.',
};

let book: TestServer;
beforeAll(async () => {
  book = await startTestServer();
  await book.recordCommands(
    ...councilCommands,
    scheduleMeeting('m1', '2011-05-31'),
    openMeeting('m1', '2011-05-31'),
  );
  await book.recordCommands(
    scheduleMeeting('m2', '2012-05-31'),
    openMeeting('m2', '2012-05-30'),
    closeMeeting('m2', '2012-06-01'),
  );
  await book.sendLines(
    Object.entries(texts).map(([id, text], n) => {
      const [command, data] = recordStatement('m1', `t${n}`, text, { note: id });
      return { command, data };
    }),
  );
}, 60_000);
afterAll(cleanUp);

const known = Object.keys(texts);
/** The speakers of the statements that are found, in order. */
const found = async (q: string, more = ''): Promise<string[]> =>
  (await fetchAllPages(book, `/statements?q=${encodeURIComponent(q)}${more}`)).map(({ statement }) => known[Number(statement.slice(1))] ?? statement); // prettier-ignore
const listed = async (query: string): Promise<string[]> =>
  (await fetchAllPages(book, `/statements?${query}`)).map(({ statement }) => statement);

describe('a search for words', () => {
  it.each([
    ['straße', ['straße']],
    ['STRASSE', ['straße']],
    ['süden', ['straße']],
    ['SU\u0308DEN', ['straße']],
    ['suden', []],
    ['résumé', ['accents']],
    ['CAFE\u0301', ['accents']],
    ['БЕЗОПАСНОСТЬ', ['russian']],
    ['безопасност', []],
    ['οδυσσευσ', []],
    ['ΟΔΥΣΣΕΎΣ', ['greek']],
    ['council', ['possessive']],
    ['functional', ['possessive']],
    ['multi-functional', ['possessive']],
    ['multifunctional', []],
    ['59 50', ['numbers']],
    ['csto', ['mixed']],
    ['2011', ['mixed', 'wide']],
    ['201', []],
    ['sicherheitsrat', ['hyphens']],
    ['co\u00adoperation regional', ['hyphens']],
    ['opera', []],
    ['istanbul', ['turkish']],
    ['ISTANBUL TOPLANTISI', ['turkish']],
    ['odkb', ['wide']],
    ['2011 ６', ['wide']],
    ["O'zbekiston", ['uzbek', 'uzbekPrinted']],
    ['O\u2018ZBEKISTON', ['uzbek', 'uzbekPrinted']],
    ["zbekiston'o", []],
    ["Кам'янець", ['ukrainian']],
    ['Камʼянець', ['ukrainian']],
    ['Лебедев', ['yo']],
    ['ЛЕБЁДЕВ', ['yo']],
    ['محمد', ['arabic']],
    ['الجزائر', ['arabic']],
    ['בראשית', ['hebrew']],
    ['בְּרֵאשִׁית', ['hebrew']],
    ['משרד', ['hebrew']],
    ['החוץ', ['hebrew']],
    ['בשו', ['hebrewForms']],
    ['ܫܠܡܐ', ['syriac']],
    ['जमीन', ['hindi']],
    ['\u095bमीन', ['hindi']],
    ['कानून', ['hindi']],
    ['कॊन', ['devanagariComposed']],
    ['\u0930ळ', ['devanagariComposed']],
    ['গাডি', ['bengali']],
    ['গা\u09dcি', ['bengali']],
    ['assemblée', ['french']],
    ["l'assemblée", ['french']],
    [`a${'\u0301'.repeat(15)}${'\u0323'.repeat(15)}`, ['marks']],
  ])('finds the statements with the words %s', async (q, statements) =>
    expect(await found(q)).toEqual(statements),
  );

  it('requires all words, whole, in any order', async () => {
    expect(await found('security cooperation')).toEqual(['little']);
    expect(await found('cooperation  SECURITY')).toEqual(['little']);
    expect(await found('security nowhere')).toEqual([]);
    expect(await found('secur')).toEqual([]);
  });

  it('orders by entry, not by the frequency of the words', async () => {
    expect(await found('security')).toEqual(['security', 'little']);
    expect(await found('of')).toEqual(['little', 'numbers']);
  });

  it('treats the operators of the search engine as plain text', async () => {
    for (const q of [
      '"no"',
      'AND left',
      'twice NEAR',
      '(twice',
      'here*',
      'so^',
      'OR',
      'not -so',
      'text:so',
      "'",
    ])
      expect([q, (await book.get(`/statements?q=${encodeURIComponent(q)}`)).status]).toEqual([q, 200]);
    expect(await found('"left he"')).toEqual(['quotes']);
    expect(await found('he*')).toEqual(['quotes']);
    expect(await found('her*')).toEqual([]);
    expect(await found('and OR')).toEqual(['quotes']);
    expect(await found('—!?')).toEqual([]);
  });
});

describe('a search in scripts without spaces', () => {
  it('finds any substring', async () => {
    expect(await found('安全')).toEqual(['chinese', 'japanese', 'mixed']);
    expect(await found('集体安全')).toEqual(['chinese', 'mixed']);
    expect(await found('体安')).toEqual(['chinese', 'mixed']);
    expect(await found('安体')).toEqual([]);
    expect(await found('长会')).toEqual(['chinese']);
    expect(await found('มั่นคง')).toEqual(['thai']);
    expect(await found('ของภูมิ')).toEqual(['thai']);
    expect(await found('มั่นของ')).toEqual([]);
    expect(await found('csto 安全')).toEqual(['mixed']);
    expect(await found('CSTO集体')).toEqual(['mixed']);
  });

  it('keeps the long vowel mark with the character it lengthens', async () => {
    expect(await found('サーバー')).toEqual(['japanese']);
    expect(await found('コーヒー')).toEqual(['japanese']);
    expect(await found('ーバ')).toEqual(['japanese']);
    expect(await found('バーサー')).toEqual([]);
    expect(await found('コーバー')).toEqual([]);
    expect(await found('ハ\u3099ー')).toEqual(['japanese']); // a mark apart from its letter
  });
});

describe('a search as of an entry', () => {
  it('finds exactly the statements and corrections recorded up to the entry', async () => {
    const fact = (json: any) => json.events[0].id as string;
    const first = (
      await book.sendCommand(...recordStatement('m1', 'x', 'A giraffe spoke.', { topics: ['zoo'] }))
    ).json;
    const second = (await book.sendCommand(...correctFact(fact(first), recordStatement('m1', 'x', 'A zebra spoke.', { topics: ['africa'] })))).json; // prettier-ignore
    const third = (
      await book.sendCommand(
        ...correctFact(fact(first), recordStatement('m1', 'x', 'A zebra and a gnu spoke.')),
      )
    ).json;
    const fourth = (await book.sendCommand(...retractFact(fact(third)))).json;
    const fifth = (await book.sendCommand(...retractFact(fact(first)))).json;
    const at = async (k: number) =>
      Promise.all([...['giraffe', 'zebra', 'gnu', 'spoke'].map((q) => found(q, `&asOf=${k}`)), listed(`topic=zoo&asOf=${k}`), listed(`topic=africa&asOf=${k}`)].map(async (each) => (await each).length)); // prettier-ignore
    const expected: [number, number[]][] = [
      [first.entry - 1, [0, 0, 0, 0, 0, 0]],
      [first.entry, [1, 0, 0, 1, 1, 0]],
      [second.entry, [0, 1, 0, 1, 0, 1]],
      [third.entry, [0, 1, 1, 1, 0, 0]],
      [fourth.entry, [0, 1, 0, 1, 0, 1]],
      [fifth.entry, [0, 0, 0, 0, 0, 0]],
    ];
    for (const [k, counts] of expected) expect([k, await at(k)]).toEqual([k, counts]);
  });

  it('returns pages that stay the same while the ledger grows', async () => {
    const page = (await book.get('/statements?q=the&limit=1')).json;
    const all = await found('the', `&asOf=${page.entry}`);
    await book.recordCommands(recordStatement('m1', 'late', 'The last word.'));
    const rest: string[] = [];
    for (let next = page.next as string | null; next !== null;) {
      const { json } = await book.get(next);
      expect(json.entry).toBe(page.entry);
      rest.push(...json.items.map(({ statement }: any) => known[Number(statement.slice(1))]));
      next = json.next;
    }
    expect([known[Number(page.items[0].statement.slice(1))], ...rest]).toEqual(all);
    expect(await found('the')).toEqual([...all, 'late']);
  });
});

describe('filters of statements', () => {
  beforeAll(async () => {
    await book.recordCommands(
      registerPerson('carla', 'Carla Cruz'),
      recordStatement('m2', 'f1', 'On fish.', {
        speaker: 'anna',
        onBehalfOf: 'arendal',
        topics: ['Fish', 'Sea'],
      }),
      recordStatement('m2', 'f2', 'On fish and ships.', {
        speaker: 'anna',
        onBehalfOf: 'borduria',
        topics: ['fish'],
      }),
      recordStatement('m1', 'f3', 'On fish.', { speaker: 'boris', onBehalfOf: 'arendal', topics: ['Fish'] }),
      recordStatement('m2', 'f4', 'On fish.', { topics: ['Fish'], nameAsPrinted: 'Some delegations' }),
      recordStatement('m2', 'f5', 'Again.', { topics: ['Fish'], nameAsPrinted: 'Some delegations' }),
      recordStatement('m2', 'f6', 'Again.', { topics: ['Fish'], nameAsPrinted: 'carla', speaker: 'carla' }),
    );
  });

  it('are combined with AND', async () => {
    expect(await listed('q=fish')).toEqual(['f1', 'f2', 'f3', 'f4']);
    expect(await listed('q=fish&speaker=anna')).toEqual(['f1', 'f2']);
    expect(await listed('q=fish&onBehalfOf=arendal')).toEqual(['f1', 'f3']);
    expect(await listed('q=fish&onBehalfOf=arendal&meeting=m2')).toEqual(['f1']);
    expect(await listed('topic=Fish&speaker=anna')).toEqual(['f1']);
    expect(await listed('q=ships&topic=Fish')).toEqual([]);
    expect(await listed('meeting=m2&from=2012-06-01')).toEqual(['f1', 'f2', 'f4', 'f5', 'f6']); // the day it was closed
    expect(await listed('q=fish&from=2012-06-02')).toEqual([]);
    expect(await listed('q=fish&to=2012-05-29')).toEqual(['f3']);
    expect(await listed('q=fish&from=2011-05-31&to=2012-05-30&speaker=boris')).toEqual(['f3']);
    expect(await listed('speaker=nobody')).toEqual([]);
  });

  it('match a topic exactly as written', async () => {
    expect(await listed('topic=fish')).toEqual(['f2']);
    expect(await listed('topic=Fish')).toEqual(['f1', 'f3', 'f4', 'f5', 'f6']);
    expect(await listed('topic=Fis')).toEqual([]);
  });

  it('agree with /topics, which counts the statements of each topic and speaker', async () => {
    const counted = new Map<string, Map<string, number>>();
    for (const { topics, speaker, nameAsPrinted } of await fetchAllPages(book, '/statements'))
      for (const topic of topics) {
        const speakers = counted.get(topic) ?? new Map<string, number>();
        const who = speaker ?? `"${nameAsPrinted}"`;
        counted.set(topic, speakers.set(who, (speakers.get(who) ?? 0) + 1));
      }
    const shownCounts = new Map(
      (await fetchAllPages(book, '/topics', 2)).map(({ topic, statements, speakers }) => {
        const bySpeaker = speakers.map(
          (one: any) => [one.speaker ?? `"${one.name}"`, one.statements] as const,
        );
        expect(bySpeaker.reduce((sum: number, [, n]: [unknown, number]) => sum + n, 0)).toBe(statements);
        return [topic, new Map(bySpeaker)];
      }),
    );
    expect(shownCounts).toEqual(counted);
    expect([...shownCounts.keys()]).toEqual([...counted.keys()].sort());
    expect(shownCounts.get('Fish')).toEqual(new Map([['anna', 1], ['boris', 1], ['"Some delegations"', 2], ['carla', 1]])); // prettier-ignore
  });

  it('are refused when they are invalid', async () => {
    for (const query of ['q=', 'from=2011', 'speakers=anna', 'limit=0', 'cursor=x', 'q=a&q=b'])
      expect([query, (await book.get(`/statements?${query}`)).status]).toEqual([query, 422]);
  });
});
