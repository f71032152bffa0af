import { defineAggregate } from '../../eventsourcing/aggregate.js';
import { RegisterSource } from './commands.js';
import { sourceDecider } from './decider.js';

export const source = defineAggregate({
  category: 'source',
  id: ({ source }) => source,
  isReferenced: true,
  decider: sourceDecider,
  commands: {
    'register-source': {
      request: RegisterSource,
      event: 'SourceRegistered',
      about: 'Names a document that facts rest on.',
    },
  },
  refusals: {},
});
