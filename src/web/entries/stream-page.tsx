import { InstantText } from '../components/date.js';
import { EntryLink } from '../components/fact-marks.js';
import { definePage } from '../page.js';
import { formatCount, toLabel } from '../text.js';
import { FactData } from './fact-data.js';
import { type RecordedFact, toRecordedFact } from './fact-history.js';

/** How many facts the page shows: the stream itself has pages in JSON. */
const FACTS_MAX = 200;

const StreamFact = ({ fact }: { readonly fact: RecordedFact }) => (
  <li>
    <details>
      <summary>
        {toLabel(fact.type)}, by {fact.metadata.actor}, <InstantText instant={fact.recordedAt} />
      </summary>
      <FactData data={fact.data} />
    </details>
    <EntryLink entry={fact.entry} />
  </li>
);

export const streamPage = definePage({
  path: '/streams/:stream',
  route: { list: false, names: true },
  asks: {},
  readFacts: (ledger, { path }, until): readonly RecordedFact[] | undefined => {
    const entries = ledger.readStream(path['stream'] ?? '', 0, FACTS_MAX);
    const facts = entries.filter(({ entry }) => entry <= until).map(toRecordedFact);
    return facts.length === 0 ? undefined : facts;
  },
  listStops: (facts) => facts.map(({ entry }) => entry),
  view: (_answers, { path }, facts) => ({
    title: `Stream ${path['stream'] ?? ''}`,
    children: (
      <>
        <h1>Stream {path['stream']}</h1>
        <p class="note">
          {facts.length === FACTS_MAX ? `The first ${FACTS_MAX} facts` : formatCount(facts.length, 'fact')} in
          the order in which they were recorded
        </p>
        <ol class="trail">
          {facts.map((fact) => (
            <StreamFact key={fact.entry} fact={fact} />
          ))}
        </ol>
      </>
    ),
  }),
});
