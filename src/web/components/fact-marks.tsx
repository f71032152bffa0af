import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Citation } from '../../eventsourcing/amendments.js';
import { useRecordLookup } from '../record-lookup.js';
import { useSite } from '../site.js';
import { RecordLink, encodeId } from './record-link.js';

/** The members of an item that say which facts it rests on, and what became of them. */
type FactMembers = {
  readonly entry?: number;
  readonly entries?: readonly number[];
  readonly corrected?: boolean | undefined;
  readonly correction?:
    | {
        readonly entry: number;
        readonly reason: string;
        readonly requestedBy?: string | undefined;
        readonly checkedAgainst?: string | undefined;
      }
    | undefined;
  readonly disputed?: boolean | undefined;
  readonly disputes?:
    | readonly {
        readonly entry: number;
        readonly claim: string;
        readonly sources: readonly { readonly source: string; readonly locator?: string | undefined }[];
      }[]
    | undefined;
};

export const EntryLink = ({ entry }: { readonly entry: number }) => (
  <a class="entry" href={useSite().toPublicPath(`/entries/${entry}`)}>
    #{entry}
  </a>
);

/** The entries that an item rests on. */
const Entries = ({ fact: { entry, entries = [] } }: { readonly fact: FactMembers }) => (
  <span class="entries">
    {[...new Set([...(entry === undefined ? [] : [entry]), ...entries])].map((number) => (
      <EntryLink key={number} entry={number} />
    ))}
  </span>
);

/** The source that nearly all facts of a page rest on: the page names it once. */
const CommonSourceContext = createContext<string | undefined>(undefined);
export const CommonSource = CommonSourceContext.Provider;

/** The one way in which a page shows a source. */
export const SourceLink = ({ source, locator }: Citation) => {
  const title = useRecordLookup()?.getSourceTitle(source) ?? source;
  return (
    <>
      <RecordLink to={`/sources/${encodeId(source)}`}>{title}</RecordLink>
      {locator !== undefined && `, ${locator}`}
    </>
  );
};

/** The entries that an item rests on, and the sources that they name. */
export const Provenance = ({ fact }: { readonly fact: FactMembers }) => {
  const lookup = useRecordLookup();
  const common = useContext(CommonSourceContext);
  const { entry, entries = [], correction } = fact;
  const numbers = correction ? [correction.entry] : [...(entry === undefined ? [] : [entry]), ...entries];
  const citations = numbers.flatMap((each) => lookup?.getCitations(each) ?? []);
  const shown = new Map(
    citations
      .filter(({ source, locator }) => source !== common || locator !== undefined)
      .map((citation) => [`${citation.source} ${citation.locator ?? ''}`, citation]),
  );
  return (
    <span class="provenance">
      <Entries fact={fact} />
      {[...shown].map(([key, { source, locator }]) => (
        <span key={key}>
          {' '}
          {source === common ? (
            locator
          ) : (
            <SourceLink source={source} {...(locator !== undefined && { locator })} />
          )}
        </span>
      ))}
    </span>
  );
};

/** What was corrected and what is disputed, in sentences. Nothing of an item that is neither. */
export const Amendments = ({ fact: { correction, disputes = [] } }: { readonly fact: FactMembers }) => (
  <>
    {correction && (
      <p class="amendment">
        <strong>Corrected</strong> at <EntryLink entry={correction.entry} />: {correction.reason}
        {correction.requestedBy !== undefined && ` · requested by ${correction.requestedBy}`}
        {correction.checkedAgainst !== undefined && ` · checked against ${correction.checkedAgainst}`}
      </p>
    )}
    {disputes.map(({ entry, claim, sources }) => (
      <p class="amendment" key={entry}>
        <strong>Disputed</strong> at <EntryLink entry={entry} />: {claim}
        {sources.map(({ source, locator }) => (
          <span key={source}>
            {' '}
            (<SourceLink source={source} {...(locator !== undefined && { locator })} />)
          </span>
        ))}
      </p>
    ))}
  </>
);

/** A term and what it means; nothing if there is nothing. */
export const LabeledField = ({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}) =>
  children === null || children === undefined || children === false || children === '' ? null : (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
