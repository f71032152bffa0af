// Who attended.
import { type EventRules, refuseRecorded, setPart } from './event-rule.js';
import type { ParticipantRecorded } from './events.js';
import { getPart } from './state.js';

export const attendanceRules: EventRules<ParticipantRecorded> = {
  ParticipantRecorded: {
    availability: ({ presence }) => (presence === 'regrets' ? 'always' : 'once-opened'),
    // Who sent regrets may be recorded again as having attended.
    check: ({ meeting, participant, presence }, state) => {
      const before = getPart(state, 'participant', participant);
      return before === 'attended' || (before === 'regrets' && presence === 'regrets')
        ? refuseRecorded(meeting, 'participant', participant)
        : undefined;
    },
    listChanges: ({ participant, presence }) => [
      setPart('participant', participant, presence === 'regrets' ? 'regrets' : 'attended'),
    ],
    getTrack: ({ participant }) => `participant ${participant}`,
  },
};
