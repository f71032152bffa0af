import { placings, shelves } from './shelves.js';

export { entryUpcaster } from './shelves.js';
export const readModels = [{ ...shelves, version: 2 }, placings];
