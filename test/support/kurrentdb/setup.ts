// Before all suites, when they run on a cluster: MINUTEBOOK_CLUSTER becomes a connection string in all of jest's workers.
import { DoubleProcess } from './double-process.js';

let double: DoubleProcess | undefined;

export default async function setup(): Promise<void> {
  if (process.env['MINUTEBOOK_CLUSTER'] !== 'double') return;
  double = await DoubleProcess.start();
  process.env['MINUTEBOOK_CLUSTER'] = double.connectionString;
}

export const stopDouble = async (): Promise<void> => double?.stop();
