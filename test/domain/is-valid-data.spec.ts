import { validateSync } from 'class-validator';
import { findRuleErrors, getFields, isValidData, instantiate } from '../../src/domain/request-fields.js';
import { aggregates } from '../../src/domain/aggregates.js';
import type { Json, JsonObject } from '../../src/json/json.js';
import type { RequestClass } from '../../src/eventsourcing/aggregate.js';

const requests = aggregates.flatMap(({ commands }) => Object.values(commands).map(({ request }) => request));

const plain: readonly Json[] = [
  ...['un-ga', 'person:jane-doe', 'organization-a@0', 'No id', '', ' ', 'text', 'en', 'e', 'AM', 'XX'],
  ...['2011-05-31', '2011-02-30', '2011-05-31T10:00:00+03:00', 'https://example.org/a', 'ftp://example.org'],
  ...[
    'a'.repeat(64),
    'A'.repeat(64),
    null,
    true,
    0,
    1,
    -1,
    1.5,
    [],
    {},
    [[]],
    [{}],
    [null],
    ['a'],
    ['a', 'a'],
  ],
  ...['10:00', '24:00', 'Europe/Minsk', 'Nowhere/Land', '+02:00'],
  ...[{ en: 'a' }, { en: '' }, { '': 'a' }, { wikidata: 'Q1' }, { en: 1 }, ['a', ''], ['un-ga']],
];

const isAcceptedByClassValidator = (request: RequestClass, data: JsonObject): boolean =>
  validateSync(instantiate(request, data), { forbidUnknownValues: true }).length === 0 &&
  findRuleErrors(request, data).length === 0;

/** Valid and invalid values for a field. */
function listValues({ schema, nested }: ReturnType<typeof getFields>[number]): readonly Json[] {
  const choices = ((schema['enum'] ?? []) as readonly Json[]).slice();
  if (!nested) return [...plain, ...choices];
  const inside = listVariants(nested.type);
  const many = Array.from({ length: 1_001 }, () => inside[0] as Json);
  return [...plain, ...inside, ...(nested.list ? [...inside.map((one) => [one]), inside, many] : [])];
}

/** Data with a valid value in every field, and the same data with any value in any one field. */
function listVariants(request: RequestClass): readonly JsonObject[] {
  const fields = getFields(request);
  const validValues = fields.map((field) => {
    const isValid = (value: Json): boolean =>
      !validateSync(instantiate(request, { [field.name]: value })).some(
        ({ property }) => property === field.name,
      ) &&
      !findRuleErrors(request, { [field.name]: value }).some(({ pointer }) =>
        pointer.startsWith(`/${field.name}/`),
      );
    return [field.name, listValues(field).find(isValid)] as const;
  });
  expect(validValues.filter(([, value]) => value === undefined)).toEqual([]);
  const base = Object.fromEntries(validValues) as JsonObject;
  return [
    base,
    ...fields.flatMap(({ name }) => {
      const { [name]: _, ...without } = base;
      return [without];
    }),
    ...fields.flatMap((field) => listValues(field).map((value) => ({ ...base, [field.name]: value }))),
  ];
}

test.each(requests.map((request) => [request.name, request] as const))(
  'isValidData agrees with class-validator on %s',
  (_, request) => {
    const variants = listVariants(request);
    expect(variants.some((data) => isAcceptedByClassValidator(request, data))).toBe(true);
    const differing = variants.filter(
      (data) => isValidData(request, data) !== isAcceptedByClassValidator(request, data),
    );
    expect(differing).toEqual([]);
  },
);
