import { correct, corrected, disputed, dispute, retract, retracted } from '../support/amendment-fixtures.js';
import {
  admit,
  end,
  ended,
  getFactReference,
  given,
  joined,
  membershipData,
  STREAM,
  suspend,
} from '../support/membership-fixtures.js';
import { createEventId } from '../support/decider-specification.js';

describe('the correction of a fact', () => {
  it('replaces the data of the fact', () =>
    given(joined('1992'), ended('1999'))
      .when(correct(getFactReference(0), membershipData('1992-05-15')))
      .then(corrected(getFactReference(0), membershipData('1992-05-15'))));
  it('keeps the fact at its position in the effective history', () =>
    given(joined('1992'), ended('1999'))
      .when(correct(getFactReference(0), membershipData('1992-05-15')))
      .thenStands(joined('1992-05-15'), ended('1999')));
  it('replaces the whole data: a field missing from the replacement is removed', () =>
    given(joined('1992', { note: 'signed in Tashkent' }))
      .when(correct(getFactReference(0), membershipData('1993')))
      .thenStands(joined('1993')));
  it('accepts the event id of the fact in upper and lower case', () => {
    const id = createEventId(STREAM, 0);
    given(joined('1992'))
      .when(correct(id, membershipData('1993')))
      .thenStands(joined('1993'));
    given(joined('1992'))
      .when(correct(id.toUpperCase(), membershipData('1993')))
      .thenStands(joined('1993'));
  });
  it('is refused with unknown-reference if the fact is not in the stream', () => {
    given(joined('1992'))
      .when(correct(getFactReference(1), membershipData('1993')))
      .thenRefused('unknown-reference', 0);
    given(joined('1992'))
      .when(correct('membership-csto:belarus@0', membershipData('1993')))
      .thenRefused('unknown-reference', 0);
    given(joined('1992'))
      .when(correct(createEventId('membership-csto:belarus', 0), membershipData('1993')))
      .thenRefused('unknown-reference', 0);
  });
  it('is refused if the resulting history is illegal', () => {
    given(joined('1992'), ended('1999'))
      .when(correct(getFactReference(0), membershipData('2000')))
      .thenRefused('illegal-correction');
    given(joined('1992'), ended('1999'), joined('2006'))
      .when(correct(getFactReference(1), membershipData('2010', { reason: 'withdrew' })))
      .thenRefused('illegal-correction');
  });
  it('is refused if the replacement belongs to another stream', () => {
    given(joined('1992'))
      .when(correct(getFactReference(0), { ...membershipData('1992'), member: 'belarus' }))
      .thenRefused('illegal-correction', 0);
    given(joined('1992'))
      .when(correct(getFactReference(0), { ...membershipData('1992'), organization: 'cis' }))
      .thenRefused('illegal-correction', 0);
  });
});

describe('a repeated correction', () => {
  const first = given(joined('1992'), corrected(getFactReference(0), membershipData('1993')));
  it('records nothing', () => first.when(correct(getFactReference(0), membershipData('1993'))).thenNothing());
  it('records nothing when it refers to the fact by event id', () =>
    first.when(correct(createEventId(STREAM, 0), membershipData('1993'))).thenNothing());
  it('with another reason is recorded', () =>
    first
      .when(correct(getFactReference(0), membershipData('1993'), { reason: 'the depositary asked' }))
      .then(corrected(getFactReference(0), membershipData('1993'), { reason: 'the depositary asked' })));
  it('is recorded if a later correction superseded the first one', () =>
    given(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      corrected(getFactReference(0), membershipData('1994')),
    )
      .when(correct(getFactReference(0), membershipData('1993')))
      .thenStands(joined('1993')));
  it('records nothing if it is still the latest correction, whatever other events followed', () =>
    given(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      ended('1999'),
      disputed(getFactReference(0)),
    )
      .when(correct(getFactReference(0), membershipData('1993')))
      .thenNothing());
  it('records nothing if it is the latest correction again because the later one was retracted', () =>
    given(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      corrected(getFactReference(0), membershipData('1994')),
      retracted(getFactReference(2)),
    )
      .when(correct(getFactReference(0), membershipData('1993')))
      .thenNothing());
  it('is recorded if the first one was retracted', () =>
    given(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      retracted(getFactReference(1)),
    )
      .when(correct(getFactReference(0), membershipData('1993')))
      .then(corrected(getFactReference(0), membershipData('1993'))));
  it('records nothing if the fact itself was retracted since', () =>
    given(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      retracted(getFactReference(0)),
    )
      .when(correct(getFactReference(0), membershipData('1993')))
      .thenNothing());
});

describe('the original data of a corrected fact', () => {
  it('is treated as new when it is sent again', () => {
    given(
      joined('1992'),
      ended('1999'),
      corrected(getFactReference(1), membershipData('1998', { reason: 'withdrew' })),
    )
      .when(end('1999'))
      .thenRefused('not-a-member');
    given(
      joined('1992'),
      ended('1999'),
      joined('2006'),
      corrected(getFactReference(1), membershipData('1998', { reason: 'withdrew' })),
    )
      .when(end('2012'))
      .then(ended('2012'));
  });
  it('is compared within a group after the corrections that come before it', () =>
    given(joined('1992'), ended('1999'))
      .when(correct(getFactReference(0), membershipData('1990')), end('1991'), admit('1992'))
      .thenStands(joined('1990'), ended('1999'), ended('1991'), joined('1992')));
  it('no longer counts: later commands are checked against the corrected data', () =>
    given(joined('1992'), corrected(getFactReference(0), membershipData('1995')))
      .when(suspend('1993'))
      .thenRefused('not-a-member'));
});

describe('several corrections of one fact', () => {
  const twice = given(
    joined('1992'),
    corrected(getFactReference(0), membershipData('1993')),
    corrected(getFactReference(0), membershipData('1994')),
  );
  it('the latest one takes effect', () => twice.stands(joined('1994')));
  it('the previous one takes effect when the latest is retracted', () =>
    twice.when(retract(getFactReference(2))).thenStands(joined('1993')));
  it('the original data takes effect when all of them are retracted', () =>
    twice.when(retract(getFactReference(2)), retract(getFactReference(1))).thenStands(joined('1992')));
  it('are ordered by when they were recorded, not by when they were corrected themselves', () =>
    twice
      .when(
        correct(getFactReference(1), {
          fact: getFactReference(0),
          with: membershipData('1990'),
          reason: 'r',
        }),
      )
      .thenStands(joined('1994')));
});

describe('the correction of a correction', () => {
  const once = given(joined('1992'), corrected(getFactReference(0), membershipData('1993')));
  const correctAgain = (effective: string) => ({
    fact: getFactReference(0),
    with: membershipData(effective),
    reason: 'misread twice',
  });
  it('changes the replacement data of the first correction', () =>
    once.when(correct(getFactReference(1), correctAgain('1994'))).thenStands(joined('1994')));
  it('records nothing when it is repeated', () =>
    given(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      corrected(getFactReference(1), correctAgain('1994')),
    )
      .when(correct(getFactReference(1), correctAgain('1994')))
      .thenNothing());
  it('makes its data the data that a repeated command is compared with', () => {
    const corrections = given(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      corrected(getFactReference(1), {
        fact: getFactReference(0),
        with: membershipData('1994'),
        reason: 'misread',
      }),
    );
    corrections.when(correct(getFactReference(0), membershipData('1994'))).thenNothing();
    corrections
      .when(correct(getFactReference(0), membershipData('1993')))
      .then(corrected(getFactReference(0), membershipData('1993')));
    corrections.when(admit('1994')).thenNothing();
  });
  it('is refused if the resulting history is illegal after a correction of a correction', () =>
    given(joined('1992'), ended('1999'), corrected(getFactReference(0), membershipData('1993')))
      .when(correct(getFactReference(2), correctAgain('2000')))
      .thenRefused('illegal-correction'));
  it('is refused if it refers to another fact', () =>
    given(joined('1992'), ended('1999'), corrected(getFactReference(0), membershipData('1993')))
      .when(correct(getFactReference(2), { ...correctAgain('1994'), fact: getFactReference(1) }))
      .thenRefused('illegal-correction', 0));
  it('is refused at any depth if the replacement belongs to another stream', () => {
    const foreign = {
      fact: getFactReference(0),
      with: { ...membershipData('1994'), member: 'belarus' },
      reason: 'r',
    };
    once.when(correct(getFactReference(1), foreign)).thenRefused('illegal-correction', 0);
    given(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      corrected(getFactReference(1), correctAgain('1994')),
    )
      .when(correct(getFactReference(2), { fact: getFactReference(1), with: foreign, reason: 'r' }))
      .thenRefused('illegal-correction', 0);
  });
  it('can itself be corrected and retracted', () => {
    const deep = given(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      corrected(getFactReference(1), correctAgain('1994')),
    );
    deep
      .when(
        correct(getFactReference(2), { fact: getFactReference(1), with: correctAgain('1995'), reason: 'r' }),
      )
      .thenStands(joined('1995'));
    deep.when(retract(getFactReference(2))).thenStands(joined('1993'));
    deep.when(retract(getFactReference(1))).thenStands(joined('1992'));
  });
  it('is refused once the first correction was retracted', () =>
    given(
      joined('1992'),
      corrected(getFactReference(0), membershipData('1993')),
      retracted(getFactReference(1)),
    )
      .when(correct(getFactReference(1), correctAgain('1994')))
      .thenRefused('illegal-correction', 0));
  it('also applies to the reason of a retraction and the claim of a dispute', () => {
    given(joined('1992'), retracted(getFactReference(0)))
      .when(correct(getFactReference(1), { fact: getFactReference(0), reason: 'entered twice' }))
      .thenStands();
    given(joined('1992'), disputed(getFactReference(0), 'in 1993'))
      .when(
        correct(getFactReference(1), { fact: getFactReference(0), claim: 'in 1994' }),
        dispute(getFactReference(0), 'in 1994'),
      )
      .then(corrected(getFactReference(1), { fact: getFactReference(0), claim: 'in 1994' }));
  });
});
