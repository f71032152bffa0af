// The types of command fields with local times: as in field-decorators.ts.
import { createCheckDecorator, createFieldDecorator, type FieldOptions } from './request-fields.js';

const TIME_OF_DAY = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const UTC_OFFSET = /^[+-](?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const ZONE_NAME = /^[A-Z][A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*$/;

const createPatternDecorator =
  (name: string, pattern: RegExp, maxLength: number, explained: string) =>
  (options: FieldOptions = {}, test: (value: string) => boolean = () => true) =>
    createFieldDecorator(
      options,
      { schema: { type: 'string', maxLength, pattern: pattern.source } },
      createCheckDecorator({
        name,
        code: 'invalid-value',
        test: (value) =>
          typeof value === 'string' && value.length <= maxLength && pattern.test(value) && test(value),
        explain: () => explained,
      }),
    );

/** A local time of day. */
export const TimeOfDay = createPatternDecorator(
  'isTimeOfDay',
  TIME_OF_DAY,
  5,
  'must be a time of day, HH:MM',
);
/** The offset of a local time from UTC. */
export const UtcOffset = createPatternDecorator(
  'isUtcOffset',
  UTC_OFFSET,
  6,
  'must be an offset such as "+02:00"',
);

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
const createZoneDecorator = createPatternDecorator(
  'isTimeZone',
  ZONE_NAME,
  100,
  'must be the name of an IANA time zone such as "Europe/Minsk", or "UTC"',
);
/** An IANA time zone, known to this node when the command is sent. */
export const TimeZone = (options: FieldOptions = {}) => createZoneDecorator(options, isTimeZone);
