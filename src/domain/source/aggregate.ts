import { noun } from '../../eventsourcing/aggregate.js';
import { RegisterSource } from './commands.js';
import { sourceDecider } from './decider.js';

export const source = noun({
  kind: 'source',
  id: ({ source }) => source,
  isReferredTo: true,
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
