import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import type { Dynamo } from '../../../shared/platform/dynamo.ts';
import { makeJudgePersonDoses } from '../judge-person-doses.ts';
import { makeSettleStock } from '../settle-stock.ts';
import type { DoseStore } from '../store-doses.ts';
import type { PersonStore } from '../store-persons.ts';
import type { RecallStore } from '../store-recalls.ts';
import type { StockStore } from '../store-stock.ts';
import { makeWriteDoses } from '../write-doses.ts';
import { makeCompareAgain } from './compare-again.ts';
import { makeDecideReview } from './decide-review.ts';
import { makeMergePersons, makeUnlinkRecord } from './merge-persons.ts';
import { makeIsOfOptedOut } from './of-opted-out.ts';
import { makeOpenReview } from './open-review.ts';
import { makeFindPersonOfDose, makeReadPerson } from './read-person.ts';
import { makeSetOptOut } from './set-opt-out.ts';
import { makeMergeStore } from './store-merges.ts';
import { makeReadLog } from './store-reads.ts';
import { makeUndoRelink } from './undo-relink.ts';

export interface DecisionsRoom {
  readonly dynamo: Dynamo;
  readonly table: string;
  readonly persons: Pick<PersonStore, 'standing' | 'person' | 'personOfRecord'>;
  readonly doses: DoseStore;
  readonly stock: StockStore;
  readonly recalls: RecallStore;
  readonly jurisdiction: Jurisdiction;
}

/** The use cases of the registry's staff, put together. `matchingKey` is read only where an id is made. */
export const makeDecisions = ({ dynamo, table, persons, doses, stock, recalls, jurisdiction }: DecisionsRoom, matchingKey: () => Promise<string>) => {
  const { timeZone, retention } = jurisdiction;
  const merges = makeMergeStore(dynamo, table);
  const reads = makeReadLog(dynamo, table, retention.auditDays);
  const { standing } = persons;
  const compareAgain = makeCompareAgain(
    makeJudgePersonDoses({ persons, writeDoses: makeWriteDoses({ doses, stock: makeSettleStock(stock), recalls, timeZone }) }),
  );
  const undo = makeUndoRelink({ merges, timeZone, compareAgain });
  const linking = { merges, timeZone, compareAgain };
  const reading = { merges, doses, reads };
  return {
    openReview: makeOpenReview({ ...reading, standing, policy: { idKinds: jurisdiction.matchingIds } }),
    decideReview: makeDecideReview({ ...linking, standing, undo }),
    mergePersons: makeMergePersons(linking),
    unlinkRecord: async () => makeUnlinkRecord({ ...linking, matchingKey: await matchingKey() }),
    undo,
    readPerson: makeReadPerson(reading),
    findPersonOfDose: makeFindPersonOfDose(reading),
    reads,
    isOfOptedOut: makeIsOfOptedOut(persons),
    setOptOut: makeSetOptOut({ merges, timeZone }),
  };
};
export type Decisions = ReturnType<typeof makeDecisions>;
