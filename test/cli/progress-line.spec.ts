import { ProgressLine } from '../../src/cli/_shared/progress-line.js';

const written: string[] = [];
const terminal = (more: object) => ({
  isTTY: true,
  columns: 40,
  ...more,
  write: (text: string) => written.push(text),
});
beforeEach(() => written.splice(0));

describe('on a terminal', () => {
  it('is overwritten, and cleared at the end', () => {
    const line = new ProgressLine(terminal({}));
    line.show('Building', { done: 1_500, of: 3_000 });
    line.clear();
    line.show('Building', { done: 2_000, of: 3_000 });
    line.clear();
    line.clear();
    expect(written).toEqual([
      '\r\x1b[KBuilding: 1,500 of 3,000 (50 %)',
      '\r\x1b[K',
      '\r\x1b[KBuilding: 2,000 of 3,000 (66 %)',
      '\r\x1b[K',
    ]);
  });

  it('changes at most every 100 ms', () => {
    const line = new ProgressLine(terminal({}));
    for (let done = 0; done < 1_000; done++) line.show('Building', { done, of: 1_000 });
    expect(written.length).toBeLessThan(100);
  });

  it('is never wider than the terminal', () => {
    new ProgressLine(terminal({ columns: 20 })).show('Building the read models', { done: 1, of: 2 });
    expect(written).toEqual(['\r\x1b[KBuilding the read m']);
  });

  it('shows only the count if the total is not known', () => {
    new ProgressLine(terminal({})).show('Reading', { done: 7, of: 0 });
    expect(written).toEqual(['\r\x1b[KReading: 7']);
  });
});

it('writes nothing to a pipe', () => {
  const line = new ProgressLine(terminal({ isTTY: false }));
  line.show('Building', { done: 1, of: 2 });
  line.clear();
  expect(written).toEqual([]);
});
