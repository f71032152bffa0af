import { parseLosslessJson } from '../../commands/parse-command-envelope.js';
import type { Request } from '../../http/request.js';
import type { Json } from '../../json/json.js';

/** The JSON of a request's body. Throws InvalidJsonError, ProblemError. */
export const parseBody = ({ body }: Request): Json =>
  parseLosslessJson(body instanceof Buffer ? body : Buffer.alloc(0));
