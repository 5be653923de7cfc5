import { decideLink, byLikeness, type Resembling } from '../functions/doses/domain/identity.ts';
import { blockCap, blockKey, withRecord, type BlockItem } from '../functions/doses/domain/match/block.ts';
import { comparePatients } from '../functions/doses/domain/match/match-patients.ts';
import type { Patient } from '../functions/doses/domain/match/patient.ts';
import { everyId } from '../functions/doses/domain/match/weights.ts';
import { keyPartsOf } from '../functions/doses/domain/match-keys.ts';
import { scoreOf } from '../functions/doses/domain/persons/review.ts';
import { personOf, sendersOf, toldAgain } from './match-population.ts';
import { itemBytes, transactedUnits } from './write-units.ts';

const populations = [1_000, 100_000, 1_000_000];
const sampled = 400;
const maxCandidates = 100;
const bytesAReadUnit = 4096;

const id = (kind: string, n: number): string => `${kind}_${String(n).padStart(26, '0')}`;
const hash = 'h'.repeat(26);
/** Consistent reads, and BatchGet of them: one unit for each started 4 KB of each item; an item that is not there costs one too. */
const readUnits = (item: Record<string, unknown> | undefined): number =>
  Math.max(1, Math.ceil((item === undefined ? 0 : itemBytes(item)) / bytesAReadUnit));

const keysOf = (patient: Patient): string[] => [...new Set(keyPartsOf(patient, everyId).map((parts) => parts.join('\u0000')))];

/** A record as it is stored, with everything that EHRs usually say. */
const recordOf = (patient: Patient, recordId: string, personId: string, keys: number): Record<string, unknown> => ({
  ...patient,
  pk: `RECORD#${recordId}`,
  sk: 'RECORD',
  type: 'record',
  schema: 1,
  version: 1,
  recordId,
  personId,
  organizationId: id('org', 1),
  ids: [{ id: 'P0000001', authority: 'SOME-CLINIC', type: 'MR' }],
  races: ['2106-3'],
  ethnicity: '2186-5',
  registryStatus: { code: 'A', on: '2021-03-01' },
  publicity: { code: '02', on: '2021-03-01' },
  home: { residence: 'inside', town: 'Hartford', county: '09003', state: 'CT', zip: '06106' },
  matchKeys: Array.from({ length: keys }, () => hash),
  createdAt: '2021-03-08T15:00:00.000Z',
  updatedAt: '2021-03-08T15:00:00.000Z',
  updatedBy: 'x'.repeat(36),
  messageId: id('msg', 1),
});
const personItem = (personId: string, records: number): Record<string, unknown> => ({
  pk: `PERSON#${personId}`,
  sk: 'PERSON',
  type: 'person',
  schema: 1,
  version: 4,
  personId,
  recordIds: Array.from({ length: records }, (_, n) => id('rec', n)),
  recipId: id('rcp', 1),
  createdAt: '2021-03-08T15:00:00.000Z',
});
const blockOf = (records: number): BlockItem | undefined => {
  if (records === 0) return undefined;
  const full = records > blockCap;
  return {
    ...blockKey(hash),
    type: 'key',
    schema: 1,
    version: Math.min(records, blockCap + 1),
    recordIds: full ? [] : Array.from({ length: records }, (_, n) => id('rec', n)),
    ...(full ? { full } : {}),
  };
};

interface Message {
  readonly patient: Patient;
  readonly keys: readonly string[];
  /** Number of the person it is really of; undefined for one who is not there yet. */
  readonly of: number | undefined;
}

/** Persons (by number) that have a record under each key that is asked for: the blocks as they would lie in the table. */
const blocksFor = (messages: readonly Message[], population: number): Map<string, number[]> => {
  const blocks = new Map<string, number[]>(messages.flatMap(({ keys }) => keys.map((key) => [key, []])));
  for (let n = 0; n < population; n += 1) for (const key of keysOf(personOf(n, population))) blocks.get(key)?.push(n);
  return blocks;
};

interface Cost { reads: number; writes: number; candidates: number; full: number; outcome: 'right' | 'asked' | 'wrong' }

const costOf = ({ patient, keys, of }: Message, blocks: ReadonlyMap<string, readonly number[]>, population: number): Cost => {
  const sizes = keys.map((key) => (blocks.get(key) ?? []).reduce((sum, n) => sum + sendersOf(n), 0));
  const open = keys.filter((_, at) => (sizes[at] ?? 0) <= blockCap);
  const persons = [...new Set(open.flatMap((key) => blocks.get(key) ?? []))];
  const records = Math.min(maxCandidates, persons.reduce((sum, n) => sum + sendersOf(n), 0));
  const compared = persons.map((n): Resembling => ({
    personId: id('per', n),
    recordId: id('rec', n),
    comparison: comparePatients(patient, personOf(n, population)),
  }));
  const resembling = compared.filter(({ comparison }) => comparison.answer !== 'none').toSorted(byLikeness).slice(0, 10);
  const link = decideLink(resembling);
  const record = recordOf(patient, id('rec', 1), id('per', 1), keys.length);
  const person = personItem(id('per', 1), link.kind === 'link' ? 2 : 1);
  const review = {
    pk: 'REVIEW#2021-03-08',
    sk: id('rec', 1),
    type: 'review',
    schema: 1,
    why: 'possible-match',
    recordId: id('rec', 1),
    personId: id('per', 1),
    scores: resembling.map(scoreOf),
  };
  const written = sizes.flatMap((size) => withRecord(hash, blockOf(size), id('rec', 0).replace('rec_0', 'rec_x')) ?? []);
  const isRight = link.kind === 'link' ? link.personId === (of === undefined ? '' : id('per', of)) : link.kind === 'new' && of === undefined;
  return {
    reads:
      readUnits(record) +
      sizes.reduce((sum, size) => sum + readUnits(blockOf(size)), 0) +
      records * readUnits(record) +
      resembling.length * readUnits(person),
    writes:
      transactedUnits(record) +
      transactedUnits(person) +
      written.reduce((sum, block) => sum + transactedUnits(block), 0) +
      (link.kind === 'apart' ? transactedUnits(review) : 0),
    candidates: records,
    full: keys.length - open.length,
    outcome: isRight ? 'right' : link.kind === 'apart' ? 'asked' : 'wrong',
  };
};

const mean = (values: readonly number[]): number => Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 100) / 100;
const most = (values: readonly number[]): number => Math.max(...values);

const rowOf = (what: string, population: number, costs: readonly Cost[]) => ({
  population,
  message: what,
  'read units': mean(costs.map(({ reads }) => reads)),
  'most reads': most(costs.map(({ reads }) => reads)),
  'write units': mean(costs.map(({ writes }) => writes)),
  'most writes': most(costs.map(({ writes }) => writes)),
  'records compared': mean(costs.map(({ candidates }) => candidates)),
  'blocks over cap': costs.reduce((sum, { full }) => sum + full, 0),
  right: costs.filter(({ outcome }) => outcome === 'right').length,
  asked: costs.filter(({ outcome }) => outcome === 'asked').length,
  wrong: costs.filter(({ outcome }) => outcome === 'wrong').length,
});

const pairsASecond = (): number => {
  const people = Array.from({ length: 300 }, (_, n) => personOf(n, 100_000));
  const started = process.cpuUsage();
  for (const one of people) for (const other of people) comparePatients(one, other);
  return Math.round((people.length ** 2 / process.cpuUsage(started).user) * 1_000_000);
};

/**
 * What it costs to find the person of a record that is new here, in units of DynamoDB, from the sizes of the items and the real keys over invented
 * populations. A record that is known already costs nothing of this: it is read by its own id.
 */
export const benchMatch = (): Promise<{ title: string; rows: Record<string, string | number>[]; ratio: number; aim: string }> => {
  const sums: number[] = [];
  const rows = populations.flatMap((population) => {
    const messageOf = (patient: Patient, of?: number): Message => ({
      patient,
      keys: keysOf({ ...patient, ids: [{ id: `N${of ?? 0}`, authority: 'NEW', type: 'MR' }] }),
      of,
    });
    const strangers = Array.from({ length: sampled }, (_, n) => messageOf(personOf(population + n * 3, population)));
    const step = Math.floor(population / sampled);
    const known = Array.from({ length: sampled }, (_, n) => messageOf(toldAgain(personOf(n * step, population), n), n * step));
    const blocks = blocksFor([...strangers, ...known], population);
    const [fresh, again] = [strangers, known].map((messages) => messages.map((message) => costOf(message, blocks, population))) as [Cost[], Cost[]];
    sums.push(mean([...fresh, ...again].map(({ reads, writes }) => reads + writes)));
    return [rowOf('somebody who is new', population, fresh), rowOf('known to other senders', population, again)];
  });
  return Promise.resolve({
    title: `Finding the person of a new record: units a message (means of ${sampled}); and pairs compared a second of one core`,
    rows: [...rows, { population: '', message: `${pairsASecond().toLocaleString('en-US')} pairs compared a second of one core` }],
    ratio: (sums.at(-1) ?? 0) / (sums[0] ?? 1),
    aim: 'read and write units a message at 1,000,000 persons at most 1.25 x those at 1,000',
  });
};
