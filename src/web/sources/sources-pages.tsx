import type { VNode } from 'preact';
import sources from '../../../projections/sources/sources.js';
import { DateText } from '../components/date.js';
import { EntryLink, LabeledField } from '../components/fact-marks.js';
import { Empty, NextPage } from '../components/list-page.js';
import { encodeId, RecordLink } from '../components/record-link.js';
import { Section } from '../components/section.js';
import { type AnswerOf, askSubject, definePage, findRoute, type ItemOf } from '../page.js';
import { formatCount, toLabel } from '../text.js';

type Source = ItemOf<typeof sources, 'list'>;
type CitingFact = AnswerOf<typeof sources, 'source'>['facts'][number];

const SourceItem = ({ source }: { readonly source: Source }) => (
  <li>
    <RecordLink to={`/sources/${encodeId(source.id)}`}>{source.title}</RecordLink>
    {source.publisher !== null && `, ${source.publisher}`}
    {source.published && (
      <>
        , <DateText date={source.published} />
      </>
    )}
  </li>
);

export const sourcesPage = definePage({
  path: '/sources',
  route: findRoute(sources, '/sources'),
  section: '/sources',
  formats: ['json', 'csv'],
  asks: { sources: askSubject(sources, 'list') },
  view: ({ sources: list }) => ({
    title: 'Sources',
    children: (
      <>
        <h1>Sources</h1>
        {list.items.length === 0 && <Empty what="The book has no source." />}
        <ul>
          {list.items.map((source) => (
            <SourceItem key={source.id} source={source} />
          ))}
        </ul>
        <NextPage list={list} />
      </>
    ),
  }),
});

const FactList = ({ facts }: { readonly facts: readonly CitingFact[] }) => (
  <ul>
    {facts.map(({ entry, n, type, stream, locator }) => (
      <li key={`${entry} ${n}`}>
        {toLabel(type)}, <RecordLink to={`/streams/${encodeId(stream)}`}>{stream}</RecordLink>
        {locator !== null && `, ${locator}`} <EntryLink entry={entry} />
      </li>
    ))}
  </ul>
);

/** An address of the web as a link; anything else as the text that it is. */
const WebAddress = ({ url }: { readonly url: string }): VNode =>
  /^https?:\/\//.test(url) ? (
    <a href={url} rel="noreferrer nofollow">
      {url}
    </a>
  ) : (
    <>{url}</>
  );

export const sourcePage = definePage({
  path: '/sources/:source',
  route: findRoute(sources, '/sources/:source'),
  section: '/sources',
  asks: { source: askSubject(sources, 'source') },
  listStreams: ({ source }) => [`source-${source.id}`],
  view: ({ source }) => ({
    title: source.title,
    children: (
      <>
        <h1>{source.title}</h1>
        <dl class="fields">
          <LabeledField name="Publisher">{source.publisher}</LabeledField>
          <LabeledField name="Published">
            {source.published && <DateText date={source.published} />}
          </LabeledField>
          <LabeledField name="Language">{source.language}</LabeledField>
          <LabeledField name="Address">{source.url !== null && <WebAddress url={source.url} />}</LabeledField>
          <LabeledField name="SHA-256">{source.sha256 !== null && <code>{source.sha256}</code>}</LabeledField>
        </dl>
        <Section id="facts" title="What rests on it">
          <p class="note">
            {formatCount(source.facts.length, 'fact')}
            {source.hasMoreFacts && ', and more'}
          </p>
          <FactList facts={source.facts} />
          {source.hasMoreFacts && (
            <p>
              <RecordLink to={`/sources/${encodeId(source.id)}/facts`}>All facts</RecordLink>
            </p>
          )}
        </Section>
      </>
    ),
  }),
});

export const sourceFactsPage = definePage({
  path: '/sources/:source/facts',
  route: findRoute(sources, '/sources/:source/facts'),
  section: '/sources',
  formats: ['json', 'csv'],
  asks: { facts: askSubject(sources, 'facts') },
  view: ({ facts }, { path }) => ({
    title: `What rests on ${path['source'] ?? ''}`,
    children: (
      <>
        <h1>What rests on {path['source']}</h1>
        <FactList facts={facts.items} />
        <NextPage list={facts} />
      </>
    ),
  }),
});
