import { correct, corrected, dispute, disputed, retract } from '../../support/amendment-fixtures.js';
import {
  addItem,
  recordParticipant,
  close,
  foldLifecycle,
  getFactReference,
  given,
  itemAdded,
  open,
  opened,
  reschedule,
  rescheduled,
  schedule,
  scheduled,
  decideMeeting,
} from '../../support/meeting-fixtures.js';
import { COMMANDS_BY_ROW } from '../../support/meeting-lifecycle-table.js';

const minsk = { place: { name: 'Minsk', country: 'BY' }, mode: 'in-person' };

describe('the scheduling of a meeting', () => {
  it('is recorded', () => given().when(schedule('2011-05-31', minsk)).then(scheduled('2011-05-31', minsk)));
  it('records nothing when it is repeated after other facts', () => {
    given(scheduled()).when(schedule()).thenNothing();
    given(scheduled(), rescheduled('2012'), opened()).when(schedule()).thenNothing();
  });
  it('is recorded once when it is repeated within a group', () =>
    given().when(schedule(), schedule()).then(scheduled()));
  it('is refused with id-taken if the id is taken', () => {
    given(scheduled()).when(schedule('2012')).thenRefused('id-taken', 0);
    given(scheduled()).when(schedule('2011-05-31', minsk)).thenRefused('id-taken', 0);
    given(scheduled(), rescheduled('2012')).when(schedule('2012')).thenRefused('id-taken', 0);
    given().when(schedule(), schedule('2012')).thenRefused('id-taken', 1);
  });
  it('can be in one group with later steps', () =>
    given().when(schedule(), addItem('1'), open()).then(scheduled(), itemAdded('1'), opened()));

  it.each(Object.values(COMMANDS_BY_ROW).flatMap((commands) => commands.slice(0, 1)))(
    'is required before $name',
    (command) => {
      expect(decideMeeting([], [command])).toBe('/meeting unknown-reference');
    },
  );
  it('is required before other commands of the same group', () =>
    given().when(recordParticipant('belarus', 'regrets'), schedule()).thenRefused('unknown-reference', 0));
});

describe('the correction of a scheduling', () => {
  it('is accepted in every status', () => {
    given(scheduled())
      .when(correct(getFactReference(0), scheduled('2011-06-01', minsk).data))
      .thenStands(scheduled('2011-06-01', minsk));
    given(scheduled(), opened())
      .when(correct(getFactReference(0), scheduled('2011').data))
      .thenStands(scheduled('2011'), opened());
  });
  it('makes a repeated command be compared with the corrected data', () => {
    const corrections = given(scheduled(), corrected(getFactReference(0), scheduled('2012').data));
    corrections.when(schedule()).thenRefused('id-taken');
    corrections.when(schedule('2012')).thenNothing();
  });
  it('cannot be a retraction, since other facts may refer to the meeting', () =>
    given(scheduled())
      .when(retract(getFactReference(0)))
      .thenRefused('illegal-correction', 0));
  it('cannot change the id of the meeting', () =>
    given(scheduled())
      .when(correct(getFactReference(0), scheduled('2011-05-31', { meeting: 'summit' }).data))
      .thenRefused('illegal-correction', 0));
  it('is not part of a dispute, which leaves the scheduling in effect', () =>
    given(scheduled())
      .when(dispute(getFactReference(0), 'in June'))
      .then(disputed(getFactReference(0), 'in June')));
});

describe('the status that follows from the date', () => {
  const scheduledOn = [
    '2011-05-31',
    '2011-05-31?',
    '2011-05-31~',
    '2011-05-31%',
    '[2011-05-31,2011-05-31]',
    '2011-05-31/2011-06-02',
    '2011-05-31/2011-05-31',
    '2011-05-31?/2011-06-02~',
  ];
  const announcedFor = [
    '2011',
    '2011~',
    '2011-05',
    '2011-41',
    '2011-24',
    '[2011-05-31,2011-06-01]',
    '[2011-05-31..2011-06-02]',
    '[2011-05-31..]',
    '[..2011-05-31]',
    '2011-05/2011-06',
    '2011-05-31/2011-06',
    '2011-05-31/..',
    '2011-05-31/',
    '../2011-05-31',
    '/2011-05-31',
  ];
  const cases = [
    ...scheduledOn.map((date) => ({ date, status: 'scheduled' })),
    ...announcedFor.map((date) => ({ date, status: 'announced' })),
  ];
  it.each(cases)('is $status for $date', ({ date, status }) => {
    const lifecycle = { status, scheduledFor: date, opened: false };
    expect(foldLifecycle(scheduled(date))).toEqual(lifecycle);
    expect(foldLifecycle(scheduled('2010'), rescheduled(date))).toEqual(lifecycle);
    given(scheduled('2010')).when(reschedule(date)).then(rescheduled(date));
  });
});

it('a whole meeting can be one group, which is refused at the step after the closing', () =>
  given()
    .when(schedule(), open(), recordParticipant('belarus', 'present'), close(), reschedule('2012'))
    .thenRefused('meeting-closed', 4));
