import { DayText, InstantText } from '../components/date.js';
import { EntryLink, LabeledField } from '../components/fact-marks.js';
import { encodeId, RecordLink } from '../components/record-link.js';
import { Section } from '../components/section.js';
import { definePage } from '../page.js';
import { useSite } from '../site.js';
import { toLabel } from '../text.js';
import { AmendmentList } from './amendment-list.js';
import { FactData } from './fact-data.js';
import {
  type FactWithAmendments,
  findAmendmentTarget,
  readFactWithAmendments,
  type RecordedFact,
} from './fact-history.js';

type EntryFacts = FactWithAmendments & {
  /** The entry that an amendment is about. */
  readonly amended: number | undefined;
  readonly until: number;
};

const Receipt = ({ fact }: { readonly fact: RecordedFact }) => (
  <a href={useSite().toPublicPath(`/proofs/inclusion/${fact.id}.tlog-proof`)}>Receipt (C2SP tlog-proof)</a>
);

const RecordedHow = ({ fact, amended }: Pick<EntryFacts, 'fact' | 'amended'>) => (
  <dl class="fields">
    <LabeledField name="Entry">{fact.entry}</LabeledField>
    <LabeledField name="Stream">
      <RecordLink to={`/streams/${encodeId(fact.stream)}`}>{fact.stream}</RecordLink>, revision{' '}
      {fact.revision}
    </LabeledField>
    <LabeledField name="Recorded">
      <InstantText instant={fact.recordedAt} />
    </LabeledField>
    <LabeledField name="By">{fact.metadata.actor}</LabeledField>
    <LabeledField name="Command">
      <a href={useSite().toPublicPath(`/docs/${fact.metadata.command}`)}>{fact.metadata.command}</a>
    </LabeledField>
    <LabeledField name="About">{amended !== undefined && <EntryLink entry={amended} />}</LabeledField>
    <LabeledField name="Id">
      <code>{fact.id}</code>
    </LabeledField>
    <LabeledField name="As JSON">
      <a href={useSite().toPublicPath(`/entries/${fact.entry}.json`)}>Entry {fact.entry}</a>
    </LabeledField>
    <LabeledField name="Proof">
      <Receipt fact={fact} />
    </LabeledField>
  </dl>
);

const Neighbors = ({ entry, until }: { readonly entry: number; readonly until: number }) => (
  <nav aria-label="Entries">
    <ul class="steps">
      {entry > 1 && (
        <li>
          <RecordLink to={`/entries/${entry - 1}`}>Previous entry</RecordLink>
        </li>
      )}
      {entry < until && (
        <li>
          <RecordLink to={`/entries/${entry + 1}`}>Next entry</RecordLink>
        </li>
      )}
    </ul>
  </nav>
);

export const entryPage = definePage({
  path: '/entries/:entry',
  route: { list: false, names: true },
  formats: [],
  asks: {},
  readFacts: (ledger, { path }, until): EntryFacts | undefined => {
    const found = readFactWithAmendments(ledger, Number(path['entry']), until);
    return found && { ...found, amended: findAmendmentTarget(ledger, found.fact), until };
  },
  listStops: ({ fact, amendments }) => [fact.entry, ...amendments.map(({ entry }) => entry)],
  view: (_answers, _query, { fact, amendments, amended, until }) => ({
    title: `Entry ${fact.entry}: ${toLabel(fact.type)}`,
    children: (
      <>
        <h1>{toLabel(fact.type)}</h1>
        <p class="note">
          Entry {fact.entry}, <DayText day={fact.recordedAt.slice(0, 10)} />
        </p>
        <Section id="fact" title="The fact as it was recorded">
          <FactData data={fact.data} />
        </Section>
        {amendments.length > 0 && (
          <Section id="amendments" title="What became of it">
            <AmendmentList fact={fact} amendments={amendments} />
          </Section>
        )}
        <Section id="recorded" title="How it was recorded">
          <RecordedHow fact={fact} amended={amended} />
        </Section>
        <Neighbors entry={fact.entry} until={until} />
      </>
    ),
  }),
});
