// Converts between the events of the log and the messages of the protocol.
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { once } from 'node:events';
import type { ExpectedRevision, ProposedEvent, RecordedEvent } from './transaction-log.js';
import { createPropertyMissingError } from './grpc-errors.js';

/** The position or revision of an end: 2^64 - 1. */
export const END = 18_446_744_073_709_551_615n;

export const getStreamName = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

export const toStreamIdentifier = (stream: string): shared.StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));

/** Both forms of an append encode the expected revision alike, except for the name of the number. */
type Expectation = {
  hasAny(): boolean;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
};

export const parseExpectedRevision = (options: Expectation, revision: string): ExpectedRevision => {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : BigInt(revision);
};

type ProposedMessage = streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage;

/** Throws a gRPC error if the type or the content type is missing. */
export function parseProposedEvent(message: ProposedMessage): ProposedEvent {
  const property = (name: string): string => {
    const value = message.getMetadataMap().get(name);
    if (value === undefined) throw createPropertyMissingError(name);
    return value;
  };
  return {
    id: parseUuid(message.getId()),
    type: property('type'),
    isJson: property('content-type') === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function parseUuid(uuid: shared.UUID | undefined): string {
  const structured = uuid?.getStructured();
  if (structured === undefined) return uuid?.getString().toLowerCase() ?? '';
  const digits = [structured.getMostSignificantBits(), structured.getLeastSignificantBits()]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
    .join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The bytes that count against the maximum size of an append. */
export const getEventSize = ({ type, data, metadata }: ProposedEvent): number =>
  data.length + metadata.length + 2 * type.length;

export function toReadResponse(event: RecordedEvent): streams.ReadResp {
  const record = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(event.id))
    .setStreamIdentifier(toStreamIdentifier(event.stream))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(String(event.position))
    .setPreparePosition(String(event.position))
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  record
    .getMetadataMap()
    .set('type', event.type)
    .set('created', String(event.created))
    .set('content-type', event.isJson ? 'application/json' : 'application/octet-stream');
  return new streams.ReadResp().setEvent(
    new streams.ReadResp.ReadEvent().setEvent(record).setCommitPosition(String(event.position)),
  );
}

export type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>;

/** Resolves when more may be written, or when the client has disconnected. */
export async function writeResponse(call: ReadCall, response: streams.ReadResp): Promise<void> {
  if (call.write(response) || call.cancelled) return;
  const settled = new AbortController();
  const { signal } = settled;
  await Promise.race(
    ['drain', 'cancelled', 'close'].map((event) => once(call, event, { signal }).catch(() => undefined)),
  );
  settled.abort();
}
