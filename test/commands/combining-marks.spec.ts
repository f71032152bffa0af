import { hasBoundedCombiningMarks } from '../../src/commands/combining-marks.js';

const ACUTE = '\u0301';
const BELOW = '\u0323';

describe('the Stream-Safe Text Format', () => {
  it.each<[string, string, boolean]>([
    ['no marks', 'Astana', true],
    ['Vietnamese', 'Việt Nam'.normalize('NFD'), true],
    ['pointed Hebrew', 'בְּרֵאשִׁ֖ית', true],
    ['30 marks', `a${ACUTE.repeat(30)}b`, true],
    ['31 marks', `a${ACUTE.repeat(31)}b`, false],
    ['31 marks without a base', ACUTE.repeat(31), false],
    ['31 marks of two classes', `a${(ACUTE + BELOW).repeat(15)}${ACUTE}`, false],
    ['runs of 30 marks', `a${ACUTE.repeat(30)}`.repeat(3), true],
    ['29 marks after a letter with one', `é${ACUTE.repeat(29)}`, true],
    ['30 marks after a letter with one', `é${ACUTE.repeat(30)}`, false],
    ['28 marks after a letter with two', `ệ${ACUTE.repeat(28)}`, true],
    ['29 marks after a letter with two', `ệ${ACUTE.repeat(29)}`, false],
    ['15 marks that are two each', `a${'\u0344'.repeat(15)}`, true],
    ['16 marks that are two each', `a${'\u0344'.repeat(16)}`, false],
    ['31 halfwidth voiced sound marks', `\uFF76${'\uFF9E'.repeat(31)}`, false],
    ['40 marks of class 0', '\u0903'.repeat(40), true],
    ['variation selectors between marks', `a${`${ACUTE.repeat(30)}\uFE0F`.repeat(3)}`, true],
  ])('%s', (_, text, isSafe) => expect(hasBoundedCombiningMarks(text)).toBe(isSafe));

  it('refuses a quarter of a million marks', () =>
    expect(hasBoundedCombiningMarks(`a${ACUTE.repeat(125_000)}${BELOW.repeat(125_000)}`)).toBe(false));
});
