import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { makeAdvance } from './advance-contributions.ts';
import { makeCountChanges } from './count-changes.ts';
import { makeStreamDeps } from './deps.ts';

const { people, coverage, jurisdiction, shard, log } = makeStreamDeps();
const count = makeCountChanges({
  personIdOfRecord: async (recordId) => (await people.record(recordId))?.personId,
  advance: makeAdvance({ view: (id) => people.view(id), coverage, jurisdiction, shard, log }),
  countedUpTo: (now) => coverage.countedUpTo(now),
  log,
});

/** Changes of doses, patient records and persons: coverage follows. */
export const handler = (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => count(event.Records);
