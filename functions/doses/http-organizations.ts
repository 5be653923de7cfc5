import { reject, type ApiResponse, type Handlers } from '../../shared/platform/http.ts';
import { patientFacts } from '../../shared/published/person.ts';
import type { AssignDose, AssignDoseOutcome } from './assign-dose.ts';
import type { ChangeDoseOutcome, makeCorrectDose, makeDeleteDose, makeReadUnplacedDose } from './correct-dose.ts';
import { worklistWords } from './domain/worklist.ts';
import type { organizationRoutes } from './routes-organizations.ts';
import { shownToItsOwn } from './show-dose.ts';
import type { DoseStore } from './store-doses.ts';
import type { PersonStore } from './store-persons.ts';

export interface OrganizationUseCases {
  readonly doses: Pick<DoseStore, 'worklist'>;
  readonly persons: Pick<PersonStore, 'recordOf'>;
  readonly readUnplacedDose: ReturnType<typeof makeReadUnplacedDose>;
  readonly assignDose: AssignDose;
  readonly writers: () => Promise<{
    readonly correctDose: ReturnType<typeof makeCorrectDose>;
    readonly deleteDose: ReturnType<typeof makeDeleteDose>;
  }>;
}

const notYourSite = [{ path: 'body.siteId', message: 'must be a site of this organization that the department let in, or null' }];

/** Routes about doses that no site of their organization has. */
export const organizationHandlers = (
  { doses, persons, readUnplacedDose, assignDose, writers }: OrganizationUseCases,
  unlessOptedOut: (doseId: string, answer: () => Promise<ApiResponse>) => Promise<ApiResponse>,
  changed: (outcome: ChangeDoseOutcome) => ApiResponse,
): Handlers<typeof organizationRoutes> => {
  const assigned = (outcome: AssignDoseOutcome): ApiResponse => {
    switch (outcome.kind) {
      case 'not-unplaced':
        return reject(409, 'illegal-move', 'Where this dose was given is not asked: it was not told as given here.');
      case 'not-your-site':
        return reject(400, 'invalid-request', 'The dose stays as it was.', notYourSite);
      default:
        return changed(outcome);
    }
  };
  return {
    listUnplacedDoses: async ({ params, query }) => {
      const page = await doses.worklist(params.organizationId, query);
      return { status: 200, body: { ...page, items: page.items.map((item) => ({ ...item, explanation: worklistWords(item) })) } };
    },
    readUnplacedDose: ({ params }) => unlessOptedOut(params.doseId, async () => {
      const dose = await readUnplacedDose(params.organizationId, params.doseId);
      const record = dose === undefined ? undefined : await persons.recordOf(dose);
      if (dose === undefined || record === undefined) return reject(404, 'not-found');
      return { status: 200, body: { ...shownToItsOwn(dose), patient: patientFacts.parse(record) }, version: dose.version };
    }),
    correctUnplacedDose: ({ params: { organizationId, doseId }, body, principal, now, ifMatch }) => unlessOptedOut(doseId, async () => {
      const { correctDose } = await writers();
      return changed(await correctDose({ organizationId }, doseId, body, { actor: principal.subject, now, ifMatch }));
    }),
    deleteUnplacedDose: ({ params: { organizationId, doseId }, body, principal, now, ifMatch }) => unlessOptedOut(doseId, async () => {
      const { deleteDose } = await writers();
      return changed(await deleteDose({ organizationId }, doseId, body.reason, { actor: principal.subject, now, ifMatch }));
    }),
    assignDose: ({ params, body, principal, now, ifMatch }) => unlessOptedOut(params.doseId, async () =>
      assigned(await assignDose(params.organizationId, params.doseId, body, { actor: principal.subject, now, ifMatch }))),
  };
};
