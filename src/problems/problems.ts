// The catalog of problems: from a code to its status, title, meaning and remedy. Each code has a page.
import { aggregates } from '../domain/aggregates.js';
import type { ProblemExplanation } from '../eventsourcing/refusal.js';

type Problem = ProblemExplanation & { readonly status: number };

const defineProblem = (status: number, title: string, meaning: string, remedy: string): Problem => ({
  status,
  title,
  meaning,
  remedy,
});

const COMMON_PROBLEMS: { readonly [code: string]: Problem } = {
  'invalid-json': defineProblem(
    400,
    'Invalid JSON',
    'The body is not JSON in UTF-8, or it has duplicate members, a member "__proto__", or too many levels of nesting.',
    'Send one JSON value in UTF-8 without duplicate members.',
  ),
  'invalid-address': defineProblem(
    400,
    'Invalid address',
    'The address has a fragment, is not ASCII, or has a percent sign that does not begin two hexadecimal digits of UTF-8.',
    'Percent-encode path and query (RFC 3986).',
  ),
  'invalid-header': defineProblem(
    400,
    'Invalid header',
    'A header that may come once comes more than once, or Host is not a host with an optional port.',
    'Send the header once.',
  ),
  'invalid-datetime': defineProblem(
    400,
    'Invalid datetime',
    'The header Accept-Datetime is not an RFC 1123 date in GMT (RFC 7089, section 4.5.3).',
    'Send a date such as Tue, 31 May 2011 12:00:00 GMT, or use asOf with an entry number or an RFC 3339 timestamp.',
  ),
  'unknown-key': defineProblem(
    401,
    'Authentication required',
    'The request needs an API key, or its API key is unknown or revoked.',
    'Send the header "Authorization: Bearer <key>". The first key is in the file admin.key of the data directory.',
  ),
  'invalid-token': defineProblem(
    401,
    'Invalid access token',
    'The access token has expired, is for another audience or of another issuer, or its signature is not one that is accepted here.',
    'Get a new access token from the issuer, for the audience of this server, as a JWT of the type at+jwt (RFC 9068).',
  ),
  forbidden: defineProblem(
    403,
    'Forbidden',
    'The role of the API key, or that of the access token, does not permit this request.',
    'Use a key or a token with a role that permits it.',
  ),
  'not-found': defineProblem(
    404,
    'Not found',
    'The server has nothing at this address.',
    'See /docs for the addresses.',
  ),
  'not-acceptable': defineProblem(
    406,
    'Not acceptable',
    'Accept, or the suffix of the address, names no representation that the address has.',
    'Accept one of the media types that the detail names, or */*.',
  ),
  'unknown-id': defineProblem(
    404,
    'Unknown id',
    'As of this entry, the book has nothing with this id.',
    'Check the id, and the entry if the request names an earlier one.',
  ),
  'unknown-command': defineProblem(
    404,
    'Unknown command',
    'There is no command with this name.',
    'GET /commands lists the commands.',
  ),
  'projection-retired': defineProblem(
    404,
    'Read model version not available',
    'The address names a version of a read model that this release does not have.',
    'Leave "v" out to read the present version, or run the release that has the named one.',
  ),
  'malformed-request': defineProblem(
    400,
    'Malformed request',
    'What was sent is not a request of HTTP/1.1.',
    'Send a request as RFC 9112 defines it.',
  ),
  'request-timeout': defineProblem(
    408,
    'Request timeout',
    'The headers or the body of the request did not arrive in time, or an import sent nothing for too long.',
    'Send the request again without pauses. Lines of an import that were answered are recorded.',
  ),
  'headers-too-large': defineProblem(
    431,
    'Headers too large',
    'The address and the headers of the request are together larger than 16 KiB.',
    'Send fewer or shorter headers.',
  ),
  'address-too-long': defineProblem(
    414,
    'Address too long',
    'The address of the request alone is larger than 16 KiB.',
    'Send a shorter address. Commands are sent as the body of a POST.',
  ),
  'method-not-allowed': defineProblem(
    405,
    'Method not allowed',
    'The address exists, but not with this method.',
    'Use one of the methods that the header Allow lists.',
  ),
  'unknown-method': defineProblem(
    501,
    'Unknown method',
    'The request names a method that is none of HTTP.',
    'Use GET, or POST for commands. /docs lists the addresses with their methods.',
  ),
  'unknown-expectation': defineProblem(
    417,
    'Unknown expectation',
    'The header Expect names something other than 100-continue.',
    'Send the request without the header Expect.',
  ),
  'id-taken': defineProblem(
    409,
    'Id already used',
    'Something else is registered under this id, and ids are never reused.',
    'Choose another id, or correct the registration (correct-fact) if it is the same thing.',
  ),
  'book-not-empty': defineProblem(
    409,
    'Book not empty',
    'An export can be imported only into an empty book, because its entries keep their numbers.',
    'Start a server on a new data directory and import there, or send the missing events as commands.',
  ),
  'illegal-correction': defineProblem(
    409,
    'Illegal correction',
    'With the correction, the events of the stream would contradict each other, or the event cannot be amended in this way.',
    'Read the detail. Corrections that are valid only together can be sent as one group.',
  ),
  'too-imprecise': defineProblem(
    409,
    'Dates too imprecise',
    'The dates of the events permit so many orders that no legal one was found in reasonable time.',
    'Give more precise dates for some of the events.',
  ),
  'not-in-a-cluster': defineProblem(
    409,
    'Not available in a cluster',
    'An export is imported as a whole or not at all, which the log of a cluster does not support.',
    'Import it into a node with LEDGER=sqlite.',
  ),
  'wrong-revision': defineProblem(
    412,
    'Revision conflict',
    'The stream has another revision than If-Match requires, or one that If-None-Match excludes.',
    'Read the stream, examine the events that were added, and send the command again with the present revision.',
  ),
  'precondition-failed': defineProblem(
    412,
    'Precondition failed',
    'If-Match names no ETag that the answer has now.',
    'Send the request without If-Match, or with the present ETag.',
  ),
  'too-large': defineProblem(
    413,
    'Too large',
    'The body is larger than 512 KiB, or its events are larger than the cluster accepts in one append.',
    'Split it. Many commands can be sent as application/x-ndjson, one per line.',
  ),
  'import-stalled': defineProblem(
    408,
    'Import stalled',
    'An export that was being imported did not arrive any further. Commands wait while a book is imported, so the import was given up.',
    'Send the whole export again. Nothing of it was imported.',
  ),
  'unsupported-media-type': defineProblem(
    415,
    'Unsupported media type',
    'Commands are accepted as application/json, and many commands as application/x-ndjson at /commands.',
    'Set the Content-Type, and send the body without compression.',
  ),
  'missing-field': defineProblem(
    422,
    'Missing field',
    'The command requires a field that was not sent.',
    'GET /commands/<name> shows the fields.',
  ),
  'unknown-field': defineProblem(
    422,
    'Unknown field',
    'The command does not have this field.',
    'GET /commands/<name> shows the fields.',
  ),
  'unknown-parameter': defineProblem(
    422,
    'Unknown parameter',
    'This address does not have this query parameter.',
    'See /docs for the parameters.',
  ),
  'invalid-value': defineProblem(
    422,
    'Invalid value',
    'The value has the wrong type, is too long, or is not one of the permitted values.',
    'Read the detail, which names the permitted values. GET /commands/<name> shows the maximum length of each text.',
  ),
  'invalid-date': defineProblem(
    422,
    'Invalid date',
    'Dates of events are EDTF (ISO 8601-2): 2011-05-31, 2010-12, 2011-41, 1992~, [..2011-05-31], [1993-09-09,1993-12-09].',
    'Write the date in one of these forms.',
  ),
  'invalid-id': defineProblem(
    422,
    'Invalid id',
    'Ids have 1 to 100 characters of a-z, 0-9, "." and "-", and begin and end with a letter or digit.',
    'Choose an id of this form.',
  ),
  'invalid-text': defineProblem(
    422,
    'Invalid text',
    'Texts must not contain lone surrogates, control characters other than tab, newline and carriage return, or more than 30 combining marks in a row (UAX #15, Stream-Safe Text Format), and must have a character that can be seen.',
    'Remove the character, or write what can be read.',
  ),
  'invalid-number': defineProblem(
    422,
    'Invalid number',
    'Numbers are integers between -(2^53-1) and 2^53-1.',
    'Send such an integer, or a text.',
  ),
  'invalid-cursor': defineProblem(
    422,
    'Invalid cursor',
    'The cursor is not one of this list.',
    'Use "next" of the previous page unchanged, or begin without a cursor.',
  ),
  'unknown-reference': defineProblem(
    422,
    'Unknown reference',
    'The command refers to an id that the book does not have.',
    'Register the referenced thing first, or correct the id.',
  ),
  'invalid-export': defineProblem(
    422,
    'Invalid export',
    'A line of the export is missing, was altered, or does not follow from the lines before it.',
    'Export the book again. Nothing was imported.',
  ),
  'not-a-group': defineProblem(
    422,
    'Not a group',
    'A group has 1 to 100 commands of one stream.',
    'Send commands of other streams separately, or as application/x-ndjson.',
  ),
  'not-yet': defineProblem(
    422,
    'Entry does not exist yet',
    'asOf, a range or the position of a feed names an entry that has not been recorded.',
    'Name an entry up to the head. A feed whose position is beyond the head followed another copy of the book: begin it again.',
  ),
  'idempotency-key-reused': defineProblem(
    422,
    'Idempotency key already used',
    'This Idempotency-Key was sent before with another command.',
    'Use a new key for a new command.',
  ),
  'missing-key': defineProblem(
    422,
    'Idempotency key missing',
    'The command leaves out an id that is then given. Sent again without an Idempotency-Key, it would be recorded twice.',
    'Send an Idempotency-Key (a line of NDJSON: "idempotencyKey"), or choose the id.',
  ),
  'rate-limited': defineProblem(
    429,
    'Too many requests',
    'The principal has sent more requests than are permitted per minute, or has too many event streams or exports open.',
    'Retry after the time that Retry-After names.',
  ),
  'internal-error': defineProblem(
    500,
    'Internal error',
    'The server failed because of a defect.',
    'Report it, with your X-Correlation-Id if you sent one. A command may or may not be recorded: read the stream, or send it again with the same Idempotency-Key.',
  ),
  'unsupported-transfer-coding': defineProblem(
    501,
    'Unsupported transfer coding',
    'The header Transfer-Encoding names a coding other than chunked.',
    'Send the body without compression, with a Content-Length or chunked.',
  ),
  'damaged-entry': defineProblem(
    500,
    'Damaged entry',
    'Stored bytes of the ledger do not match their hash: they were altered outside this program.',
    'Restore the ledger from a copy. The entries before the damaged one can still be read.',
  ),
  busy: defineProblem(
    503,
    'Busy',
    'Too many commands wait to be recorded, too many queries, event streams, exports or large answers are in progress, other clients keep appending to the same stream, or another program holds a lock on the ledger.',
    'Retry after the time that Retry-After names.',
  ),
  clock: defineProblem(
    503,
    'Clock behind the ledger',
    "The last entry is later than this machine's clock.",
    'The operator corrects the clock. If it was ahead before and is right now, CLOCK_BEHIND_HEAD=continue goes on with the time of the last entry.',
  ),
  'cut-off': defineProblem(
    503,
    'Cluster unreachable',
    'This node cannot reach the cluster that orders the events, or does not know whether it has everything. Nothing was recorded. Reads are still answered, with their age in Ledger-Age; requests with a key only for the time of KEYS_TRUST.',
    'Retry after the time that Retry-After names, or use another node.',
  ),
  diverged: defineProblem(
    503,
    'Node diverged from its checkpoint',
    "This node's copy of the ledger differs from a signed checkpoint. It records nothing, and its answers may be wrong.",
    'Use another node. The detail names the copy that differs, and what its operator should do.',
  ),
  'disk-full': defineProblem(
    503,
    'Disk full',
    'Nothing can be recorded. Reads are still answered.',
    'Free space on the disk; no restart is needed.',
  ),
  'issuer-unreachable': defineProblem(
    503,
    'Issuer unreachable',
    'The keys of the OpenID Connect issuer cannot be loaded, so that an access token cannot be verified. API keys are accepted, and what anybody may read is answered.',
    'Retry after the time that Retry-After names; the operator checks OIDC_ISSUER.',
  ),
  'keys-in-doubt': defineProblem(
    503,
    'API keys in doubt',
    'An event of the API keys that this node has seen is gone from the cluster: a server has yet to catch up, or the cluster was restored from a backup. Nobody may administer this node meanwhile.',
    'Retry after the time that Retry-After names. If it lasts, the log of the node tells its operator what to do.',
  ),
  'ledger-damaged': defineProblem(
    503,
    'Ledger file damaged',
    'A page or an index of ledger.db is damaged, so that nothing can be recorded. Entries that can be read are still answered.',
    'The operator makes a new file from the entries, or restores a copy; the log of the server says how.',
  ),
  'ledger-lost': defineProblem(
    503,
    'Ledger file removed or replaced',
    'A file of the ledger was removed or replaced while the server runs. Nothing can be recorded, and the last command may be lost. Reads are still answered.',
    'The operator exports the book from the running server before it is stopped, and puts the file back.',
  ),
  'ledger-unavailable': defineProblem(
    503,
    'Ledger cannot be written',
    'The ledger can be read, but not be opened for writing: the file or the disk is read-only, or the process has too many open files.',
    'Retry after the time that Retry-After names; the operator checks the data directory.',
  ),
  'later-release': defineProblem(
    503,
    'Written by a later release',
    'An event that the command depends on has a version that this release does not support.',
    'Run the release that recorded it, or a later one.',
  ),
  'not-signed': defineProblem(
    503,
    'No checkpoint yet',
    'No checkpoint covers the entry, or the checkpoint key is not known here: other nodes sign.',
    'Retry after the time that Retry-After names, or use another node.',
  ),
  'outcome-unknown': defineProblem(
    503,
    'Outcome unknown',
    'The disk, or the connection to the cluster, failed during the append: the events may or may not be recorded.',
    'Send the command again with the same Idempotency-Key: it is recorded at most once.',
  ),
  stopping: defineProblem(
    503,
    'Server stopping',
    'The server is being stopped.',
    'Retry when it runs again, or use another node.',
  ),
  'not-caught-up': defineProblem(
    503,
    'Read model behind',
    'The read model, or the ledger of this node, has not reached the requested entry.',
    'Retry after the time that Retry-After names.',
  ),
  'projection-building': defineProblem(
    503,
    'Read model being built',
    'The read model is being built for the first time.',
    'Retry after the time that Retry-After names. GET /projections shows the progress.',
  ),
};

/** A refusal by a rule of the domain is a conflict with what is recorded. */
const DOMAIN_PROBLEMS = Object.fromEntries(
  aggregates
    .flatMap(({ refusals }) => Object.entries(refusals))
    .map(([code, explanation]) => [code, { status: 409, ...explanation }]),
);

export const problems: { readonly [code: string]: Problem } = { ...COMMON_PROBLEMS, ...DOMAIN_PROBLEMS };
