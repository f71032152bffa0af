// The agenda. A withdrawn item can still be referred to.
import { canonicalJson } from '../../json/canonical-json.js';
import { checkIsNew, deletePart, type EventRules, refersToItem, setPart } from './event-rule.js';
import type { AgendaItemAdded, AgendaItemWithdrawn } from './events.js';
import { getPart, hasPart } from './state.js';

/** What is done to an item goes back and forth. */
const getItemTrack = ({ item }: { readonly item: string }): string => `item ${item}`;

export const agendaRules: EventRules<AgendaItemAdded | AgendaItemWithdrawn> = {
  AgendaItemAdded: {
    availability: 'always',
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
};
