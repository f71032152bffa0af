// What is talked about, by whom, how often.
import { page, query, readModel } from '../../src/read-models/declaration/read-model.js';
import { type Asked, published } from '../../src/read-models/declaration/route.js';
import { nameIn, type Named, nameOn, names } from '../_shared/names.js';
import { spokenOf } from '../_shared/topic-tables.js';

type Speaker = Named & {
  readonly speaker: string | null;
  readonly name_as_printed: string;
  readonly statements: number;
};

const topics = readModel()({
  name: 'topics',
  version: 1,
  include: [names, spokenOf],
  tables: {},
  when: {},
  queries: {
    topics: query(
      (view, { day, languages, limit, after }: Asked) => {
        const found = page<{ readonly topic: string; readonly statements: number }>(view, {
          sql: `SELECT topic, count(*) AS statements FROM ${view.at('spoken_of')} GROUP BY topic`,
          order: ['topic'],
          after,
          limit,
        });
        return {
          ...found,
          items: found.items.map(({ topic, statements }) => ({
            topic,
            statements,
            speakers: view
              .all<Speaker>(
                `SELECT s.speaker, s.name_as_printed, s.statements, n.name, n.names FROM (
                  SELECT speaker, min(name_as_printed) AS name_as_printed, count(*) AS statements
                  FROM ${view.at('spoken_of')} WHERE topic = @topic
                  GROUP BY coalesce('person:' || speaker, name_as_printed), speaker
                ) s LEFT JOIN ${view.at('names')} n ON n.row = ${nameOn(view, `'person:' || s.speaker`)}
                ORDER BY s.statements DESC, s.speaker IS NULL, s.speaker, s.name_as_printed`,
                { topic, day },
              )
              .map((row) => ({
                speaker: row.speaker,
                name: nameIn(languages, row) ?? row.name_as_printed,
                statements: row.statements,
              })),
          })),
        };
      },
      { scan: true },
    ),
  },
});

export default published(topics, [
  {
    path: '/topics',
    about: 'What statements are about, with how many there are and who made them.',
    query: 'topics',
    list: true,
    day: 'on',
    names: true,
  },
]);
