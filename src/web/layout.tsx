import type { ComponentChildren, VNode } from 'preact';
import { render } from 'preact-render-to-string';
import type { Request } from '../http/request.js';
import { RELEASE } from '../node/release.js';
import { InstantText } from './components/date.js';
import { Banner, TimeBar } from './components/time-bar.js';
import { ICON_PATH } from './icon.js';
import { formatPinnedAddress, formatPresentAddress, type PageState, PageStateContext } from './page-state.js';
import { type RecordLookup, RecordLookupContext } from './record-lookup.js';
import { createSite, SiteContext, useSite } from './site.js';
import { STYLESHEET_PATH } from './stylesheet.js';

export const HTML_TYPE = 'text/html; charset=utf-8';

type ShownPage = {
  readonly title: string;
  /** The path of the entry of the navigation that the page belongs to. */
  readonly section?: string | undefined;
  /** Of pages that show records. */
  readonly state?: PageState;
  readonly names?: RecordLookup;
  readonly children: ComponentChildren;
};

/** A link to a path of this server. */
export const PageLink = ({ to, children }: { readonly to: string; readonly children: ComponentChildren }) => (
  <a href={useSite().toPublicPath(to)}>{children}</a>
);

/** The entries of the navigation. */
const SECTIONS = [
  ['/meetings', 'Meetings'],
  ['/organizations', 'Organizations'],
  ['/people', 'People'],
  ['/decisions', 'Decisions'],
  ['/topics', 'Topics'],
  ['/sources', 'Sources'],
  ['/docs', 'Documentation'],
] as const;

const Navigation = ({ section }: Pick<ShownPage, 'section'>) => {
  const { toPublicPath } = useSite();
  return (
    <nav aria-label="Main">
      <ul>
        {SECTIONS.map(([path, name]) => (
          <li key={path}>
            <a href={toPublicPath(path)} aria-current={path === section ? 'true' : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
};

const SearchForm = () => (
  <form role="search" method="get" action={useSite().toPublicPath('/search')}>
    <label for="search" class="hidden">
      Search the book
    </label>
    <input id="search" type="search" name="q" required />
    <button type="submit">Search</button>
  </form>
);

const Head = ({ title, state }: Pick<ShownPage, 'title' | 'state'>) => {
  const { toPublicPath } = useSite();
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{`${title} · Minutebook`}</title>
      <link rel="stylesheet" href={toPublicPath(STYLESHEET_PATH)} />
      <link rel="icon" type="image/svg+xml" href={toPublicPath(ICON_PATH)} />
      <link
        rel="search"
        type="application/opensearchdescription+xml"
        title="Minutebook"
        href={toPublicPath('/opensearch.xml')}
      />
      {state && <link rel="canonical" href={toPublicPath(formatPresentAddress(state))} />}
      {state?.isPinned && <meta name="robots" content="noindex" />}
    </head>
  );
};

const FORMAT_NAMES = { json: 'JSON', csv: 'CSV' } as const;

const StateFooter = ({ state }: { readonly state: PageState }) => {
  const { toPublicPath } = useSite();
  const { entry, recordedAt, formats } = state;
  return (
    <p>
      As of entry {entry}
      {recordedAt !== null && (
        <>
          , recorded <InstantText instant={recordedAt} />
        </>
      )}{' '}
      · <a href={toPublicPath(formatPinnedAddress(state))}>Address of this version</a>
      {formats.map((format) => (
        <span key={format}>
          {' '}
          · <a href={toPublicPath(formatPinnedAddress(state, format))}>{FORMAT_NAMES[format]}</a>
        </span>
      ))}
    </p>
  );
};

const Footer = ({ state }: Pick<ShownPage, 'state'>) => (
  <footer>
    {state && <StateFooter state={state} />}
    <p>
      Minutebook {RELEASE} · <PageLink to="/docs/commands">Commands</PageLink> ·{' '}
      <PageLink to="/problems">Problems</PageLink> · <PageLink to="/openapi.json">OpenAPI document</PageLink>
    </p>
  </footer>
);

const Layout = ({ title, section, state, children }: ShownPage) => (
  <html lang="en">
    <Head title={title} {...(state && { state })} />
    <body>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header>
        <PageLink to="/">Minutebook</PageLink>
        <Navigation section={section} />
        <SearchForm />
      </header>
      {state && <Banner state={state} />}
      {state && <TimeBar state={state} />}
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <Footer {...(state && { state })} />
    </body>
  </html>
);

/** The text of a whole page. Values in it are escaped, and it has no scripts. */
export const renderPage = (request: Request, page: ShownPage): string => {
  const tree: VNode = (
    <SiteContext.Provider value={createSite(request)}>
      <PageStateContext.Provider value={page.state}>
        <RecordLookupContext.Provider value={page.names}>
          <Layout {...page} />
        </RecordLookupContext.Provider>
      </PageStateContext.Provider>
    </SiteContext.Provider>
  );
  return `<!doctype html>${render(tree)}`;
};
