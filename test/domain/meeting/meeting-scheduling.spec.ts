import { correct, corrected, dispute, disputed, retract } from '../../support/amendment-fixtures.js';
import {
  addItem,
  recordParticipant,
  close,
  foldLifecycle,
  getFactName,
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

describe('scheduling a meeting', () => {
  it('is recorded', () => given().when(schedule('2011-05-31', minsk)).then(scheduled('2011-05-31', minsk)));
  it('twice is once, whatever came since', () => {
    given(scheduled()).when(schedule()).thenNothing();
    given(scheduled(), rescheduled('2012'), opened()).when(schedule()).thenNothing();
  });
  it('twice in one group is once', () => given().when(schedule(), schedule()).then(scheduled()));
  it('does not take an id that is taken', () => {
    given(scheduled()).when(schedule('2012')).thenRefused('id-taken', 0);
    given(scheduled()).when(schedule('2011-05-31', minsk)).thenRefused('id-taken', 0);
    given(scheduled(), rescheduled('2012')).when(schedule('2012')).thenRefused('id-taken', 0);
    given().when(schedule(), schedule('2012')).thenRefused('id-taken', 1);
  });
  it('can be one group with what follows', () =>
    given().when(schedule(), addItem('1'), open()).then(scheduled(), itemAdded('1'), opened()));

  it.each(Object.values(COMMANDS_BY_ROW).flatMap((commands) => commands.slice(0, 1)))(
    'comes before $name',
    (command) => {
      expect(decideMeeting([], [command])).toBe('/meeting unknown-reference');
    },
  );
  it('comes before it in a group, too', () =>
    given().when(recordParticipant('belarus', 'regrets'), schedule()).thenRefused('unknown-reference', 0));
});

describe('correcting what was scheduled', () => {
  it('is possible at any time', () => {
    given(scheduled())
      .when(correct(getFactName(0), scheduled('2011-06-01', minsk).data))
      .thenStands(scheduled('2011-06-01', minsk));
    given(scheduled(), opened())
      .when(correct(getFactName(0), scheduled('2011').data))
      .thenStands(scheduled('2011'), opened());
  });
  it('the corrected words take a taken id, those of now are quiet', () => {
    const now = given(scheduled(), corrected(getFactName(0), scheduled('2012').data));
    now.when(schedule()).thenRefused('id-taken');
    now.when(schedule('2012')).thenNothing();
  });
  it('it is never taken back, since others may refer to the meeting', () =>
    given(scheduled())
      .when(retract(getFactName(0)))
      .thenRefused('illegal-correction', 0));
  it('it does not become another meeting', () =>
    given(scheduled())
      .when(correct(getFactName(0), scheduled('2011-05-31', { meeting: 'summit' }).data))
      .thenRefused('illegal-correction', 0));
  it('it can be disputed', () =>
    given(scheduled())
      .when(dispute(getFactName(0), 'in June'))
      .then(disputed(getFactName(0), 'in June')));
});

describe('by its date a meeting is', () => {
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
  const each = [
    ...scheduledOn.map((date) => ({ date, status: 'scheduled' })),
    ...announcedFor.map((date) => ({ date, status: 'announced' })),
  ];
  it.each(each)('$status: $date', ({ date, status }) => {
    const course = { status, scheduledFor: date, opened: false };
    expect(foldLifecycle(scheduled(date))).toEqual(course);
    expect(foldLifecycle(scheduled('2010'), rescheduled(date))).toEqual(course);
    given(scheduled('2010')).when(reschedule(date)).then(rescheduled(date));
  });
});

it('a whole meeting can be one group', () =>
  given()
    .when(schedule(), open(), recordParticipant('belarus', 'present'), close(), reschedule('2012'))
    .thenRefused('meeting-closed', 4));
