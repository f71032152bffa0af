import { defineAggregate } from '../../eventsourcing/aggregate.js';
import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest, InstrumentRequest } from '../cited-request.js';
import { Edtf, OneOf, optional, Party, Reference } from '../field-decorators.js';
import { Nested } from '../nested-field-decorators.js';
import {
  OBSERVER_END_REASONS,
  OBSERVER_KINDS,
  observershipDecider,
  type ObserverEndReason,
  type ObserverKind,
  type ObserverStatusEnded,
  type ObserverStatusGranted,
} from './observership.js';
import { SELF_REFERENCE_PROBLEM } from '../self-reference-problem.js';

abstract class ObservershipRequest extends CitedRequest {
  @Reference('organization') readonly organization!: string;
  @Party() readonly observer!: string;
  @Edtf({
    about:
      'The first day on which it is so or, of an end, no longer so: what ends at midnight of 31 December ends on 1 January.',
  })
  readonly effective!: string;
}

class GrantObserverStatus extends ObservershipRequest implements DataOf<ObserverStatusGranted> {
  @OneOf(OBSERVER_KINDS, optional) readonly kind?: ObserverKind;
  @Reference('organization', { ...optional, about: 'The organization that granted it.' })
  readonly grantedBy?: string;
  @Nested(InstrumentRequest, optional) readonly instrument?: InstrumentRequest;
}

class EndObserverStatus extends ObservershipRequest implements DataOf<ObserverStatusEnded> {
  @OneOf(OBSERVER_END_REASONS, optional) readonly reason?: ObserverEndReason;
}

export const observership = defineAggregate({
  category: 'observership',
  id: ({ organization, observer }) => `${organization}:${observer}`,
  isReferenced: false,
  decider: observershipDecider,
  commands: {
    'grant-observer-status': {
      request: GrantObserverStatus,
      event: 'ObserverStatusGranted',
      about: 'Records that a party was granted observer, partner or associate status.',
      example: {
        organization: 'un-ga',
        observer: 'eurasec',
        effective: '2003-12-09',
        kind: 'observer',
        grantedBy: 'un-ga',
        instrument: {
          title: 'Observer status for the Eurasian Economic Community in the General Assembly',
          symbol: 'A/RES/58/84',
          signed: '2003-12-09',
          inForce: '2003-12-09',
          url: 'https://undocs.org/A/RES/58/84',
        },
        sources: [{ source: 'encyclopaedias', locator: 'Relations with others' }],
        note: 'The Community ended eleven years later.',
      },
    },
    'end-observer-status': {
      request: EndObserverStatus,
      event: 'ObserverStatusEnded',
      about: 'Records that a status ended; the date is the first day without it.',
      example: {
        organization: 'un-ga',
        observer: 'csto',
        effective: '2040~',
        reason: 'lapsed',
        sources: [{ source: 'a-res-59-50', locator: 'paragraph 1' }],
        note: 'An example for trying out: no source says so.',
      },
    },
  },
  refusals: {
    'self-reference': SELF_REFERENCE_PROBLEM,
    'already-observer': {
      title: 'Already an observer',
      meaning: 'With this event, the timeline would grant observer status twice without an end in between.',
      remedy:
        'Record the end of the earlier status first, send both as a group, or correct the recorded date.',
    },
    'not-an-observer': {
      title: 'Not an observer on that date',
      meaning: 'With this event, the timeline would end an observer status that does not exist then.',
      remedy: 'Record the granting first, send both as a group, or correct the recorded date.',
    },
  },
});
