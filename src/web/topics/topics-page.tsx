import topics from '../../../projections/topics/topics.js';
import { Empty, NextPage } from '../components/list-page.js';
import { PersonLink, TopicLink } from '../components/record-link.js';
import { askSubject, definePage, findRoute } from '../page.js';

export const topicsPage = definePage({
  path: '/topics',
  route: findRoute(topics, '/topics'),
  section: '/topics',
  formats: ['json', 'csv'],
  asks: { topics: askSubject(topics, 'topics') },
  view: ({ topics: list }) => ({
    title: 'Topics',
    children: (
      <>
        <h1>Topics</h1>
        {list.items.length === 0 && <Empty what="No statement of the book has a topic." />}
        {list.items.length > 0 && (
          <table>
            <caption>What was spoken about, and by whom</caption>
            <thead>
              <tr>
                <th scope="col">Topic</th>
                <th scope="col">Statements</th>
                <th scope="col">Speakers</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map(({ topic, statements, speakers }) => (
                <tr key={topic}>
                  <th scope="row">
                    <TopicLink topic={topic} />
                  </th>
                  <td>{statements}</td>
                  <td>
                    {speakers.map(({ speaker, name, statements: count }, index) => (
                      <span key={name}>
                        {index > 0 && '; '}
                        {speaker === null ? name : <PersonLink id={speaker} name={name} />} {count}
                      </span>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <NextPage list={list} />
      </>
    ),
  }),
});
