import { jurisdictionFor, type Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { makeAnswerMessage } from '../../functions/doses/answer-message.ts';
import type { Sender } from '../../functions/doses/domain/sender.ts';
import { makeFindPerson } from '../../functions/doses/find-person.ts';
import { makeFindPlace } from '../../functions/doses/find-place.ts';
import { makeFindResponsible } from '../../functions/doses/find-responsible.ts';
import { withOptOut } from '../../functions/doses/persons/record-unseen.ts';
import { makeUnseenStore } from '../../functions/doses/persons/store-unseen.ts';
import { makeRecordDoses } from '../../functions/doses/record-dose.ts';
import { makeTellRow, type TellRow } from '../../functions/doses/report-doses.ts';
import { makeReportHl7, type ReportHl7 } from '../../functions/doses/report-hl7.ts';
import { makeSettleStock } from '../../functions/doses/settle-stock.ts';
import { makeRecallStore } from '../../functions/doses/store-recalls.ts';
import { makeWriteDoses } from '../../functions/doses/write-doses.ts';
import { makeDoseStore, type DoseStore } from '../../functions/doses/store-doses.ts';
import { makeMessageStore } from '../../functions/doses/store-messages.ts';
import { makePersonStore } from '../../functions/doses/store-persons.ts';
import { makeStockStore } from '../../functions/doses/store-stock.ts';
import { makeTellReport } from '../../functions/doses/tell-report.ts';
import type { Bucket } from '../../shared/platform/bucket.ts';
import type { Dynamo } from '../../shared/platform/dynamo.ts';
import { matchingKey, siteIds } from './dose-room.ts';
import type { Suite } from './suite.ts';

const kept = new Map<string, string>();
const inMemory: Bucket = {
  put: (key, body) => Promise.resolve(void kept.set(key, String(body))),
  text: (key) => Promise.resolve(kept.get(key)),
  pieces: () => Promise.resolve(undefined),
  addressToPut: () => Promise.resolve(''),
  addressToGet: () => Promise.resolve(''),
};
/** Elm's EHR, in production. */
export const elmEhr: Sender = { subject: 'elm-ehr', organizationId: 'org_elm', senderId: 'ehr_elm-ehr', mode: 'live', mayQuery: true, owns: ({ siteId }) => siteId === siteIds.elm };

type Wrap = (store: DoseStore) => DoseStore;

/** What stores a report, over one client. */
const tellingOver = (dynamo: Dynamo, wrap: Wrap, jurisdiction: Jurisdiction) => {
  const stock = makeStockStore(dynamo, { enrollment: 'enrollment_table', inventory: 'inventory_table' }, jurisdiction.pinPrefix);
  const persons = makePersonStore(dynamo, 'doses_table');
  const doses = wrap(makeDoseStore(dynamo, 'doses_table'));
  const writing = { stock: makeSettleStock(stock), recalls: makeRecallStore(dynamo, 'doses_table'), timeZone: jurisdiction.timeZone };
  const recordDoses = withOptOut(
    makeRecordDoses({ doses, persons, writeDoses: makeWriteDoses({ doses, ...writing }), matchingKey, site: stock.site }),
    { doses, unseen: makeUnseenStore(dynamo, 'doses_table'), ...writing, matchingKey }, jurisdiction,
  );
  return { stock, tellReport: makeTellReport({ findPerson: makeFindPerson({ persons, jurisdiction, matchingKey }), recordDoses }) };
};

/** Rows of a file or of JSON over one client, so that its reads can be counted. */
export const tellRowOver = (dynamo: Dynamo, wrap: Wrap): TellRow => {
  const jurisdiction = jurisdictionFor('CTA');
  return makeTellRow({ tellReport: tellingOver(dynamo, wrap, jurisdiction).tellReport, jurisdiction });
};

/** The whole path of an HL7 message over one client, so that its calls can be watched or made to fail; originals stay in memory. */
export const reportHl7Over = (dynamo: Dynamo, wrap: Wrap = (store) => store, jurisdiction: Jurisdiction = jurisdictionFor('CTA')): ReportHl7 => {
  const { stock, tellReport } = tellingOver(dynamo, wrap, jurisdiction);
  const messages = makeMessageStore(dynamo, 'doses_table', inMemory);
  return makeReportHl7({ messages, findPlace: makeFindPlace(stock), findResponsible: makeFindResponsible(stock), tellReport, answerMessage: makeAnswerMessage(jurisdiction), jurisdiction, matchingKey });
};

/** What judges the doses of a person again, over the tables of a suite. */
export const judgingOver = ({ dynamo, tables }: Pick<Suite, 'dynamo' | 'tables'>) => {
  const { DOSES_TABLE = '', INVENTORY_TABLE = '', ENROLLMENT_TABLE = '' } = tables;
  const doses = makeDoseStore(dynamo, DOSES_TABLE);
  const stock = makeSettleStock(makeStockStore(dynamo, { enrollment: ENROLLMENT_TABLE, inventory: INVENTORY_TABLE }, 'CTA'));
  return { doses, persons: makePersonStore(dynamo, DOSES_TABLE), writeDoses: makeWriteDoses({ doses, stock, recalls: makeRecallStore(dynamo, DOSES_TABLE), timeZone: 'America/New_York' }) };
};
