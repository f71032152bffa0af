// From the cells of a row to the data of a command: where each column belongs, by the JSON Schema of the command.
import { isObject } from '../../json/is-object.js';
import { escapePointerToken } from '../../json/json-pointer.js';
import type { Json, JsonObject } from '../../json/json.js';
import { UsageError } from '../_shared/errors.js';

/** How the columns of a table become fields. Fields are paths such as `effective` or `sources.0.source`. */
export type ColumnMapping = {
  /** From a field to its column; other columns belong to the field of their name. */
  readonly columnsByField: ReadonlyMap<string, string>;
  /** From a field to the value that it has in every row. */
  readonly constants: ReadonlyMap<string, string>;
  /** Columns that belong to no field. */
  readonly ignoredColumns: ReadonlySet<string>;
};

type Row = readonly string[];
/** A value, or the members of an object or a list. */
type Template =
  | { readonly read: (row: Row) => Json | undefined }
  | { readonly isList: boolean; readonly members: Map<string, Template> };

export class CsvRowMapper {
  readonly #root: Template = { isList: false, members: new Map() };
  /** By the pointer of a field (RFC 6901): what it is called in the table. */
  readonly #names = new Map<string, string>();

  /** Throws UsageError if a column or an option names no field of the command, or a column is missing. */
  constructor(
    command: string,
    schema: JsonObject,
    header: Row,
    { columnsByField, constants, ignoredColumns }: ColumnMapping,
  ) {
    assertColumns(header, [...columnsByField.values(), ...ignoredColumns]);
    const mapped = new Set(columnsByField.values());
    const add = (field: string, name: string, read: (row: Row) => string | undefined): void => {
      const steps = field.split('.');
      const type = findType(schema, steps);
      if (type === undefined)
        throw new UsageError(
          `${name} is no field of ${command}: name its field with --map <field>=<column>, or leave it out with --ignore <column>.`,
        );
      if (type === 'object' || type === 'array')
        throw new UsageError(
          `${name} has members: name them, such as ${field}.${type === 'array' ? '0' : 'en'}.`,
        );
      const pointer = steps.map((step) => `/${escapePointerToken(step)}`).join('');
      const other = this.#names.get(pointer);
      if (other !== undefined) throw new UsageError(`${name} and ${other} are the same field, "${field}".`);
      this.#names.set(pointer, name);
      insert(this.#root, steps, { read: (row) => parseCell(read(row), type) });
    };
    for (const [field, column] of columnsByField) {
      const index = header.indexOf(column);
      add(field, `column "${column}"`, (row) => row[index]);
    }
    for (const [index, column] of header.entries())
      if (column !== '' && !mapped.has(column) && !ignoredColumns.has(column))
        add(column, `column "${column}"`, (row) => row[index]);
    for (const [field, value] of constants) add(field, `--set ${field}`, () => value);
  }

  /** The data of a row; cells without text are left out. */
  toData(row: Row): JsonObject {
    return (build(this.#root, row) ?? {}) as JsonObject;
  }

  /** What a field is called in the table; undefined if it is in no column. */
  findName(pointer: string): string | undefined {
    return this.#names.get(pointer);
  }
}

function assertColumns(header: Row, named: readonly string[]): void {
  const missing = named.find((column) => !header.includes(column));
  if (missing !== undefined)
    throw new UsageError(
      `There is no column "${missing}"; the columns are ${header.filter(Boolean).join(', ')}.`,
    );
  const repeated = header.find((column, index) => column !== '' && header.indexOf(column) !== index);
  if (repeated !== undefined) throw new UsageError(`There are two columns "${repeated}".`);
}

/** The JSON type of a field; undefined if the command has no such field. */
function findType(schema: JsonObject, [step, ...others]: readonly string[]): string | undefined {
  if (step === undefined) return typeof schema['type'] === 'string' ? schema['type'] : 'string';
  const { properties, items, additionalProperties } = schema;
  const isFree =
    schema['type'] === 'object' && properties === undefined && additionalProperties === undefined;
  if (isFree) return 'string';
  const member =
    schema['type'] === 'array'
      ? /^(?:0|[1-9]\d{0,2})$/.test(step)
        ? items
        : undefined
      : isObject(properties) && Object.hasOwn(properties, step)
        ? properties[step]
        : additionalProperties;
  return isObject(member) ? findType(member, others) : undefined;
}

/** A cell without text is no value. What is not written as the type requires stays text, for the server to refuse. */
function parseCell(text: string | undefined, type: string): Json | undefined {
  if (text === undefined || text === '') return undefined;
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return text;
}

function insert(parent: Template, [step, ...others]: readonly string[], leaf: Template): void {
  if (!('members' in parent) || step === undefined) return;
  if (others.length === 0) {
    parent.members.set(step, leaf);
    return;
  }
  const isList = /^\d+$/.test(others[0] ?? '');
  const member = parent.members.get(step) ?? { isList, members: new Map<string, Template>() };
  parent.members.set(step, member);
  insert(member, others, leaf);
}

/** Undefined if no cell has text. Members of a list that have none are left out. */
function build(template: Template, row: Row): Json | undefined {
  if ('read' in template) return template.read(row);
  const members = [...template.members]
    .toSorted(([a], [b]) => (template.isList ? Number(a) - Number(b) : 0))
    .flatMap(([name, member]) => {
      const value = build(member, row);
      return value === undefined ? [] : [[name, value] as const];
    });
  if (members.length === 0) return undefined;
  return template.isList ? members.map(([, value]) => value) : Object.fromEntries(members);
}
