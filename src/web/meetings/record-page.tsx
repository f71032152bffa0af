import meetingRecord from '../../../projections/meeting-record/meeting-record.js';
import { CommonSource, SourceLink } from '../components/fact-marks.js';
import { Section } from '../components/section.js';
import { askSubject, definePage, findRoute } from '../page.js';
import { useRecordLookup } from '../record-lookup.js';
import { RecordHead } from './record-head.js';
import { type MeetingRecord, Proceedings } from './proceedings.js';
import { Participants } from './participants.js';

/** The source that every fact of the record that names one rests on; undefined if there are several. */
function useCommonSource(record: MeetingRecord): string | undefined {
  const lookup = useRecordLookup();
  const facts = [record, ...record.agenda, ...record.participants, ...record.statements, ...record.decisions];
  const sources = new Set(
    facts.flatMap(({ entry }) => lookup?.getCitations(entry).map(({ source }) => source) ?? []),
  );
  return sources.size === 1 ? [...sources][0] : undefined;
}

const Record = ({ record }: { readonly record: MeetingRecord }) => {
  const common = useCommonSource(record);
  return (
    <CommonSource value={common}>
      <RecordHead record={record} />
      {common !== undefined && (
        <p class="note">
          All facts rest on <SourceLink source={common} /> unless another source stands beside them.
        </p>
      )}
      {record.participants.length > 0 && (
        <Section id="participants" title={`Participants (${record.participants.length})`}>
          <Participants participants={record.participants} />
        </Section>
      )}
      <Section id="record" title="Record">
        <Proceedings record={record} />
      </Section>
    </CommonSource>
  );
};

export const recordPage = definePage({
  path: '/meetings/:meeting',
  route: findRoute(meetingRecord, '/meetings/:meeting'),
  section: '/meetings',
  asks: { record: askSubject(meetingRecord, 'record') },
  listStreams: ({ record }) => [`meeting-${record.id}`],
  view: ({ record }) => ({ title: record.title, children: <Record record={record} /> }),
});
