import { defineAggregate } from '../../eventsourcing/aggregate.js';
import { EndObserverStatus, GrantObserverStatus } from './commands.js';
import { observershipDecider } from './decider.js';

export const observership = defineAggregate({
  category: 'observership',
  id: ({ organization, observer }) => `${organization}:${observer}`,
  isReferenced: false,
  decider: observershipDecider,
  commands: {
    'grant-observer-status': {
      request: GrantObserverStatus,
      event: 'ObserverStatusGranted',
      about: 'Records that somebody may sit in as an observer, partner or associate.',
    },
    'end-observer-status': {
      request: EndObserverStatus,
      event: 'ObserverStatusEnded',
      about: 'Records that a status ended: the day of its end is the first day without it.',
    },
  },
  refusals: {
    'already-observer': {
      title: 'An observer already',
      meaning:
        'On the timeline that this fact would leave, a status is granted twice without ending in between.',
      remedy:
        'Record the end of the earlier status first, send both as a group, or correct the date in the book.',
    },
    'not-an-observer': {
      title: 'Not an observer then',
      meaning: 'On the timeline that this fact would leave, a status ends that there is not.',
      remedy: 'Record the granting first, send both as a group, or correct the date in the book.',
    },
  },
});
