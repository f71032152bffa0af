import type { Request } from '../../http/request.js';
import { problems } from '../../problems/problems.js';
import { PageLink, renderPage } from '../layout.js';

/** The list of all problems, by status. */
export const renderProblems = (request: Request): string => {
  const statuses = [...new Set(Object.values(problems).map(({ status }) => status))].toSorted(
    (a, b) => a - b,
  );
  return renderPage(request, {
    title: 'Problems',
    section: '/problems',
    children: (
      <>
        <h1>Problems</h1>
        <p>
          Errors are problem details (RFC 9457). The member <code>code</code> is stable, and each code has a
          page that says what it means and what to do.
        </p>
        {statuses.map((status) => (
          <section key={status} aria-labelledby={`status-${status}`}>
            <h2 id={`status-${status}`}>Status {status}</h2>
            <ul class="links columns">
              {Object.entries(problems)
                .filter(([, problem]) => problem.status === status)
                .map(([code, { title }]) => (
                  <li key={code}>
                    <PageLink to={`/problems/${code}`}>{title}</PageLink>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </>
    ),
  });
};

/** What a code means; the code is one of the catalog. */
export const renderProblem = (request: Request, code: string): string => {
  const { title = code, status = 500, meaning = '', remedy = '' } = problems[code] ?? {};
  return renderPage(request, {
    title,
    section: '/problems',
    children: (
      <>
        <h1>{title}</h1>
        <p>
          <code>{code}</code>, <span class="status">status {status}</span>
        </p>
        <h2 id="meaning">Meaning</h2>
        <p>{meaning}</p>
        <h2 id="remedy">Remedy</h2>
        <p>{remedy}</p>
        <p>
          <PageLink to="/problems">All problems</PageLink>
        </p>
      </>
    ),
  });
};
