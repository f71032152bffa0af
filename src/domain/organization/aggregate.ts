import { defineAggregate } from '../../eventsourcing/aggregate.js';
import {
  AcquireLegalStatus,
  DissolveOrganization,
  RegisterOrganization,
  RenameOrganization,
} from './commands.js';
import { organizationDecider } from './decider.js';

export const organization = defineAggregate({
  category: 'organization',
  id: ({ organization }) => organization,
  isReferenced: true,
  decider: organizationDecider,
  reads: ['organization'],
  commands: {
    'register-organization': {
      request: RegisterOrganization,
      event: 'OrganizationRegistered',
      about: 'Enters a state, an organization or one of its bodies.',
    },
    'rename-organization': {
      request: RenameOrganization,
      event: 'OrganizationRenamed',
      about: 'Gives an organization another name from a date on; the earlier names stay readable.',
    },
    'acquire-legal-status': {
      request: AcquireLegalStatus,
      event: 'LegalStatusAcquired',
      about: 'Records a legal status and who granted it.',
    },
    'dissolve-organization': {
      request: DissolveOrganization,
      event: 'OrganizationDissolved',
      about: 'Records that an organization ceased to exist.',
    },
  },
  refusals: {
    'already-dissolved': {
      title: 'The organization was dissolved already',
      meaning: 'The book holds a dissolution of this organization, and there is only one.',
      remedy:
        'If the date in the book is wrong, correct that fact (correct-fact) instead of adding a second one.',
    },
    'circular-order': {
      title: 'The order would be circular',
      meaning: 'Something would be a part of itself, or come before itself, through what it refers to.',
      remedy: 'Look at what the fact refers to, and leave out the reference that closes the circle.',
    },
  },
});
