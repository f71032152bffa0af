// Every way in which this server says no: one table from code to status and words. Each code has a page.
import type { ProblemExplanation } from '../eventsourcing/refusal.js';
import { aggregates } from '../domain/aggregates.js';

export type Problem = ProblemExplanation & { readonly status: number };

const defineProblem = (status: number, title: string, meaning: string, remedy: string): Problem => ({
  status,
  title,
  meaning,
  remedy,
});

const COMMON_PROBLEMS: { readonly [code: string]: Problem } = {
  'invalid-json': defineProblem(
    400,
    'Not acceptable as JSON',
    'The body is not JSON in UTF-8, or it has duplicate members, a member "__proto__", or too many levels.',
    'Send one JSON value in UTF-8 in which every member stands once.',
  ),
  'invalid-address': defineProblem(
    400,
    'Not an address',
    'The path of the address has a percent sign that does not begin two hexadecimal digits of UTF-8.',
    'Escape the path as RFC 3986 says.',
  ),
  'invalid-datetime': defineProblem(
    400,
    'Not a time to ask for',
    'The header Accept-Datetime is not a date as RFC 1123 writes it, in GMT (RFC 7089, section 4.5.3).',
    'Send a date such as Tue, 31 May 2011 12:00:00 GMT, or use asOf with an entry or an RFC 3339 timestamp.',
  ),
  'unknown-key': defineProblem(
    401,
    'Who is asking?',
    'The request needs an API key, or the key it has is not known here.',
    'Send the header "Authorization: Bearer <key>"; the first key lies in the file admin.key of the data directory.',
  ),
  forbidden: defineProblem(
    403,
    'Not with this key',
    'The key is known, but its role may not do this.',
    'Use a key with a role that may.',
  ),
  'not-found': defineProblem(
    404,
    'Nothing here',
    'This address leads nowhere.',
    'Look at /docs for the addresses there are.',
  ),
  'unknown-id': defineProblem(
    404,
    'Not in the book',
    'As of this entry, the book has nothing with this id.',
    'Check the id, and the entry if you asked for an earlier one.',
  ),
  'unknown-command': defineProblem(
    404,
    'No such command',
    'The book does not know this command.',
    'GET /commands lists the commands.',
  ),
  'projection-retired': defineProblem(
    404,
    'Version not served here',
    'The address pins a version of a read model that this release does not have.',
    'Leave "v" out to be answered by the version that is served, or run the release that had it.',
  ),
  'id-taken': defineProblem(
    409,
    'The id is taken',
    'Something else is registered under this id, and ids are never reused.',
    'Choose another id, or correct the registration (correct-fact) if it is the same thing with wrong words.',
  ),
  'book-not-empty': defineProblem(
    409,
    'The book is not empty',
    'A whole book can be imported into an empty one only, since its entries keep their numbers.',
    'Start a server on a new data directory and import it there, or send what is missing as commands.',
  ),
  'illegal-correction': defineProblem(
    409,
    'The correction cannot stand',
    'The facts would contradict each other afterwards, or the fact cannot be amended in this way.',
    'Read the detail; corrections that are right only together can be sent as one group.',
  ),
  'too-imprecise': defineProblem(
    409,
    'Too imprecise to be judged',
    'The dates of the facts leave so many orders open that none was found to be legal in reasonable time.',
    'Give narrower dates for some of the facts.',
  ),
  'not-in-a-cluster': defineProblem(
    409,
    'Not in a cluster',
    'A whole book comes in all at once or not at all, and the log of a cluster cannot take it so.',
    'Import it into a node with LEDGER=sqlite.',
  ),
  'wrong-revision': defineProblem(
    412,
    'The stream has moved on',
    'If-Match names another revision than the stream has.',
    'Read the stream, look at what was added, and send the command again with the current revision.',
  ),
  'too-large': defineProblem(
    413,
    'Too large',
    'The body is larger than 512 KiB, or what it says is larger than the cluster that orders the facts takes at once.',
    'Split it; many commands go as application/x-ndjson, a line each.',
  ),
  'unsupported-media-type': defineProblem(
    415,
    'Not this kind of content',
    'Commands are taken as application/json, and many of them as application/x-ndjson on /commands.',
    'Set the Content-Type, and send the body uncompressed.',
  ),
  'missing-field': defineProblem(
    422,
    'A field is missing',
    'The command needs a field that was not sent.',
    'GET /commands/<name> shows the fields.',
  ),
  'unknown-field': defineProblem(
    422,
    'An unknown field',
    'The command does not have this field.',
    'GET /commands/<name> shows the fields.',
  ),
  'unknown-parameter': defineProblem(
    422,
    'An unknown parameter',
    'This address does not have this query parameter.',
    'Look at /docs for the parameters.',
  ),
  'invalid-value': defineProblem(
    422,
    'Not a possible value',
    'The value has the wrong type or is not in the list.',
    'Read the detail, which names what is possible.',
  ),
  'invalid-date': defineProblem(
    422,
    'Not a date',
    'Dates of facts are EDTF (ISO 8601-2): 2011-05-31, 2010-12, 2011-41, 1992~, [..2011-05-31], [1993-09-09,1993-12-09].',
    'Write the date in one of these forms.',
  ),
  'invalid-id': defineProblem(
    422,
    'Not an id',
    'Ids have 1 to 100 of a-z, 0-9, "." and "-", with a letter or digit first and last.',
    'Choose an id of this form.',
  ),
  'invalid-text': defineProblem(
    422,
    'Not a text',
    'Texts hold no lone surrogates and no control characters but tab, newline and carriage return.',
    'Remove the character.',
  ),
  'invalid-number': defineProblem(
    422,
    'Not a number here',
    'Numbers are integers between -(2^53-1) and 2^53-1.',
    'Send such an integer, or a text.',
  ),
  'invalid-cursor': defineProblem(
    422,
    'Not a cursor',
    'The cursor was not made by this list.',
    'Follow "next" of the page before as it is, or begin without a cursor.',
  ),
  'unknown-reference': defineProblem(
    422,
    'Refers to nothing',
    'The command refers to an id that the book does not know.',
    'Register what it refers to first, or correct the id.',
  ),
  'invalid-export': defineProblem(
    422,
    'Not a whole export',
    'A line is not as an export of a book has it: it is missing, was altered, or does not follow from those before it.',
    'Export the book again. Nothing was imported.',
  ),
  'not-a-group': defineProblem(
    422,
    'Not a group',
    'A group has 1 to 100 commands, all of one stream.',
    'Send commands of other streams on their own, or as application/x-ndjson.',
  ),
  'not-yet': defineProblem(
    422,
    'Beyond the book',
    'asOf names an entry that the book does not have yet.',
    'Ask for an entry up to the head, or leave asOf out.',
  ),
  'idempotency-key-reused': defineProblem(
    422,
    'The key was used',
    'This Idempotency-Key came before with another command.',
    'Use a new key for a new command.',
  ),
  'rate-limited': defineProblem(
    429,
    'Too many requests',
    'More requests came than one principal may send in a minute.',
    'Wait as long as Retry-After says.',
  ),
  'internal-error': defineProblem(
    500,
    'Our mistake',
    'Something went wrong that should not.',
    'Report it with the correlation id; nothing was recorded unless a later look shows it.',
  ),
  'damaged-entry': defineProblem(
    500,
    'A damaged entry',
    'Stored bytes of the ledger do not match their hash: they were altered outside this program.',
    'Restore the ledger from a copy; the entries before the damaged one can still be read.',
  ),
  busy: defineProblem(
    503,
    'Busy',
    'Too many commands wait to be recorded, or others keep writing to the same stream.',
    'Send it again after Retry-After.',
  ),
  clock: defineProblem(
    503,
    'The clock is wrong',
    "The last entry is later than this machine's clock.",
    'Set the clock right.',
  ),
  'cut-off': defineProblem(
    503,
    'Cut off from the cluster',
    'This node cannot reach the cluster that orders the facts: nothing was recorded. Reading goes on.',
    'Send the command again after Retry-After, or to another node.',
  ),
  diverged: defineProblem(
    503,
    'Not what was signed',
    'What this node has of the book is not what a checkpoint was signed for. It records nothing; what it answers may be wrong.',
    'Ask another node. Its operator finds in the detail which copy differs, and what to do.',
  ),
  'disk-full': defineProblem(
    503,
    'The disk is full',
    'Nothing can be recorded; reading goes on.',
    'Free some space; nothing needs to be restarted.',
  ),
  'later-release': defineProblem(
    503,
    'Written by a later release',
    'A fact that the command rests on has a shape that this release does not know yet.',
    'Run the release that recorded it, or a later one.',
  ),
  'not-signed': defineProblem(
    503,
    'Not signed yet',
    'No checkpoint covers what was asked for, or the key of the checkpoints is not known here: other nodes sign them.',
    'Ask again after Retry-After, or another node.',
  ),
  'outcome-unknown': defineProblem(
    503,
    'The outcome is not known',
    'The disk, or the connection to the cluster, failed while the facts were written: they may or may not turn out to be recorded.',
    'Send the command again with the same Idempotency-Key: it is recorded once in any case.',
  ),
  stopping: defineProblem(503, 'Stopping', 'The server is being stopped.', 'Send it again when it runs.'),
  'not-caught-up': defineProblem(
    503,
    'Not there yet',
    'The read model has not reached the entry that was asked for.',
    'Ask again after Retry-After.',
  ),
  'projection-building': defineProblem(
    503,
    'Being built',
    'The read model is being folded for the first time.',
    'Ask again after Retry-After; GET /projections shows the progress.',
  ),
};

/** The rules of the domain are conflicts with what the book says already. */
const DOMAIN_PROBLEMS = Object.fromEntries(
  aggregates
    .flatMap(({ refusals }) => Object.entries(refusals))
    .map(([code, words]) => [code, { status: 409, ...words }]),
);

export const problems: { readonly [code: string]: Problem } = { ...COMMON_PROBLEMS, ...DOMAIN_PROBLEMS };
