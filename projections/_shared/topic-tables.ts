// The topics of statements, for each read model that selects by topic.
import type { StatementRecorded } from '../../src/domain/meeting/events.js';
import { defineSharedTables } from '../../src/read-models/declaration/read-model.js';
import { defineTable } from '../../src/read-models/declaration/table.js';

export const topicTables = defineSharedTables<StatementRecorded>()({
  tables: {
    spoken_of: defineTable({
      columns: {
        topic: 'text',
        meeting: 'text',
        statement: 'text',
        /** The id of a person; null if the speaker is not identified. */
        speaker: 'text?',
        name_as_printed: 'text?',
      },
      key: ['topic', 'meeting', 'statement'],
      indexes: [['topic', 'meeting', 'statement']],
    }),
  },
  standalone: 'all',
  when: {
    StatementRecorded: ({ data }, { spoken_of }) => {
      const { meeting, statement, speaker, nameAsPrinted, topics = [] } = data;
      for (const topic of topics)
        spoken_of.put({ topic, meeting, statement, speaker, name_as_printed: nameAsPrinted });
    },
  },
});
