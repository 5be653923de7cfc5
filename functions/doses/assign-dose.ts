import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { localDay } from '../../shared/kernel/dates.ts';
import type { DoseItem } from '../../shared/published/dose.ts';
import { doseKey, recordIdOf } from '../../shared/published/dose-keys.ts';
import { wasLetIn } from '../../shared/published/organization.ts';
import { changing, makeReadUnplacedDose, type Act, type ChangeDoseOutcome } from './correct-dose.ts';
import { assignedDose, atHandAgain, listedSiteOf } from './domain/dose-facts.ts';
import { isUnplaced } from './domain/worklist.ts';
import type { DoseStore } from './store-doses.ts';
import type { PersonStore } from './store-persons.ts';
import type { StockStore } from './store-stock.ts';
import type { WriteDoses } from './write-doses.ts';

/** Where the organization says it was given: at this site of its own, or (null) at none. */
export interface Assignment {
  readonly siteId: string | null;
  readonly reason: string;
}
export type AssignDoseOutcome = ChangeDoseOutcome | { kind: 'not-unplaced' } | { kind: 'not-your-site' };

export interface AssignDoseDeps {
  readonly doses: Pick<DoseStore, 'dose'>;
  readonly persons: Pick<PersonStore, 'record' | 'person'>;
  readonly stock: Pick<StockStore, 'site'>;
  readonly writeDoses: WriteDoses;
  readonly jurisdiction: Pick<Jurisdiction, 'timeZone'>;
}

/**
 * Says at which of its sites an organization gave a dose that named no site, or one that is not its own: the dose is the site's from then on, and its
 * stock moves in the same transaction. The digest of what was told stays, so the same told again changes nothing; what is new keeps the site until its
 * sender names one of its own (ADR 0034). Or says that it was given at none of them: the dose leaves the list as it is. What is said already is
 * answered as it stands, whatever version the caller had read.
 */
export const makeAssignDose = ({ doses, persons, stock, writeDoses, jurisdiction }: AssignDoseDeps) => {
  const readDose = makeReadUnplacedDose(doses);

  /** The dose, when it stands already where it is to be: said again after the answer was lost, whatever became of it since. */
  const standing = async (organizationId: string, doseId: string, siteId: string | null): Promise<DoseItem | undefined> => {
    const key = doseKey(doseId);
    const head = key === undefined ? undefined : await doses.dose(key);
    if (head?.organizationId !== organizationId || head.state === 'deleted') return undefined;
    const isSo = siteId === null ? head.givenElsewhere !== undefined : head.assigned !== undefined && listedSiteOf(head) === siteId;
    return isSo ? head : undefined;
  };

  return async (organizationId: string, doseId: string, { siteId, reason }: Assignment, { actor, now, ifMatch }: Act): Promise<AssignDoseOutcome> => {
    const already = await standing(organizationId, doseId, siteId);
    if (already !== undefined) return { kind: 'changed', dose: already, remarks: [] };
    return changing<AssignDoseOutcome>(() => readDose(organizationId, doseId), ifMatch, async (head) => {
      if (!isUnplaced(head)) return { kind: 'not-unplaced' };
      const site = siteId === null ? undefined : await stock.site(siteId);
      if (siteId !== null && !(site?.organizationId === organizationId && wasLetIn(site.state))) return { kind: 'not-your-site' };
      const record = await persons.record(recordIdOf(head));
      const person = record === undefined ? undefined : await persons.person(record.personId);
      if (record === undefined || person === undefined) throw new Error('A dose has no record or no person');
      const at = site === undefined ? undefined : ({ facility: 'named', site, isSendersOwn: true } as const);
      const next = at === undefined ? undefined : assignedDose(head, at, { at: now, on: localDay(now, jurisdiction.timeZone), by: actor, reason });
      const written = await writeDoses(
        person,
        next === undefined || at === undefined
          ? [
              {
                next: {
                  ...head,
                  version: head.version + 1,
                  givenElsewhere: { at: now, by: actor, reason },
                  changedAt: now,
                  changedBy: actor,
                  reason,
                },
                head,
                keepsStock: true,
              },
            ]
          : [{ next, head, wanted: { dose: atHandAgain(next), at }, born: record.birthDate }],
        { at: now, actor, reason },
      );
      const [dose] = written.kind === 'written' ? written.doses : [];
      return dose && { kind: 'changed', dose, remarks: [] };
    });
  };
};
export type AssignDose = ReturnType<typeof makeAssignDose>;
