// Runs before all suites on a cluster: sets MINUTEBOOK_CLUSTER to a connection string in all workers of jest.
import { DoubleProcess } from './double-process.js';

let double: DoubleProcess | undefined;

export default async function setup(): Promise<void> {
  if (process.env['MINUTEBOOK_CLUSTER'] !== 'double') return;
  double = await DoubleProcess.start();
  process.env['MINUTEBOOK_CLUSTER'] = double.connectionString;
}

export const stopDouble = async (): Promise<void> => double?.stop();
