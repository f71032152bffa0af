// An invented aggregate in three releases. In the first a motion has one sponsor, in the second several, in the third
// each sponsor is named with its kind. Each release knows only the newest shape, and the upcasters that lead to it.
import type { Decider } from '../../../src/eventsourcing/decider.js';
import type { AnyCommand, AnyEvent, TypedEvent } from '../../../src/eventsourcing/message.js';
import type { JsonObject } from '../../../src/json/json.js';
import { type AnyAggregate, defineAggregate } from '../../../src/eventsourcing/aggregate.js';
import { refuse } from '../../../src/eventsourcing/refusal.js';
import type { Upcasters } from '../../../src/eventsourcing/upcasters.js';
import { createEntryUpcaster } from '../../../src/ledger/entry-upcasting.js';
import { defineQuery } from '../../../src/read-models/declaration/query.js';
import { defineReadModel } from '../../../src/read-models/declaration/read-model.js';
import { json, defineTable } from '../../../src/read-models/declaration/table.js';

type FirstShape = { motion: string; title: string; sponsor: string };
type SecondShape = { motion: string; title: string; sponsors: readonly string[] };
export type MotionTabled = TypedEvent<
  'MotionTabled',
  { motion: string; title: string; sponsors: readonly { organization: string }[] }
>;
export type MotionCarried = TypedEvent<'MotionCarried', { motion: string }>;

const upcastToSponsors = ({ sponsor, ...motion }: FirstShape): SecondShape => ({
  ...motion,
  sponsors: [sponsor],
});
const upcastToOrganizations = ({ sponsors, ...motion }: SecondShape): MotionTabled['data'] => ({
  ...motion,
  sponsors: sponsors.map((organization) => ({ organization })),
});
const upcasters = {
  MotionTabled: [
    (data: JsonObject) => upcastToSponsors(data as FirstShape),
    (data: JsonObject) => upcastToOrganizations(data as SecondShape),
  ],
  MotionCarried: [],
};

/** The data of a motion in the shape of a release; the first has one sponsor only. */
export type CreateMotionData = (motion: string, title: string, ...sponsors: string[]) => JsonObject;

export type Release = {
  readonly noun: AnyAggregate;
  readonly upcasters: Upcasters;
  readonly createMotionData: CreateMotionData;
};

function createRelease(
  version: 1 | 2 | 3,
  createMotionData: CreateMotionData,
  sponsorsOf: (data: JsonObject) => number,
): Release {
  const decider: Decider<AnyCommand, AnyEvent, { readonly sponsors: number }> = {
    initialState: { sponsors: 0 },
    decide({ name, data }, { sponsors }) {
      if (name === 'table-motion')
        return sponsors > 0 ? refuse('id-taken', 'It is tabled already.') : [{ type: 'MotionTabled', data }];
      return sponsors < 2
        ? refuse('too-few-sponsors', `It has ${sponsors} and needs two.`)
        : [{ type: 'MotionCarried', data }];
    },
    evolve: (state, { type, data }) => (type === 'MotionTabled' ? { sponsors: sponsorsOf(data) } : state),
  };
  return {
    createMotionData,
    upcasters: { ...upcasters, MotionTabled: upcasters.MotionTabled.slice(0, version - 1) },
    noun: defineAggregate({
      category: 'motion',
      id: ({ motion }) => motion as string,
      isReferenced: false,
      decider,
      commands: {
        'table-motion': { request: Object, event: 'MotionTabled', about: 'Tables a motion.', example: {} },
        'carry-motion': { request: Object, event: 'MotionCarried', about: 'Carries it.', example: {} },
      },
      refusals: {},
    }),
  };
}

export const releases: readonly [Release, Release, Release] = [
  createRelease(
    1,
    (motion, title, sponsor = '') => ({ motion, title, sponsor }),
    () => 1,
  ),
  createRelease(
    2,
    (motion, title, ...sponsors) => ({ motion, title, sponsors }),
    ({ sponsors }) => (sponsors as string[]).length,
  ),
  createRelease(
    3,
    (motion, title, ...sponsors) => ({
      motion,
      title,
      sponsors: sponsors.map((organization) => ({ organization })),
    }),
    ({ sponsors }) =>
      (sponsors as { organization: string }[]).filter(({ organization }) => organization).length,
  ),
];

export const motions = defineReadModel<MotionTabled | MotionCarried>()({
  name: 'motions',
  version: 1,
  tables: {
    motions: defineTable({
      columns: {
        motion: 'text',
        title: 'text',
        sponsors: json<readonly string[]>(),
        first_said: 'json?',
        carried: 'integer',
      },
      key: ['motion'],
    }),
  },
  when: {
    MotionTabled: ({ data: { motion, title, sponsors }, original }, { motions }) =>
      motions.put({
        motion,
        title,
        sponsors: sponsors.map(({ organization }) => organization),
        first_said: original,
        carried: 0,
      }),
    MotionCarried: ({ data: { motion } }, { motions }) => {
      const tabled = motions.get({ motion });
      if (tabled) motions.put({ ...tabled, carried: 1 });
    },
  },
  queries: {
    all: defineQuery((view) =>
      view.all<JsonObject>(
        `SELECT motion, title, sponsors, first_said, carried FROM ${view.table('motions')} ORDER BY motion`,
      ),
    ),
  },
});

// What the engine's threads load.
export const readModels = [motions];
export const entryUpcaster = createEntryUpcaster(upcasters);
