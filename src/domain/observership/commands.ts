import type { DataOf } from '../../eventsourcing/message.js';
import { CitedRequest, InstrumentRequest } from '../cited-request.js';
import { Edtf, Nested, OneOf, optional, Party, Reference } from '../field-decorators.js';
import {
  OBSERVER_END_REASONS,
  OBSERVER_KINDS,
  type ObserverStatusEnded,
  type ObserverStatusGranted,
} from './events.js';

abstract class ObservershipRequest extends CitedRequest {
  @Reference('organization') readonly organization!: string;
  @Party() readonly observer!: string;
  @Edtf() readonly effective!: string;
}

export class GrantObserverStatus extends ObservershipRequest implements DataOf<ObserverStatusGranted> {
  @OneOf(OBSERVER_KINDS) readonly kind!: DataOf<ObserverStatusGranted>['kind'];
  @Reference('organization', { ...optional, about: 'The organization that granted it.' })
  readonly grantedBy?: string;
  @Nested(InstrumentRequest, optional) readonly instrument?: InstrumentRequest;
}

export class EndObserverStatus extends ObservershipRequest implements DataOf<ObserverStatusEnded> {
  @OneOf(OBSERVER_END_REASONS) readonly reason!: DataOf<ObserverStatusEnded>['reason'];
}
