// Dates in words: what readers see instead of EDTF, in each language.
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidDate, parseEdtf } from '../../src/dates/edtf.js';
import { formatDate, formatInstant } from '../../src/web/dates/words.js';
import { projectRoot } from '../support/project-root.js';

const LANGUAGES = ['en', 'ru', 'fr'] as const;

/** Every date that stands as a text in the tests of dates and in the example book. */
function listSpecimens(): readonly string[] {
  const tests = join(projectRoot, 'test/dates');
  const files = readdirSync(tests).filter((name) => name.endsWith('.ts'));
  const texts = [
    ...files.map((name) => readFileSync(join(tests, name), 'utf8')),
    readFileSync(join(projectRoot, 'test/specimens/book.ndjson'), 'utf8'),
  ];
  const quoted = texts.flatMap((text) =>
    [...text.matchAll(/(['"`])([^'"`\s]{4,40})\1/g)].map(([, , found = '']) => found),
  );
  return [...new Set(quoted)].filter((text) => !(parseEdtf(text) instanceof InvalidDate));
}

describe('a date in words', () => {
  it.each([
    ['2011-05-31', '31 May 2011', '31 мая 2011 г.', '31 mai 2011'],
    ['2010-12', 'December 2010', 'декабрь 2010 г.', 'décembre 2010'],
    ['1992', '1992', '1992', '1992'],
    ['0044-03-15', '15 March 44', '15 марта 44 г.', '15 mars 44'],
    ['2011-41', 'second half of 2011', 'второе полугодие 2011 года', 'second semestre de 2011'],
    ['2011-33', 'first quarter of 2011', 'первый квартал 2011 года', 'premier trimestre de 2011'],
    ['2011-39', 'last third of 2011', 'последняя треть 2011 года', 'dernier quadrimestre de 2011'],
    ['2011-22', 'summer 2011', 'лето 2011 года', 'été 2011'],
    ['2011-24', 'winter 2011/2012', 'зима 2011/2012 года', 'hiver 2011/2012'],
    [
      '2011-29',
      'spring 2011 (southern hemisphere)',
      'весна 2011 года (Южное полушарие)',
      'printemps 2011 (hémisphère sud)',
    ],
    ['1992~', 'about 1992', '1992 (приблизительно)', 'vers 1992'],
    ['1992?', '1992 (uncertain)', '1992 (предположительно)', '1992 (incertain)'],
    ['1992%', 'about 1992 (uncertain)', '1992 (приблизительно, предположительно)', 'vers 1992 (incertain)'],
    [
      '[..2011-05-31]',
      'on or before 31 May 2011',
      'не позднее: 31 мая 2011 г.',
      'au plus tard le 31 mai 2011',
    ],
    ['[2011..]', 'in or after 2011', 'не ранее: 2011', 'au plus tôt en 2011'],
    [
      '[1993-09-09,1993-12-09]',
      '9 September or 9 December 1993',
      '9 сентября или 9 декабря 1993 г.',
      '9 septembre ou 9 décembre 1993',
    ],
    ['2011-05-30/2011-05-31', '30 – 31 May 2011', '30–31 мая 2011 г.', '30–31 mai 2011'],
    ['1992/..', 'from 1992, still going on', 'начало: 1992, продолжается', 'depuis 1992, toujours en cours'],
    ['1992/', 'from 1992, end not known', 'начало: 1992, конец неизвестен', 'début : 1992, fin inconnue'],
    ['1992/1994', '1992 – 1994', '1992 – 1994', '1992 – 1994'],
  ])('of %s is what people write', (edtf, ...expected) => {
    expect(
      LANGUAGES.map((language) => formatDate(edtf, language).replaceAll(/[\u00a0\u202f\u2009]/g, ' ')),
    ).toEqual(expected);
  });

  it('of no specimen contains the recorded text, except that of a year', () => {
    const specimens = listSpecimens();
    expect(specimens.length).toBeGreaterThan(60);
    for (const edtf of specimens)
      for (const language of LANGUAGES) {
        const words = formatDate(edtf, language);
        expect([edtf, words.length > 0]).toEqual([edtf, true]);
        if (!/^\d{4}$/.test(edtf)) expect([edtf, words, words.includes(edtf)]).toEqual([edtf, words, false]);
      }
  });

  it('of an instant has its time in UTC', () => {
    expect(formatInstant('2011-05-31T10:32:00.000Z', 'en')).toBe('31 May 2011 at 10:32 UTC');
    expect(formatDate('2011-05-31T10:32:00+03:00', 'en')).toBe('31 May 2011 at 07:32 UTC');
  });
});
