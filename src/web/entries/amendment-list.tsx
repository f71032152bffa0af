import { isObject } from '../../json/is-object.js';
import type { JsonObject } from '../../json/json.js';
import { InstantText } from '../components/date.js';
import { EntryLink } from '../components/fact-marks.js';
import { WordDiff } from '../components/word-diff.js';
import { toLabel } from '../text.js';
import type { RecordedFact } from './fact-history.js';

const VERBS: { readonly [type: string]: string } = {
  FactCorrected: 'Corrected',
  FactRetracted: 'Retracted',
  FactDisputed: 'Disputed',
};

const toText = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** The fields that a correction changed, each word by word. */
const ChangedFields = ({ from, to }: { readonly from: JsonObject; readonly to: JsonObject }) => (
  <dl class="fields">
    {[...new Set([...Object.keys(from), ...Object.keys(to)])]
      .filter((name) => toText(from[name]) !== toText(to[name]))
      .map((name) => (
        <div key={name}>
          <dt>{toLabel(name)}</dt>
          <dd>
            <WordDiff from={toText(from[name])} to={toText(to[name])} />
          </dd>
        </div>
      ))}
  </dl>
);

/** Why a fact was amended: the reason, or of a dispute the claim. */
export const getReason = ({ reason, claim }: JsonObject): string => toText(reason ?? claim);

/** The data before each amendment: as recorded, then as the corrections before it say. */
const listDataBefore = (fact: RecordedFact, amendments: readonly RecordedFact[]): readonly JsonObject[] => {
  const before: JsonObject[] = [];
  let current = fact.data;
  for (const { data } of amendments) {
    before.push(current);
    if (isObject(data['with'])) current = data['with'];
  }
  return before;
};

/** What became of a fact, in order: who did what, why, and what changed. */
export const AmendmentList = ({
  fact,
  amendments,
}: {
  readonly fact: RecordedFact;
  readonly amendments: readonly RecordedFact[];
}) => {
  const before = listDataBefore(fact, amendments);
  return (
    <ol>
      {amendments.map(({ entry, type, data, recordedAt, metadata }, index) => (
        <li key={entry}>
          <strong>{VERBS[type] ?? toLabel(type)}</strong> at <EntryLink entry={entry} /> by {metadata.actor},{' '}
          <InstantText instant={recordedAt} />: {getReason(data)}
          {isObject(data['with']) && <ChangedFields from={before[index] ?? {}} to={data['with']} />}
        </li>
      ))}
    </ol>
  );
};
