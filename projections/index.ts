import { upcasters } from '../src/domain/upcasters.js';
import { createEntryUpcaster } from '../src/ledger/entry-upcasting.js';
import type { PublishedReadModel } from '../src/read-models/declaration/route.js';
import decisions from './decisions/decisions.js';
import meetingRecord from './meeting-record/meeting-record.js';
import meetings from './meetings/meetings.js';
import membership from './membership/membership.js';
import observers from './observers/observers.js';
import offices from './offices/offices.js';
import organizations from './organizations/organizations.js';
import sources from './sources/sources.js';
import statements from './statements/statements.js';
import topics from './topics/topics.js';
import upcomingMeetings from './upcoming-meetings/upcoming-meetings.js';

/** All read models. A new one is a folder and a line here. */
export const publishedReadModels: readonly PublishedReadModel[] = [
  organizations,
  membership,
  observers,
  offices,
  upcomingMeetings,
  meetings,
  meetingRecord,
  statements,
  decisions,
  topics,
  sources,
];

// Loaded by the engine's threads.
export const readModels = publishedReadModels.map(({ model }) => model);
export const entryUpcaster = createEntryUpcaster(upcasters);
