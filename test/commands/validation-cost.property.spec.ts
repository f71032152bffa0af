// Every command with every field at its maximum length, filled with text that is costly to handle: it is accepted, and
// what its validation does grows with its size only.
import * as fc from 'fast-check';
import { InvalidCommand } from '../../src/eventsourcing/refusal.js';
import type { JsonObject } from '../../src/json/json.js';
import { parseJsonWithInexactNumbers } from '../../src/json/strict-json.js';
import { getSpecimen } from '../support/command-specimens.js';
import { validator } from '../support/command-validator.js';
import { ADVERSARIAL_UNITS, countNormalized, fillFields } from '../support/large-commands.js';

const unit = fc.constantFrom(...ADVERSARIAL_UNITS);

const commands = [...validator.commands.values()].map(({ name, request }) => ({ name, request }));

describe('a command with every field at its maximum length', () => {
  it.each(commands)(
    '$name: is read, and its validation normalizes no more than a bounded part of it',
    ({ name, request }) => {
      fc.assert(
        fc.property(unit, (repeated) => {
          const data = fillFields(request, getSpecimen(name), repeated);
          const body = JSON.stringify(data);
          expect(parseJsonWithInexactNumbers(Buffer.from(body)).inexactNumbers).toEqual([]);
          const stopCounting = countNormalized();
          const result = validator.validate({ command: name, data }, {});
          expect(stopCounting()).toBeLessThan(body.length + 10_000);
          if (result instanceof InvalidCommand)
            throw new Error(JSON.stringify(result.errors).slice(0, 1_000));
          expect(result).toMatchObject({ commands: [{ name }] });
        }),
        { numRuns: ADVERSARIAL_UNITS.length, examples: ADVERSARIAL_UNITS.map((each) => [each]) },
      );
    },
  );

  it.each(commands)(
    '$name: is refused with a bounded list of errors if every text is longer',
    ({ name, request }) => {
      fc.assert(
        fc.property(unit, (repeated) => {
          const data = fillFields(request, getSpecimen(name), repeated);
          const longer = JSON.parse(JSON.stringify(data), (_, value: unknown) =>
            typeof value === 'string' && value.startsWith('x') ? value.repeat(30) : value,
          ) as JsonObject;
          const result = validator.validate({ command: name, data: { ...longer, zzz: 0.5 } }, {});
          expect(result).toBeInstanceOf(InvalidCommand);
          const { errors } = result as InvalidCommand;
          expect(errors.length).toBeLessThanOrEqual(100);
          expect(JSON.stringify(errors).length).toBeLessThan(512 * 1024);
        }),
        { numRuns: 5 },
      );
    },
  );

  it.each(commands)('$name: is refused if any text has one non-starter too many', ({ name, request }) => {
    const safe = fillFields(request, getSpecimen(name), '\u0301'.repeat(30));
    const result = validator.validate({ command: name, data: safe }, {});
    const hasTexts = JSON.stringify(safe).includes('\u0301');
    expect(result instanceof InvalidCommand).toBe(hasTexts);
    if (!hasTexts) return;
    const { errors } = result as InvalidCommand;
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['invalid-text']));
  });
});
