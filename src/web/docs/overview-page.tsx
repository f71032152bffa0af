import type { Request } from '../../http/request.js';
import { PageLink, renderPage } from '../layout.js';
import { useSite } from '../site.js';
import type { Topic } from './topics.js';

const Topics = ({ topics }: { readonly topics: readonly Topic[] }) => (
  <ul class="links columns">
    {topics.map(({ name, title }) => (
      <li key={name}>
        <PageLink to={`/docs/${name}`}>{title}</PageLink>
      </li>
    ))}
  </ul>
);

const Overview = ({ topics }: { readonly topics: readonly Topic[] }) => {
  const { baseUrl } = useSite();
  return (
    <>
      <h1>HTTP interface</h1>
      <p>
        Every answer is JSON, and says as of which entry of the book it is. <code>asOf</code> asks what the
        book said earlier, <code>on</code> what was true on a day. For programs, the same is in the{' '}
        <PageLink to="/openapi.json">OpenAPI document</PageLink>.
      </p>
      <pre>{`curl '${baseUrl}/organizations/csto/members?on=2011-05-31'`}</pre>
      <h2 id="read">Read</h2>
      <Topics topics={topics.filter(({ isReadModel }) => isReadModel)} />
      <h2 id="record">Record</h2>
      <p>
        One request a fact, with an API key. All <PageLink to="/docs/commands">commands</PageLink> have a page
        with an example, and their refusals are among the <PageLink to="/problems">problems</PageLink>.
      </p>
      <h2 id="follow">Follow, verify, operate</h2>
      <Topics topics={topics.filter(({ isReadModel, name }) => !isReadModel && name !== 'commands')} />
    </>
  );
};

export const renderOverview = (request: Request, topics: readonly Topic[]): string =>
  renderPage(request, {
    title: 'HTTP interface',
    section: '/docs',
    children: <Overview topics={topics} />,
  });
