import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import type { Dynamo } from '../../../shared/platform/dynamo.ts';
import type { DoseStore } from '../store-doses.ts';
import type { PersonStore } from '../store-persons.ts';
import { makeDecideReview } from './decide-review.ts';
import { makeMergePersons, makeUnlinkRecord } from './merge-persons.ts';
import { makeOpenReview } from './open-review.ts';
import { makeFindPersonOfDose, makeReadPerson } from './read-person.ts';
import { makeSetOptOut } from './set-opt-out.ts';
import { makeMergeStore } from './store-merges.ts';
import { makeReadLog } from './store-reads.ts';
import { makeUndoRelink } from './undo-relink.ts';

export interface DecisionsRoom {
  readonly dynamo: Dynamo;
  readonly table: string;
  readonly persons: Pick<PersonStore, 'standing'>;
  readonly doses: Pick<DoseStore, 'dose' | 'heads'>;
  readonly jurisdiction: Jurisdiction;
}

/** The use cases of the registry's staff, put together. `matchingKey` is read only where an id is made. */
export const makeDecisions = ({ dynamo, table, persons, doses, jurisdiction }: DecisionsRoom, matchingKey: () => Promise<string>) => {
  const { timeZone, retention } = jurisdiction;
  const merges = makeMergeStore(dynamo, table);
  const reads = makeReadLog(dynamo, table, retention.auditDays);
  const { standing } = persons;
  const undo = makeUndoRelink({ merges, timeZone });
  const reading = { merges, doses, reads };
  return {
    openReview: makeOpenReview({ ...reading, standing }),
    decideReview: makeDecideReview({ merges, standing, undo, timeZone }),
    mergePersons: makeMergePersons({ merges, timeZone }),
    unlinkRecord: async () => makeUnlinkRecord({ merges, timeZone, matchingKey: await matchingKey() }),
    undo,
    readPerson: makeReadPerson(reading),
    findPersonOfDose: makeFindPersonOfDose(reading),
    reads: reads.reads,
    setOptOut: makeSetOptOut({ merges, timeZone }),
  };
};
export type Decisions = ReturnType<typeof makeDecisions>;
