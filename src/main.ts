import { exitIfNodeJsUnsupported } from './node/nodejs-version.js';

exitIfNodeJsUnsupported();
// Only now: native modules crash in an older Node.js, and others lack what they import of it.
const { loadDotEnvFile: loadDotEnvFile } = await import('./node/dotenv-file.js');
const { serve } = await import('./server/serve.js');
loadDotEnvFile();
await serve(process.env);
