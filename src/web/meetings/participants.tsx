import { Amendments, Provenance } from '../components/fact-marks.js';
import { Listed } from '../components/listed.js';
import { OrganizationLink, PersonLink } from '../components/record-link.js';
import { humanize } from '../text.js';
import type { MeetingRecord } from './proceedings.js';

type Participant = MeetingRecord['participants'][number];

const Participant = ({ participant }: { readonly participant: Participant }) => {
  const { person, name, nameAsPrinted, organization, organizationName, capacity, role, presence } =
    participant;
  const printed = nameAsPrinted ?? name;
  const parts = [
    person === null ? printed : <PersonLink id={person} name={printed} />,
    role,
    organization !== null && <OrganizationLink id={organization} name={organizationName} />,
  ];
  return (
    <li>
      <Listed parts={parts} /> {capacity !== null && <span class="tag">{humanize(capacity)}</span>}
      {presence !== null && presence !== 'present' && <span class="tag">{humanize(presence)}</span>}{' '}
      <Provenance fact={participant} />
      <Amendments fact={participant} />
    </li>
  );
};

export const Participants = ({ participants }: Pick<MeetingRecord, 'participants'>) => (
  <ul class="two-columns">
    {participants.map((participant) => (
      <Participant key={participant.participant} participant={participant} />
    ))}
  </ul>
);
