import { requireSupportedNode } from './node/nodejs-version.js';

requireSupportedNode();
// Only now: native modules crash in an older Node.js, and others lack what they import of it.
const { loadSettingsFile } = await import('./node/dotenv-file.js');
const { serve } = await import('./server/serve.js');
loadSettingsFile();
await serve(process.env);
