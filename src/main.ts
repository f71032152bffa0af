import { Configuration, ConfigurationError } from './configuration.js';
import { DataDirectoryUnusable } from './ledger/data-directory.js';
import { LedgerUnusable } from './ledger/sqlite/schema.js';
import { startServer } from './server.js';

const end = (sentence: string): never => {
  console.error(sentence);
  process.exit(1);
};

try {
  const { url } = await startServer(new Configuration(process.env), end);
  console.log(`Minutebook is open at ${url} (documentation: ${url}/docs).`);
} catch (error) {
  if (
    error instanceof ConfigurationError ||
    error instanceof DataDirectoryUnusable ||
    error instanceof LedgerUnusable
  )
    end(error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  end(
    code === 'EADDRINUSE'
      ? `The address is in use: choose another PORT (${message}).`
      : String((error as Error).stack),
  );
}
