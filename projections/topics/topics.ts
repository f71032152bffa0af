// The topics of statements, with their speakers.
import { paginate } from '../../src/read-models/declaration/paginate.js';
import { defineQuery } from '../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../src/read-models/declaration/read-model.js';
import { type QueryRequest, publishReadModel } from '../../src/read-models/declaration/route.js';
import { integer, list, nullable, object, text } from '../../src/read-models/declaration/shape.js';
import { selectName, type LocalizedName, nameOnDaySql, nameTables } from '../_shared/names.js';
import { topicTables } from '../_shared/topic-tables.js';

type SpeakerRow = LocalizedName & {
  readonly speaker: string | null;
  readonly name_as_printed: string | null;
  readonly statements: number;
};

const topicShape = object(
  {
    topic: text(),
    statements: integer('How many statements are on it.'),
    speakers: list(
      object(
        {
          speaker: nullable(text('A person.')),
          name: nullable(text('As registered, else as printed.')),
          statements: integer(),
        },
        'TopicSpeaker',
      ),
    ),
  },
  'Topic',
);

const topics = defineReadModel()({
  name: 'topics',
  version: 4,
  include: [nameTables, topicTables],
  tables: {},
  when: {},
  // What an item counts are statements: their changes are published, and each would cost reading all of its topic.
  shownIn: {},
  queries: {
    topics: defineQuery(
      (view, { day, languages, limit, after }: QueryRequest) => {
        const found = paginate<{ readonly topic: string; readonly statements: number }>(view, {
          sql: `SELECT topic, count(*) AS statements FROM ${view.table('spoken_of')} GROUP BY topic`,
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
              .all<SpeakerRow>(
                `SELECT s.speaker, s.name_as_printed, s.statements, n.name, n.names FROM (
                  SELECT speaker, min(name_as_printed) AS name_as_printed, count(*) AS statements
                  FROM ${view.table('spoken_of')} WHERE topic = @topic
                  GROUP BY coalesce('person:' || speaker, name_as_printed), speaker
                ) s LEFT JOIN ${nameOnDaySql(view, 'n', `'person:' || s.speaker`)}
                ORDER BY s.statements DESC, s.speaker IS NULL, s.speaker, s.name_as_printed`,
                { topic, day },
              )
              .map((row) => ({
                speaker: row.speaker,
                name: selectName(languages, row) ?? row.name_as_printed,
                statements: row.statements,
              })),
          })),
        };
      },
      { scan: true, item: topicShape },
    ),
  },
});

export default publishReadModel(topics, [
  {
    path: '/topics',
    about: 'The topics of statements, with the number of statements and their speakers.',
    query: 'topics',
    list: true,
    day: 'on',
    names: true,
  },
]);
