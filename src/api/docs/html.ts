// HTML pages without scripts.
import { formatPublicPath } from '../../http/public-address.js';
import type { Request } from '../../http/request.js';

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** HTML made by `html`, so that every value in it was escaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** A template tag that escapes its values unless they are Html; lists are concatenated. */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  const shown = values.map((value) => {
    if (value instanceof Html) return value.text;
    if (typeof value === 'object') return value.map(({ text }) => text).join('');
    return escapeHtml(String(value));
  });
  return new Html(strings.reduce((text, string, index) => text + (shown[index - 1] ?? '') + string));
}

const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
  h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2rem } h3 { font-size: 1rem; margin-bottom: 0 }
  code, pre { font-family: ui-monospace, monospace; font-size: .9em; background: #f4f4f2; padding: .1em .3em; border-radius: .2em }
  pre { padding: .7em; white-space: pre-wrap; overflow-wrap: anywhere }
  table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .3em .8em .3em 0; border-bottom: 1px solid #ddd } td:last-child { overflow-wrap: anywhere }
  th { font-size: .85rem; font-weight: 600 } th:first-child { width: 28% } table { margin: .8rem 0 } details { margin: .8rem 0 }
  nav ul { columns: 14rem; padding-left: 1.2rem }
  a { color: #0b57a4 }
  @media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #161616 } code, pre { background: #262626 } td, th { border-color: #444 } a { color: #7cb8f2 } }
`;

/** Served as a separate file, so that the content security policy needs no exception for inline styles. */
export const STYLESHEET = STYLE.replace(/\n\s+/g, '\n').trim();

export const renderPage = (request: Request, title: string, body: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Minutebook</title>
        <link rel="stylesheet" href="${formatPublicPath(request, '/docs/style.css')}" />
      </head>
      <body>
        ${body}
      </body>
    </html>`.text;
