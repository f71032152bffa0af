import type { ComponentChildren } from 'preact';
import { usePageState } from '../page-state.js';
import { useRecordLookup } from '../record-lookup.js';
import { useSite } from '../site.js';

type Link = { readonly to: string; readonly children: ComponentChildren };

/** A link to the page of a resource; from a page of the past to the same past. */
export const RecordLink = ({ to, children }: Link) => {
  const { toPublicPath } = useSite();
  const state = usePageState();
  const separator = to.includes('?') ? '&' : '?';
  const [path = '', fragment] = to.split('#');
  const pinned = state?.isPinned ? `${path}${separator}asOf=${state.entry}` : path;
  return <a href={toPublicPath(fragment === undefined ? pinned : `${pinned}#${fragment}`)}>{children}</a>;
};

/** An id as a part of a path. */
export const encodeId = (id: string): string => encodeURIComponent(id);

type Party = { readonly id: string; readonly name?: string | null };

export const OrganizationLink = ({ id, name }: Party) => {
  const names = useRecordLookup();
  return (
    <RecordLink to={`/organizations/${encodeId(id)}`}>
      {name ?? names?.getOrganizationName(id) ?? id}
    </RecordLink>
  );
};

export const PersonLink = ({ id, name }: Party) => {
  const names = useRecordLookup();
  return <RecordLink to={`/people/${encodeId(id)}`}>{name ?? names?.getPersonName(id) ?? id}</RecordLink>;
};

const PERSON_PREFIX = 'person:';

/** What may be a member: an organization, or `person:<id>`. */
export const PartyLink = ({ id, name = null }: Party) =>
  id.startsWith(PERSON_PREFIX) ? (
    <PersonLink id={id.slice(PERSON_PREFIX.length)} name={name} />
  ) : (
    <OrganizationLink id={id} name={name} />
  );

/** The title of a meeting as a link; the dates stand beside it where several have one title. */
export const MeetingLink = ({ id }: { readonly id: string }) => (
  <RecordLink to={`/meetings/${encodeId(id)}`}>{useRecordLookup()?.getMeeting(id)?.title ?? id}</RecordLink>
);

export const TopicLink = ({ topic }: { readonly topic: string }) => (
  <RecordLink to={`/statements?topic=${encodeURIComponent(topic)}`}>{topic}</RecordLink>
);
