// Fields of requests and of answers, from their JSON Schema.
import type { DescribedSchema } from '../../api/shared/api-description.js';

export type Field = {
  /** As in `items[].since.edtf`. */
  readonly path: string;
  readonly kind: string;
  readonly isRequired: boolean;
  readonly about: string;
};
export type ResolveSchema = (schema: DescribedSchema) => DescribedSchema;

/** Schemas refer to each other; what lies deeper is described where it is answered by itself. */
const DEPTH_MAX = 3;

/** Without the alternative null, and without a reference. */
function unwrap(schema: DescribedSchema, resolve: ResolveSchema): DescribedSchema {
  const resolved = resolve(schema);
  const [only, ...others] = (resolved.anyOf ?? []).filter(({ type }) => type !== 'null');
  return only && others.length === 0
    ? {
        ...(resolved.description !== undefined && { description: resolved.description }),
        ...unwrap(only, resolve),
      }
    : resolved;
}

function describeKind(schema: DescribedSchema, resolve: ResolveSchema): string {
  if (schema.enum) return schema.enum.join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === 'array')
    return schema.items ? `list of ${describeKind(unwrap(schema.items, resolve), resolve)}` : 'list';
  if (schema.type === undefined) return 'any';
  return [schema.type].flat().join(' or ');
}

/** The fields of an object and of the objects in it; none if the schema is of no object. */
export function listFields(
  schema: DescribedSchema,
  resolve: ResolveSchema,
  prefix = '',
  depth = 1,
): readonly Field[] {
  const { properties = {}, required = [], items, type } = unwrap(schema, resolve);
  if (type === 'array' && items) return listFields(items, resolve, `${prefix}[]`, depth);
  return Object.entries(properties).flatMap(([name, member]) => {
    const field = unwrap(member, resolve);
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const own: Field = {
      path,
      kind: describeKind(field, resolve),
      isRequired: required.includes(name),
      about: member.description ?? field.description ?? '',
    };
    return depth === DEPTH_MAX ? [own] : [own, ...listFields(field, resolve, path, depth + 1)];
  });
}

/** `idPrefix` begins the anchors of the fields, which are unique on a page. */
export const FieldList = ({
  fields,
  idPrefix,
  marksOptional = true,
}: {
  readonly fields: readonly Field[];
  readonly idPrefix: string;
  readonly marksOptional?: boolean;
}) => (
  <dl>
    {fields.map(({ path, kind, isRequired, about }) => [
      <dt key={path} id={`${idPrefix}-${path.replaceAll(/[^\w]+/g, '-')}`}>
        <code>{path}</code>
        {marksOptional && !isRequired && ' (optional)'}
      </dt>,
      <dd key={`${path} about`}>{about === '' ? kind : `${kind}. ${about}`}</dd>,
    ])}
  </dl>
);
