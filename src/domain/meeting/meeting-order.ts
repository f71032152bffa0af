// The order among meetings, dated or not: each may name a meeting that it comes before or after.

/** The links of one meeting, as it was scheduled. */
export type MeetingLinks = { readonly before?: string; readonly after?: string; readonly partOf?: string };

type MeetingOrder = {
  /** The links of a meeting; undefined if there is none. */
  readonly getLinks: (meeting: string) => MeetingLinks | undefined;
  /** The meetings whose `after` is this one. */
  readonly findFollowing: (meeting: string) => readonly string[];
};

/** The order as the states of meetings give it. */
export const toMeetingOrder = ({
  meeting,
  findStreams,
}: {
  readonly meeting: (id: string) => { readonly links: MeetingLinks } | undefined;
  readonly findStreams: (category: 'meeting', field: 'after', id: string) => readonly string[];
}): MeetingOrder => ({
  getLinks: (id) => meeting(id)?.links,
  findFollowing: (id) =>
    findStreams('meeting', 'after', id).filter((other) => meeting(other)?.links.after === id),
});

/** Whether `later` follows from `earlier`, through any number of meetings. */
export function precedes(earlier: string, later: string, meetings: MeetingOrder): boolean {
  const seen = new Set<string>();
  const open = [earlier];
  for (let meeting = open.pop(); meeting !== undefined; meeting = open.pop()) {
    if (seen.has(meeting)) continue;
    seen.add(meeting);
    const before = meetings.getLinks(meeting)?.before;
    const following = [...(before === undefined ? [] : [before]), ...meetings.findFollowing(meeting)];
    if (following.includes(later)) return true;
    open.push(...following);
  }
  return false;
}

/** The order with other links for one meeting: a correction may have changed them. */
export const replaceLinks = (meeting: string, place: MeetingLinks, meetings: MeetingOrder): MeetingOrder => ({
  getLinks: (id) => (id === meeting ? place : meetings.getLinks(id)),
  findFollowing: (id) => {
    const others = meetings.findFollowing(id).filter((each) => each !== meeting);
    return id === place.after ? [...others, meeting] : others;
  },
});

/** Whether a meeting with these links would come before itself, or be a part of itself. */
export function isCircular(meeting: string, place: MeetingLinks, meetings: MeetingOrder): boolean {
  const now = replaceLinks(meeting, place, meetings);
  if (precedes(meeting, meeting, now)) return true;
  const ancestors = new Set<string>();
  for (let id = place.partOf; id !== undefined && !ancestors.has(id); id = now.getLinks(id)?.partOf) {
    if (id === meeting) return true;
    ancestors.add(id);
  }
  return false;
}
