import { createHash } from 'node:crypto';
import { once } from '../../shared/kernel/once.ts';
import { parseJson } from '../../shared/platform/json.ts';
import type { WritableBucket } from '../../shared/platform/bucket-writer.ts';
import { doseKey, recordIdOf } from '../../shared/published/dose-keys.ts';
import type { SiteItem } from '../../shared/published/site.ts';
import { toCvrsRow } from './domain/cvrs-row.ts';
import { eventOf } from './domain/event-of-dose.ts';
import { usualChoices, type ReportingChoices } from './domain/reportable.ts';
import { rowDigestOf } from './domain/row-digest.ts';
import { isWithheld } from './domain/withheld.ts';
import type { PersonView } from './domain/person-history.ts';
import { manifestLine, type ChunkItem, type ManifestLine, type SubmissionItem } from './schemas.ts';
import type { PeopleStore } from './store-people.ts';
import type { ClaimedEvent, SubmissionStore } from './store-submissions.ts';

/** Events of one chunk: about a quarter of a megabyte, and what is worked out again after a stop. */
const usualChunk = 500;
/** Events worked out side by side. */
const width = 16;

export interface ManifestDeps {
  readonly people: Pick<PeopleStore, 'doseAt' | 'record' | 'view'>;
  readonly siteOf: (siteId: string) => Promise<SiteItem | undefined>;
  readonly submissions: Pick<SubmissionStore, 'chunk' | 'nameChunk' | 'events' | 'keepDigest'>;
  readonly bucket: Pick<WritableBucket, 'putOnce' | 'text'>;
  readonly eventsAChunk?: number;
  readonly choices?: ReportingChoices;
}

export const folderOf = ({ day, submissionId }: SubmissionItem): string => `cvrs/${day}/${submissionId}`;

const lineOf = async (
  { people, siteOf, choices = usualChoices }: Pick<ManifestDeps, 'people' | 'siteOf' | 'choices'>,
  viewOf: (personId: string) => Promise<PersonView | undefined>,
  { doseId, doseVersion }: ClaimedEvent,
  today: string,
): Promise<ManifestLine> => {
  const head = doseKey(doseId);
  const record = head === undefined ? undefined : await people.record(recordIdOf(head));
  const view = record === undefined ? undefined : await viewOf(record.personId);
  const standing = view?.doses.find(({ pk, sk, version }) => pk === head?.pk && sk === head.sk && version === doseVersion);
  const dose = standing ?? (head === undefined ? undefined : await people.doseAt(head, doseVersion));
  if (head === undefined || dose === undefined || record === undefined || view === undefined)
    throw new Error(`The dose ${doseId} was claimed and cannot be read`);
  const facts = { doseId, doseVersion, recordVersion: record.version, personVersion: view.person.version };
  const held = { ...facts, ...(dose.siteId === undefined ? {} : { siteId: dose.siteId }) };
  // Held, not dropped: it is looked at every night, and sent when the opt-out ends.
  if (isWithheld(view.person, choices)) return { ...held, faults: [{ field: 'recip_id', reason: 'opted-out' }] };
  const site = dose.siteId === undefined ? undefined : await siteOf(dose.siteId);
  const outcome = toCvrsRow(eventOf({ head, dose, record, recipId: view.person.recipId, history: view.doses, site }), { type: 'D' }, today);
  return outcome.kind === 'row'
    ? { ...facts, row: [...outcome.row] }
    : { ...held, faults: outcome.faults.map(({ field, reason }) => ({ field, reason })) };
};

const readChunk = async (bucket: ManifestDeps['bucket'], { key }: Pick<ChunkItem, 'key'>): Promise<ManifestLine[]> => {
  const text = await bucket.text(key);
  if (text === undefined) throw new Error('A chunk of the manifest was named and is not there');
  return text.split('\n').filter((line) => line !== '').map((line) => {
    const parsed = parseJson(line);
    return manifestLine.parse(parsed.kind === 'json' ? parsed.value : undefined);
  });
};

/**
 * Freezes what every event of a sealed submission says, chunk by chunk: a chunk is an object named by its content, and the first one that
 * is entered under its number counts for ever. So a run that stopped, or two at once, go on from the same rows, whatever was corrected in
 * between. Yields the lines as they are frozen, in the order of the file.
 */
export const makeFreezeManifest = (deps: ManifestDeps) => {
  const { submissions, bucket, siteOf, eventsAChunk = usualChunk } = deps;
  const sites = once(siteOf);

  const makeChunk = async (
    submission: SubmissionItem,
    at: number,
    events: readonly ClaimedEvent[],
    today: string,
  ): Promise<Pick<ChunkItem, 'key'>> => {
    const viewOf = once(deps.people.view);
    const lines: string[] = [];
    for (let from = 0; from < events.length; from += width) {
      const group = events.slice(from, from + width).map((event) => lineOf({ ...deps, siteOf: sites }, viewOf, event, today));
      lines.push(...(await Promise.all(group)).map((line) => `${JSON.stringify(line)}\n`));
    }
    const text = lines.join('');
    const sha256 = createHash('sha256').update(text).digest('hex');
    const key = `${folderOf(submission)}/manifest/${String(at).padStart(5, '0')}-${sha256.slice(0, 16)}.ndjson`;
    await bucket.putOnce(key, text, 'application/x-ndjson');
    const named = await submissions.nameChunk(submission.submissionId, at, { key, sha256, events: events.length });
    return named.kind === 'committed' ? { key } : ((await submissions.chunk(submission.submissionId, at)) ?? { key });
  };

  /** What the ledger of restatements compares with later. Done for every chunk, so that a run that stopped leaves no event without. */
  const keepDigests = async ({ submissionId }: SubmissionItem, lines: readonly ManifestLine[]): Promise<void> => {
    const sent = lines.flatMap((line) => ('row' in line ? [line] : []));
    for (let from = 0; from < sent.length; from += width)
      await Promise.all(sent.slice(from, from + width).map(({ doseId, row }) => submissions.keepDigest(submissionId, doseId, rowDigestOf(row))));
  };

  return async function* frozen(submission: SubmissionItem, today: string): AsyncGenerator<ManifestLine> {
    let at = 0;
    let events: ClaimedEvent[] = [];
    const lines = async (): Promise<ManifestLine[]> => {
      at += 1;
      const chunk = (await submissions.chunk(submission.submissionId, at)) ?? (await makeChunk(submission, at, events, today));
      const read = await readChunk(bucket, chunk);
      await keepDigests(submission, read);
      return read;
    };
    for await (const event of submissions.events(submission.submissionId)) {
      events.push(event);
      if (events.length < eventsAChunk) continue;
      yield* await lines();
      events = [];
    }
    if (events.length > 0) yield* await lines();
  };
};
