// Who attended.
import { type EventRules, refuseRecorded, setPart } from './event-rule.js';
import type { ParticipantRecorded, Presence } from './events.js';
import { getPart } from './state.js';

const toAttendance = (presence: Presence | undefined) =>
  presence === undefined ? 'unsaid' : presence === 'regrets' ? 'regrets' : 'attended';

export const attendanceRules: EventRules<ParticipantRecorded> = {
  ParticipantRecorded: {
    availability: ({ presence }) => (presence === 'regrets' ? 'always' : 'once-opened'),
    // Who sent regrets may be recorded again as having attended, and whose presence was not said with any presence.
    check: ({ meeting, participant, presence }, state) => {
      const before = getPart(state, 'participant', participant);
      return before === 'attended' || (before !== undefined && before === toAttendance(presence))
        ? refuseRecorded(meeting, 'participant', participant)
        : undefined;
    },
    listChanges: ({ participant, presence }) => [setPart('participant', participant, toAttendance(presence))],
    getTrack: ({ participant }) => `participant ${participant}`,
  },
};
