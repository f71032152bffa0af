import type { Request } from '../../http/request.js';
import { PageLink, renderPage } from '../layout.js';

/** The members of a problem document that its page shows. */
export type ShownProblem = {
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string; readonly code: string }[];
};

const NEXT_STEPS: { readonly [status: number]: string } = {
  401: 'Pages have no sign-in: a program sends the API key in the header Authorization.',
  403: 'An administrator of this book can give a key with another role.',
  404: 'Check the address for a slip, or begin at the documentation.',
  405: 'A browser reads addresses; this one is for programs that send to it.',
};

const formatDelay = (seconds: number): string =>
  seconds === 1 ? 'Try again in one second.' : `Try again in ${seconds} seconds.`;

/** The page of an error of one request. `retryAfterSeconds` is undefined if trying again does not help by itself. */
export const renderErrorPage = (
  request: Request,
  { title, status, code, detail, errors = [] }: ShownProblem,
  retryAfterSeconds: number | undefined,
): string =>
  renderPage(request, {
    title: `Error: ${title}`,
    children: (
      <>
        <h1>{title}</h1>
        <p>{detail}</p>
        {errors.length > 1 && (
          <ul>
            {errors.map(({ pointer, detail: each }) => (
              <li key={pointer}>
                <code>{pointer}</code> {each}
              </li>
            ))}
          </ul>
        )}
        {retryAfterSeconds !== undefined && <p>{formatDelay(retryAfterSeconds)}</p>}
        {NEXT_STEPS[status] !== undefined && <p>{NEXT_STEPS[status]}</p>}
        {status === 500 && (
          <p>
            The operator finds what happened under the request id <code>{request.id}</code>.
          </p>
        )}
        <p>
          <span class="status">Status {status}</span>,{' '}
          <PageLink to={`/problems/${code}`}>what this error means</PageLink> ·{' '}
          <PageLink to="/docs">documentation</PageLink>
        </p>
      </>
    ),
  });
