import { correct, corrected, retract, retracted } from '../../support/amendment-fixtures.js';
import {
  assume,
  assumed,
  getFactReference,
  given,
  leave,
  left,
  register,
  registered,
  officeData,
} from '../../support/person-fixtures.js';

const deputy = { office: 'Deputy Secretary General' };
const elsewhere = { organization: 'cis' };

describe('the assumption of an office', () => {
  it('is recorded for a registered person', () =>
    given(registered()).when(assume('2010')).then(assumed('2010')));
  it('records nothing when the assumption is repeated', () =>
    given(registered(), assumed('2010')).when(assume('2010')).thenNothing());
  it('records nothing when it is repeated after the office was left', () =>
    given(registered(), assumed('2010'), left('2012')).when(assume('2010')).thenNothing());
  it('is refused while the person holds the office', () => {
    given(registered(), assumed('2010')).when(assume('2011')).thenRefused('already-in-office');
    given(registered(), assumed('2010')).when(assume('2009')).thenRefused('already-in-office');
    given(registered(), assumed('2010'))
      .when(assume('2010', { note: 'elected' }))
      .thenRefused('already-in-office');
  });
  it('is recorded again after the office was left, on the same day too', () => {
    given(registered(), assumed('2010'), left('2012')).when(assume('2014')).then(assumed('2014'));
    given(registered(), assumed('2010'), left('2012-12-31'))
      .when(assume('2012-12-31'))
      .then(assumed('2012-12-31'));
  });
  it('is refused if the person is not registered', () =>
    given().when(assume('2010')).thenRefused('unknown-reference', 0));
  it('is refused in a group if the registration comes after it', () =>
    given().when(assume('2010'), register()).thenRefused('unknown-reference', 0));
});

describe('the departure from an office', () => {
  const inOffice = given(registered(), assumed('2010'));
  it('is recorded for the holder of the office', () => inOffice.when(leave('2012')).then(left('2012')));
  it('records nothing when the departure is repeated', () =>
    given(registered(), assumed('2010'), left('2012')).when(leave('2012')).thenNothing());
  it('records nothing when it is repeated after the office was assumed again', () =>
    given(registered(), assumed('2010'), left('2012'), assumed('2014')).when(leave('2012')).thenNothing());
  it('is refused if the person does not hold the office at that time', () => {
    given(registered()).when(leave('2012')).thenRefused('not-in-office');
    inOffice.when(leave('2009')).thenRefused('not-in-office');
    given(registered(), assumed('2010'), left('2012')).when(leave('2013')).thenRefused('not-in-office');
  });
  it('is refused if the person is unknown', () =>
    given().when(leave('2012')).thenRefused('unknown-reference', 0));
});

describe('several offices of one person', () => {
  it('can be held at the same time', () => {
    given(registered(), assumed('2010')).when(assume('2010', deputy)).then(assumed('2010', deputy));
    given(registered(), assumed('2010'), assumed('2010', deputy))
      .when(assume('2010', elsewhere))
      .then(assumed('2010', elsewhere));
  });
  it('are left one by one', () => {
    const both = given(registered(), assumed('2010'), assumed('2011', elsewhere));
    both.when(leave('2012', elsewhere)).then(left('2012', elsewhere));
    both.when(leave('2012')).then(left('2012'));
    both.when(leave('2012', deputy)).thenRefused('not-in-office');
  });
  it('with the same title in two organizations do not end each other', () =>
    given(registered(), assumed('2010'), assumed('2010', elsewhere), left('2012', elsewhere))
      .when(assume('2013'))
      .thenRefused('already-in-office'));
  it('in one organization do not end each other', () =>
    given(registered(), assumed('2010'), assumed('2010', deputy), left('2012', deputy))
      .when(assume('2013'))
      .thenRefused('already-in-office'));
  it('are distinguished by their exact titles, including upper and lower case', () =>
    given(registered(), assumed('2010'))
      .when(assume('2011', { office: 'secretary general' }))
      .then(assumed('2011', { office: 'secretary general' })));
  it('can be left and assumed in one group', () =>
    given(registered(), assumed('2010'))
      .when(leave('2012'), assume('2012', deputy))
      .then(left('2012'), assumed('2012', deputy)));
});

describe('offices that are recorded late', () => {
  it('can lie between facts that are recorded already', () =>
    given(registered(), assumed('2000'), assumed('2010', elsewhere), left('2020', elsewhere))
      .when(leave('2004'))
      .then(left('2004')));
  it('can be a whole earlier period in one group, in either order', () => {
    const known = given(registered(), assumed('2010'));
    known.when(assume('2000')).thenRefused('already-in-office');
    known.when(leave('2004')).thenRefused('not-in-office');
    known.when(leave('2004'), assume('2000')).then(left('2004'), assumed('2000'));
  });
  it('are refused if later facts become illegal', () =>
    given(registered(), assumed('2000'), left('2004'), assumed('2010'))
      .when(leave('2002'))
      .thenRefused('not-in-office'));
  it('are refused as a group if one of the offices is refused', () =>
    given(registered(), assumed('2010'))
      .when(leave('2012'), leave('2012', deputy))
      .thenRefused('not-in-office'));
});

describe('offices with imprecise dates', () => {
  it('are accepted if any arrangement is legal', () => {
    given(registered(), assumed('2010-12-20')).when(leave('2010')).then(left('2010'));
    given(registered(), assumed('2010')).when(leave('2010-01-01')).then(left('2010-01-01'));
    given(registered(), assumed('2011-41')).when(leave('2011-12')).then(left('2011-12'));
    given(registered(), assumed('2010'), left('2010')).when(assume('2010-03')).then(assumed('2010-03'));
  });
  it('are refused if no arrangement is legal', () => {
    given(registered(), assumed('2011-41')).when(leave('2011-06')).thenRefused('not-in-office');
    given(registered(), assumed('2010')).when(assume('2010-05')).thenRefused('already-in-office');
  });
  it('may be unbounded', () => {
    given(registered(), assumed('[..2010]')).when(leave('2000')).then(left('2000'));
    given(registered(), assumed('2010')).when(leave('2011/..')).then(left('2011/..'));
    given(registered(), assumed('2010')).when(leave('[..2009]')).thenRefused('not-in-office');
  });
});

describe('the correction of offices', () => {
  const history = given(registered(), assumed('2010'), left('2012'), assumed('2014'));
  it('is refused if the resulting timeline is illegal', () => {
    history.when(correct(getFactReference(1), officeData('2013'))).thenRefused('illegal-correction');
    history
      .when(correct(getFactReference(1), officeData('2011')))
      .thenStands(registered(), assumed('2011'), left('2012'), assumed('2014'));
  });
  it('can move a fact to another office', () => {
    given(registered(), assumed('2010'))
      .when(correct(getFactReference(1), officeData('2010', deputy)))
      .thenStands(registered(), assumed('2010', deputy));
    history.when(correct(getFactReference(1), officeData('2010', deputy))).thenRefused('illegal-correction');
  });
  it('accepts dependent corrections as a group', () => {
    const moves = [
      correct(getFactReference(1), officeData('2010', deputy)),
      correct(getFactReference(2), officeData('2012', deputy)),
    ];
    history
      .when(...moves)
      .thenStands(registered(), assumed('2010', deputy), left('2012', deputy), assumed('2014'));
  });
  it('is refused for a retraction that leaves an illegal timeline', () => {
    history.when(retract(getFactReference(2))).thenRefused('illegal-correction');
    history.when(retract(getFactReference(3))).thenStands(registered(), assumed('2010'), left('2012'));
    history
      .when(retract(getFactReference(1)), retract(getFactReference(2)))
      .thenStands(registered(), assumed('2014'));
  });
  it('lets a retracted fact be recorded again', () =>
    given(registered(), assumed('2010'), retracted(getFactReference(1)))
      .when(assume('2010'))
      .then(assumed('2010')));
  it('makes a repeated command be compared with the corrected data', () =>
    given(registered(), assumed('2010'), corrected(getFactReference(1), officeData('2011')))
      .when(assume('2010'))
      .thenRefused('already-in-office'));
  it('is refused if the replacement belongs to another person', () =>
    history
      .when(correct(getFactReference(1), officeData('2010', { person: 'john-doe' })))
      .thenRefused('illegal-correction', 0));
});
