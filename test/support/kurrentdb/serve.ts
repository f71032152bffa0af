// Runs a double in its own process: prints its connection string as one line, and ends with its standard input.
import { KurrentDbDouble } from './kurrentdb-double.js';

const nodes = Number(process.argv[2] ?? 1);
const double = await KurrentDbDouble.start({ nodes });
process.stdout.write(`${double.connectionString}\n`);
process.stdin.resume().on('end', () => {
  void double.stop();
});
