import type { Request } from './request.js';

/** The header that says which bodies an address takes (W3C Linked Data Platform, section 7.1). */
export const ACCEPT_POST = 'accept-post';

/** The only address that takes many commands, a line each. */
const NDJSON_ADDRESS = /^\/commands(?:\?|$)/;

/** The media types that the address of the request takes, as the header lists them. */
export const getAcceptedBodyTypes = ({ url }: Request): string =>
  NDJSON_ADDRESS.test(url) ? 'application/json, application/x-ndjson' : 'application/json';

/** Says what was sent and what is taken instead. */
export function explainUnsupportedMediaType(request: Request): string {
  const sent = request.headers['content-type'];
  const found = sent === undefined ? 'The body has no Content-Type' : `The body is "${sent.slice(0, 100)}"`;
  const lines = NDJSON_ADDRESS.test(request.url) ? ', or a command a line with "application/x-ndjson"' : '';
  return `${found}: send JSON with "Content-Type: application/json"${lines}.`;
}
