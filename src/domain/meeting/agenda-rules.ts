// The agenda. A withdrawn item can still be referred to.
import { refuse } from '../../eventsourcing/refusal.js';
import { canonicalJson } from '../../json/canonical-json.js';
import { checkIsNew, deletePart, type EventRules, refersToItem, setPart } from './event-rule.js';
import type {
  AgendaAdopted,
  AgendaItemAdded,
  AgendaItemMoved,
  AgendaItemRestored,
  AgendaItemWithdrawn,
} from './events.js';
import { getPart, hasPart } from './state.js';

/** What is done to an item goes back and forth. */
const getItemTrack = ({ item }: { readonly item: string }): string => `item ${item}`;

export const agendaRules: EventRules<
  AgendaItemAdded | AgendaItemWithdrawn | AgendaItemRestored | AgendaItemMoved | AgendaAdopted
> = {
  AgendaItemAdded: {
    availability: 'always',
    listReferences: ({ under, continues }) => [
      refersToItem(under, '/under'),
      { ...refersToItem(continues?.item, '/continues/item'), meeting: continues?.meeting },
    ],
    // A withdrawn item no longer stands, so it can be added again as it was.
    check: (data, meeting) => {
      const { item } = data;
      const isAddedAgain =
        hasPart(meeting, 'withdrawnItem', item) && getPart(meeting, 'itemData', item) === canonicalJson(data);
      return isAddedAgain ? undefined : checkIsNew(item, data.meeting, 'item', meeting);
    },
    listChanges: (data) => [
      setPart('item', data.item, true),
      setPart('itemData', data.item, canonicalJson(data)),
      deletePart('withdrawnItem', data.item),
    ],
    getTrack: getItemTrack,
  },
  AgendaItemWithdrawn: {
    availability: 'always',
    listReferences: ({ item }) => [refersToItem(item, '/item')],
    check: ({ meeting, item }, state) => checkIsNew(item, meeting, 'withdrawnItem', state),
    listChanges: ({ item }) => [setPart('withdrawnItem', item, true)],
    getTrack: getItemTrack,
  },
  AgendaItemRestored: {
    availability: 'always',
    listReferences: ({ item }) => [refersToItem(item, '/item')],
    check: ({ meeting, item }, state) =>
      hasPart(state, 'withdrawnItem', item)
        ? undefined
        : refuse('not-withdrawn', `The agenda item "${item}" of "${meeting}" is not withdrawn.`),
    listChanges: ({ item }) => [deletePart('withdrawnItem', item)],
    getTrack: getItemTrack,
  },
  AgendaItemMoved: {
    availability: 'always',
    listReferences: ({ item, before }) => [refersToItem(item, '/item'), refersToItem(before, '/before')],
    check: ({ item, before }) =>
      item === before
        ? refuse('self-reference', `The agenda item "${item}" would come before itself.`)
        : undefined,
    getTrack: () => 'order of the agenda',
  },
  AgendaAdopted: { availability: 'always', getTrack: () => 'adoption of the agenda' },
};
