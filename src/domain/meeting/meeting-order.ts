// The order of meetings against each other, dated or not: each may say what it comes before and after.

/** A meeting's place in the order, as it says itself. */
export type MeetingLinks = { readonly before?: string; readonly after?: string; readonly partOf?: string };

export type MeetingOrder = {
  /** What a meeting says; undefined if nobody knows it. */
  readonly getLinks: (meeting: string) => MeetingLinks | undefined;
  /** The meetings that say that they come after this one. */
  readonly findFollowing: (meeting: string) => readonly string[];
};

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

/** The meetings with this place for one of them, whatever is known of it: a correction may have moved it. */
export const replaceLinks = (meeting: string, place: MeetingLinks, meetings: MeetingOrder): MeetingOrder => ({
  getLinks: (id) => (id === meeting ? place : meetings.getLinks(id)),
  findFollowing: (id) => {
    const others = meetings.findFollowing(id).filter((each) => each !== meeting);
    return id === place.after ? [...others, meeting] : others;
  },
});

/** Whether a meeting with this place would come before itself, or be a part of itself. */
export function isCircular(meeting: string, place: MeetingLinks, meetings: MeetingOrder): boolean {
  const now = replaceLinks(meeting, place, meetings);
  if (precedes(meeting, meeting, now)) return true;
  const above = new Set<string>();
  for (let id = place.partOf; id !== undefined && !above.has(id); id = now.getLinks(id)?.partOf) {
    if (id === meeting) return true;
    above.add(id);
  }
  return false;
}
