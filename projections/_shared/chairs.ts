// Who chairs: in the newest form, whatever form it was recorded in.
import type { MeetingOpened, NamedParty } from '../../src/domain/meeting/events.js';
import { list, object, optionalMember, text } from '../../src/read-models/declaration/shape.js';
import { formatPersonParty } from './names.js';

/** `organization`: for which a person chairs, as earlier releases recorded it. */
export type ChairedBy = NamedParty & { readonly organization?: string };

/** The chairs that an opening names; null if it names none. */
export function listChairs({ chairs, chair }: MeetingOpened['data']): readonly ChairedBy[] | null {
  if (chairs || !chair) return chairs ?? null;
  const { person, organization } = chair;
  const party = person === undefined ? organization : formatPersonParty(person);
  return [
    {
      ...(party !== undefined && { party }),
      ...(person !== undefined && organization !== undefined && { organization }),
    },
  ];
}

export const namedPartyMembers = {
  party: optionalMember(text('An organization, or person:<id>.')),
  nameAsPrinted: optionalMember(text()),
};
export const namedPartiesShape = list(object(namedPartyMembers, 'NamedParty'));
export const chairsShape = list(
  object({ ...namedPartyMembers, organization: optionalMember(text()) }, 'SittingChair'),
);

const PERSON = formatPersonParty('');

/** The first chair, as the only one that earlier releases knew. */
export function toFirstChair(chairs: readonly ChairedBy[] | null) {
  const [first] = chairs ?? [];
  if (!first) return null;
  const { party, nameAsPrinted, organization } = first;
  const isPerson = party?.startsWith(PERSON) === true;
  return {
    ...(isPerson && { person: party.slice(PERSON.length) }),
    ...(party !== undefined && !isPerson && { organization: party }),
    ...(organization !== undefined && { organization }),
    ...(nameAsPrinted !== undefined && { nameAsPrinted }),
  };
}
