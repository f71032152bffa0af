import { correct, corrected, disputed, dispute, retract, retracted } from '../support/amendment-fixtures.js';
import {
  admit,
  end,
  ended,
  getFactName,
  given,
  joined,
  membershipData,
  STREAM,
  suspend,
} from '../support/membership-fixtures.js';
import { createEventId } from '../support/decider-specification.js';

describe('correcting a fact', () => {
  it('replaces its words', () =>
    given(joined('1992'), ended('1999'))
      .when(correct(getFactName(0), membershipData('1992-05-15')))
      .then(corrected(getFactName(0), membershipData('1992-05-15'))));
  it('leaves the fact in its place in the effective history', () =>
    given(joined('1992'), ended('1999'))
      .when(correct(getFactName(0), membershipData('1992-05-15')))
      .thenStands(joined('1992-05-15'), ended('1999')));
  it('takes its full words: what the replacement does not say is not said any more', () =>
    given(joined('1992', { note: 'signed in Tashkent' }))
      .when(correct(getFactName(0), membershipData('1993')))
      .thenStands(joined('1993')));
  it('may name it by its event id, in either case', () => {
    const id = createEventId(STREAM, 0);
    given(joined('1992'))
      .when(correct(id, membershipData('1993')))
      .thenStands(joined('1993'));
    given(joined('1992'))
      .when(correct(id.toUpperCase(), membershipData('1993')))
      .thenStands(joined('1993'));
  });
  it('needs a fact of the stream', () => {
    given(joined('1992'))
      .when(correct(getFactName(1), membershipData('1993')))
      .thenRefused('unknown-reference', 0);
    given(joined('1992'))
      .when(correct('membership-csto:belarus@0', membershipData('1993')))
      .thenRefused('unknown-reference', 0);
    given(joined('1992'))
      .when(correct(createEventId('membership-csto:belarus', 0), membershipData('1993')))
      .thenRefused('unknown-reference', 0);
  });
  it('must leave a legal history', () => {
    given(joined('1992'), ended('1999'))
      .when(correct(getFactName(0), membershipData('2000')))
      .thenRefused('illegal-correction');
    given(joined('1992'), ended('1999'), joined('2006'))
      .when(correct(getFactName(1), membershipData('2010', { reason: 'withdrew' })))
      .thenRefused('illegal-correction');
  });
  it('must speak of the same stream', () => {
    given(joined('1992'))
      .when(correct(getFactName(0), { ...membershipData('1992'), member: 'belarus' }))
      .thenRefused('illegal-correction', 0);
    given(joined('1992'))
      .when(correct(getFactName(0), { ...membershipData('1992'), organization: 'cis' }))
      .thenRefused('illegal-correction', 0);
  });
});

describe('repeating a correction', () => {
  const first = given(joined('1992'), corrected(getFactName(0), membershipData('1993')));
  it('is quiet', () => first.when(correct(getFactName(0), membershipData('1993'))).thenNothing());
  it('is quiet under the other name of the fact', () =>
    first.when(correct(createEventId(STREAM, 0), membershipData('1993'))).thenNothing());
  it('for another reason is a fact', () =>
    first
      .when(correct(getFactName(0), membershipData('1993'), { reason: 'the depositary asked' }))
      .then(corrected(getFactName(0), membershipData('1993'), { reason: 'the depositary asked' })));
  it('that was superseded is a fact', () =>
    given(
      joined('1992'),
      corrected(getFactName(0), membershipData('1993')),
      corrected(getFactName(0), membershipData('1994')),
    )
      .when(correct(getFactName(0), membershipData('1993')))
      .thenStands(joined('1993')));
  it('that is the latest one is quiet whatever came between', () =>
    given(
      joined('1992'),
      corrected(getFactName(0), membershipData('1993')),
      ended('1999'),
      disputed(getFactName(0)),
    )
      .when(correct(getFactName(0), membershipData('1993')))
      .thenNothing());
  it('that is the latest one again, because a later one was retracted, is quiet', () =>
    given(
      joined('1992'),
      corrected(getFactName(0), membershipData('1993')),
      corrected(getFactName(0), membershipData('1994')),
      retracted(getFactName(2)),
    )
      .when(correct(getFactName(0), membershipData('1993')))
      .thenNothing());
  it('that was retracted is a fact', () =>
    given(joined('1992'), corrected(getFactName(0), membershipData('1993')), retracted(getFactName(1)))
      .when(correct(getFactName(0), membershipData('1993')))
      .then(corrected(getFactName(0), membershipData('1993'))));
  it('is quiet even if the fact was retracted since', () =>
    given(joined('1992'), corrected(getFactName(0), membershipData('1993')), retracted(getFactName(0)))
      .when(correct(getFactName(0), membershipData('1993')))
      .thenNothing());
});

describe('the words of a fact that was corrected', () => {
  it('are not quiet any more: they say something new', () => {
    given(
      joined('1992'),
      ended('1999'),
      corrected(getFactName(1), membershipData('1998', { reason: 'withdrew' })),
    )
      .when(end('1999'))
      .thenRefused('not-a-member');
    given(
      joined('1992'),
      ended('1999'),
      joined('2006'),
      corrected(getFactName(1), membershipData('1998', { reason: 'withdrew' })),
    )
      .when(end('2012'))
      .then(ended('2012'));
  });
  it('are heard in a group as the corrections before them left them', () =>
    given(joined('1992'), ended('1999'))
      .when(correct(getFactName(0), membershipData('1990')), end('1991'), admit('1992'))
      .thenStands(joined('1990'), ended('1999'), ended('1991'), joined('1992')));
  it('judge what comes after', () =>
    given(joined('1992'), corrected(getFactName(0), membershipData('1995')))
      .when(suspend('1993'))
      .thenRefused('not-a-member'));
});

describe('several corrections of one fact', () => {
  const twice = given(
    joined('1992'),
    corrected(getFactName(0), membershipData('1993')),
    corrected(getFactName(0), membershipData('1994')),
  );
  it('count by the latest', () => twice.stands(joined('1994')));
  it('that stands', () => twice.when(retract(getFactName(2))).thenStands(joined('1993')));
  it('none of which stands, leave its first words', () =>
    twice.when(retract(getFactName(2)), retract(getFactName(1))).thenStands(joined('1992')));
  it('are told apart by when they were recorded, not by when they were corrected', () =>
    twice
      .when(correct(getFactName(1), { fact: getFactName(0), with: membershipData('1990'), reason: 'r' }))
      .thenStands(joined('1994')));
});

describe('correcting a correction', () => {
  const once = given(joined('1992'), corrected(getFactName(0), membershipData('1993')));
  const again = (effective: string) => ({
    fact: getFactName(0),
    with: membershipData(effective),
    reason: 'misread twice',
  });
  it('changes the words that it gives', () =>
    once.when(correct(getFactName(1), again('1994'))).thenStands(joined('1994')));
  it('twice is once', () =>
    given(
      joined('1992'),
      corrected(getFactName(0), membershipData('1993')),
      corrected(getFactName(1), again('1994')),
    )
      .when(correct(getFactName(1), again('1994')))
      .thenNothing());
  it('makes its new words the ones that are not repeated', () => {
    const corrections = given(
      joined('1992'),
      corrected(getFactName(0), membershipData('1993')),
      corrected(getFactName(1), { fact: getFactName(0), with: membershipData('1994'), reason: 'misread' }),
    );
    corrections.when(correct(getFactName(0), membershipData('1994'))).thenNothing();
    corrections
      .when(correct(getFactName(0), membershipData('1993')))
      .then(corrected(getFactName(0), membershipData('1993')));
    corrections.when(admit('1994')).thenNothing();
  });
  it('must leave a legal history', () =>
    given(joined('1992'), ended('1999'), corrected(getFactName(0), membershipData('1993')))
      .when(correct(getFactName(2), again('2000')))
      .thenRefused('illegal-correction'));
  it('must speak of the same fact', () =>
    given(joined('1992'), ended('1999'), corrected(getFactName(0), membershipData('1993')))
      .when(correct(getFactName(2), { ...again('1994'), fact: getFactName(1) }))
      .thenRefused('illegal-correction', 0));
  it('must speak of the same stream, however deep', () => {
    const foreign = {
      fact: getFactName(0),
      with: { ...membershipData('1994'), member: 'belarus' },
      reason: 'r',
    };
    once.when(correct(getFactName(1), foreign)).thenRefused('illegal-correction', 0);
    given(
      joined('1992'),
      corrected(getFactName(0), membershipData('1993')),
      corrected(getFactName(1), again('1994')),
    )
      .when(correct(getFactName(2), { fact: getFactName(1), with: foreign, reason: 'r' }))
      .thenRefused('illegal-correction', 0);
  });
  it('can itself be corrected and retracted', () => {
    const deep = given(
      joined('1992'),
      corrected(getFactName(0), membershipData('1993')),
      corrected(getFactName(1), again('1994')),
    );
    deep
      .when(correct(getFactName(2), { fact: getFactName(1), with: again('1995'), reason: 'r' }))
      .thenStands(joined('1995'));
    deep.when(retract(getFactName(2))).thenStands(joined('1993'));
    deep.when(retract(getFactName(1))).thenStands(joined('1992'));
  });
  it('does not stand once the correction was retracted', () =>
    given(joined('1992'), corrected(getFactName(0), membershipData('1993')), retracted(getFactName(1)))
      .when(correct(getFactName(1), again('1994')))
      .thenRefused('illegal-correction', 0));
  it('works on retractions and disputes, too: their reasons and claims can be misread', () => {
    given(joined('1992'), retracted(getFactName(0)))
      .when(correct(getFactName(1), { fact: getFactName(0), reason: 'entered twice' }))
      .thenStands();
    given(joined('1992'), disputed(getFactName(0), 'in 1993'))
      .when(
        correct(getFactName(1), { fact: getFactName(0), claim: 'in 1994' }),
        dispute(getFactName(0), 'in 1994'),
      )
      .then(corrected(getFactName(1), { fact: getFactName(0), claim: 'in 1994' }));
  });
});
