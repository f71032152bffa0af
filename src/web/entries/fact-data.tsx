// The data of a fact, as it was recorded, for people: names of fields as words, dates in words with their bounds.
import { parseEdtf, InvalidDate } from '../../dates/edtf.js';
import { isObject } from '../../json/is-object.js';
import type { Json, JsonObject } from '../../json/json.js';
import { DateWithEdtf } from '../components/date.js';
import { SourceLink } from '../components/fact-marks.js';
import { toLabel } from '../text.js';

/** Fields whose values are dates. */
const DATE_FIELDS: ReadonlySet<string> = new Set([
  ...['effective', 'scheduledFor', 'founded', 'published', 'on', 'opened', 'closed', 'signed', 'inForce'],
]);

const isCitation = (value: Json): value is { readonly source: string; readonly locator?: string } =>
  isObject(value) && typeof value['source'] === 'string';

const FactValue = ({ name, value }: { readonly name: string; readonly value: Json }) => {
  if (typeof value === 'string' && DATE_FIELDS.has(name)) {
    const bounds = parseEdtf(value);
    if (!(bounds instanceof InvalidDate)) return <DateWithEdtf date={{ ...bounds, edtf: value }} />;
  }
  if (typeof value === 'string') return <span dir="auto">{value}</span>;
  if (isCitation(value)) return <SourceLink {...value} />;
  if (Array.isArray(value))
    return (
      <ul>
        {(value as readonly Json[]).map((item, index) => (
          <li key={index}>
            <FactValue name="" value={item} />
          </li>
        ))}
      </ul>
    );
  return isObject(value) ? <FactData data={value} /> : <>{JSON.stringify(value)}</>;
};

/** All fields, those of nested objects too. */
export const FactData = ({ data }: { readonly data: JsonObject }) => (
  <dl class="fields">
    {Object.entries(data).map(([name, value]) => (
      <div key={name}>
        <dt>{toLabel(name)}</dt>
        <dd>
          <FactValue name={name} value={value ?? null} />
        </dd>
      </div>
    ))}
  </dl>
);
