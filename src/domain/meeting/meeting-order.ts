// The order of meetings against each other, dated or not: each may say what it comes before and after.

/** A meeting's place in the order, as it says itself. */
export type Place = { readonly before?: string; readonly after?: string; readonly partOf?: string };

export type Meetings = {
  /** What a meeting says; undefined if nobody knows it. */
  readonly place: (meeting: string) => Place | undefined;
  /** The meetings that say that they come after this one. */
  readonly after: (meeting: string) => readonly string[];
};

/** Whether `later` follows from `earlier`, through any number of meetings. */
export function precedes(earlier: string, later: string, meetings: Meetings): boolean {
  const seen = new Set<string>();
  const open = [earlier];
  for (let meeting = open.pop(); meeting !== undefined; meeting = open.pop()) {
    if (seen.has(meeting)) continue;
    seen.add(meeting);
    const before = meetings.place(meeting)?.before;
    const following = [...(before === undefined ? [] : [before]), ...meetings.after(meeting)];
    if (following.includes(later)) return true;
    open.push(...following);
  }
  return false;
}

/** The meetings with this place for one of them, whatever is known of it: a correction may have moved it. */
export const withPlace = (meeting: string, place: Place, meetings: Meetings): Meetings => ({
  place: (id) => (id === meeting ? place : meetings.place(id)),
  after: (id) => {
    const others = meetings.after(id).filter((each) => each !== meeting);
    return id === place.after ? [...others, meeting] : others;
  },
});

/** Whether a meeting with this place would come before itself, or be a part of itself. */
export function isCircular(meeting: string, place: Place, meetings: Meetings): boolean {
  const now = withPlace(meeting, place, meetings);
  if (precedes(meeting, meeting, now)) return true;
  const above = new Set<string>();
  for (let id = place.partOf; id !== undefined && !above.has(id); id = now.place(id)?.partOf) {
    if (id === meeting) return true;
    above.add(id);
  }
  return false;
}
