import type { ComponentChildren, VNode } from 'preact';
import { render } from 'preact-render-to-string';
import type { Request } from '../http/request.js';
import { RELEASE } from '../node/release.js';
import { createSite, SiteContext, useSite } from './site.js';
import { STYLESHEET_PATH } from './stylesheet.js';

export const HTML_TYPE = 'text/html; charset=utf-8';

type Page = {
  readonly title: string;
  /** The path of the entry of the navigation that the page belongs to. */
  readonly section?: string | undefined;
  readonly children: ComponentChildren;
};

/** A link to a path of this server. */
export const PageLink = ({ to, children }: { readonly to: string; readonly children: ComponentChildren }) => (
  <a href={useSite().toPublicPath(to)}>{children}</a>
);

/** The entries of the navigation. */
const SECTIONS = [
  ['/docs', 'Documentation'],
  ['/docs/commands', 'Commands'],
  ['/problems', 'Problems'],
] as const;

const Navigation = ({ section }: Pick<Page, 'section'>) => {
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

const Layout = ({ title, section, children }: Page) => {
  const { toPublicPath } = useSite();
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · Minutebook`}</title>
        <link rel="stylesheet" href={toPublicPath(STYLESHEET_PATH)} />
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        <header>
          <PageLink to="/">Minutebook</PageLink>
          <Navigation section={section} />
        </header>
        <main id="content" tabIndex={-1}>
          {children}
        </main>
        <footer>
          Minutebook {RELEASE} · <PageLink to="/openapi.json">OpenAPI document</PageLink>
        </footer>
      </body>
    </html>
  );
};

/** The text of a whole page. Values in it are escaped, and it has no scripts. */
export const renderPage = (request: Request, page: Page): string => {
  const tree: VNode = (
    <SiteContext.Provider value={createSite(request)}>
      <Layout {...page} />
    </SiteContext.Provider>
  );
  return `<!doctype html>${render(tree)}`;
};
