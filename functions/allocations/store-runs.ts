import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import { commit, getItem, queryAll, queryPage, type Dynamo, type Key, type Page, type PageRequest, type TransactItem } from '../../shared/platform/dynamo.ts';
import { commitCreation, createPut, historyPut, replacePut } from '../../shared/platform/entity.ts';
import { awardKey, type AwardItem } from '../../shared/published/award.ts';
import type { Award, SettledDebt } from './domain/allocation.ts';
import { debtSchema, runInputsSchema, siteSchema, type RunInputs } from './domain/inputs.ts';
import { policySchema, type Policy } from './domain/policy.ts';
import { runAward, runItem, type RunAward, type RunItem, type SupplyItem } from './schemas.ts';
import { collect, debtsPk, pointerKey } from './store.ts';

/** Parts of a run are written side by side, this many at once: a run of thousands of sites must fit into one request. */
const writersAtOnce = 24;

const headPart = z.object({ head: runInputsSchema.omit({ sites: true }), supplyVersions: z.array(z.object({ pk: z.string(), sk: z.string(), version: z.int() })) });
const sitePart = z.object({ site: siteSchema });
const policyPart = z.object({ policy: policySchema });
const debtPart = z.object({ debt: debtSchema });
const awardPart = z.object({ award: runAward });

const inParallel = async <T>(things: readonly T[], write: (thing: T) => Promise<unknown>): Promise<void> => {
  let next = 0;
  const writer = async (): Promise<void> => {
    for (let at = next++; at < things.length; at = next++) await write(things[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(writersAtOnce, things.length) }, writer));
};

const poolOf = ({ siteId, ndc, doseNumber, packDoses }: RunAward): string => `${siteId}#${ndc}#${doseNumber}#${packDoses}`;

export interface RunParts {
  inputs: RunInputs;
  supply: readonly SupplyItem[];
  policy: Policy;
  awards: readonly RunAward[];
  debts: readonly SettledDebt[];
}

/** The stored parts of runs (what went in, what came out) and the publication of their offers. */
export const makeRunStore = (dynamo: Dynamo, table: string) => {
  const put = (item: Key & Record<string, unknown>): Promise<unknown> => dynamo.send(new PutCommand({ TableName: table, Item: { schema: 1, ...item } }));
  return {
    /** Writes the parts of one attempt. They are in nobody's way until the run item names them. */
    async saveParts(pk: string, { inputs, supply, policy, awards, debts }: RunParts): Promise<void> {
      const { sites, ...head } = inputs;
      const supplyVersions = supply.map((line) => ({ pk: line.pk, sk: line.sk, version: line.version }));
      await inParallel(
        [
          { pk, sk: 'HEAD', type: 'run-head', head, supplyVersions },
          { pk, sk: 'POLICY', type: 'run-policy', policy },
          ...sites.map((site) => ({ pk, sk: `SITE#${site.siteId}`, type: 'run-site', site })),
          ...awards.map((award) => ({ pk, sk: `AWARD#${poolOf(award)}`, type: 'run-award', award })),
          ...debts.map((debt) => ({ pk, sk: `DEBT#${debt.siteId}#${debt.product}#${debt.doseNumber}#${debt.packDoses}`, type: 'run-debt', debt })),
        ],
        put,
      );
    },
    create: (run: RunItem, entry: HistoryEntry) => commitCreation(dynamo, run, runItem, [createPut(table, run), historyPut(table, run, entry)]),
    async inputs(pk: string): Promise<{ inputs: RunInputs; policy: Policy; supplyVersions: (Key & { version: number })[] }> {
      const head = await getItem(dynamo, table, { pk, sk: 'HEAD' }, headPart);
      const policy = await getItem(dynamo, table, { pk, sk: 'POLICY' }, policyPart);
      if (head === undefined || policy === undefined) throw new Error('a run lost its parts');
      const sites = await collect(queryAll(dynamo, { table, pk, sk: { beginsWith: 'SITE#' }, consistent: true }, sitePart));
      return { inputs: { ...head.head, sites: sites.map(({ site }) => site) }, policy: policy.policy, supplyVersions: head.supplyVersions };
    },
    awardPage: async (pk: string, page: PageRequest): Promise<Page<RunAward>> => {
      const { items, ...rest } = await queryPage(dynamo, { table, pk, sk: { beginsWith: 'AWARD#' }, consistent: true }, awardPart, page);
      return { ...rest, items: items.map(({ award }) => award) };
    },
    awards: async (pk: string): Promise<RunAward[]> =>
      (await collect(queryAll(dynamo, { table, pk, sk: { beginsWith: 'AWARD#' }, consistent: true }, awardPart))).map(({ award }) => award),
    award: async (pk: string, name: Pick<RunAward, 'siteId' | 'ndc' | 'doseNumber' | 'packDoses'>): Promise<RunAward | undefined> =>
      (await getItem(dynamo, table, { pk, sk: `AWARD#${poolOf(name as RunAward)}` }, awardPart))?.award,
    debts: async (pk: string): Promise<SettledDebt[]> =>
      (await collect(queryAll(dynamo, { table, pk, sk: { beginsWith: 'DEBT#' }, consistent: true }, debtPart))).map(({ debt }) => debt),

    /** Lays the offers of a run out at their sites. No reader takes them for true before the week's pointer names the run. */
    stageOffers: (offers: readonly AwardItem[]): Promise<void> =>
      inParallel(offers, async (offer) => {
        try {
          await dynamo.send(
            new PutCommand({
              TableName: table,
              Item: { ...offer, gsi1pk: `AWARDS#${offer.week}`, gsi1sk: `${offer.siteId}#${offer.awardId}` },
              ConditionExpression: 'attribute_not_exists(pk)',
            }),
          );
        } catch (error) {
          // Laid out by an attempt that was cut off.
          if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
        }
      }),
    /**
     * The one write that publishes: the run, the week's pointer and what it supersedes. Refused when the supply changed or an offer was
     * answered after the inputs were read.
     */
    publish: (published: RunItem, superseded: RunItem | undefined, supplyVersions: readonly (Key & { version: number })[], entry: HistoryEntry) =>
      commit(dynamo, [
        replacePut(table, published),
        pointerUpdate(table, published, superseded),
        historyPut(table, published, entry),
        ...supplyVersions.map((line) => supplyCheck(table, line)),
        ...(superseded === undefined ? [] : [replacePut(table, superseded), historyPut(table, superseded, { ...entry, version: superseded.version, action: 'supersede', from: 'published', to: 'superseded' })]),
      ]),
    /** The debts lie under the run that owes them; the settlement that names the run is written once for a week, and decides. */
    settle: async (week: string, runId: string, debts: readonly SettledDebt[]): Promise<void> => {
      await inParallel(debts, (debt) => put({ pk: debtsPk(runId), sk: `${debt.siteId}#${debt.product}#${debt.doseNumber}#${debt.packDoses}`, type: 'debt', ...debt }));
      const pools = new Set(debts.map(({ product, doseNumber, packDoses }) => `${product}#${doseNumber}#${packDoses}`)).size;
      await commit(dynamo, [createPut(table, { pk: 'SETTLEMENTS', sk: week, type: 'settlement', schema: 1, version: 1, week, runId, pools, debts: debts.length })]);
    },
  };
};
export type RunStore = ReturnType<typeof makeRunStore>;

const pointerUpdate = (table: string, run: RunItem, superseded: RunItem | undefined): TransactItem => ({
  Update: {
    TableName: table,
    Key: pointerKey(run.week),
    UpdateExpression: 'SET runId = :run, #type = :type, #schema = :one, answers = if_not_exists(answers, :zero) ADD #version :one',
    ConditionExpression: superseded === undefined ? 'attribute_not_exists(pk)' : 'runId = :old AND answers = :answers',
    ExpressionAttributeNames: { '#type': 'type', '#schema': 'schema', '#version': 'version' },
    ExpressionAttributeValues: {
      ':run': run.runId, ':type': 'pointer', ':one': 1, ':zero': 0,
      ...(superseded === undefined ? {} : { ':old': superseded.runId, ':answers': run.answersRead }),
    },
  },
});

const supplyCheck = (table: string, { pk, sk, version }: Key & { version: number }): TransactItem => ({
  ConditionCheck: {
    TableName: table,
    Key: { pk, sk },
    ConditionExpression: '#version = :read',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':read': version },
  },
});

/** Engine award -> stored award. */
export const storedAward = ({ product: ndc, ...award }: Award, words: string[]): RunAward => runAward.parse({ ...award, ndc, words });
/** The offer of a run at a site, under the key that names the run. */
export const offerOf = (award: RunAward, fixedPacks: number, run: Pick<RunItem, 'runId' | 'week'>, awardId: string): AwardItem => {
  const packs = award.packs - fixedPacks;
  const name = { week: run.week, ndc: award.ndc, doseNumber: award.doseNumber, packDoses: award.packDoses, runId: run.runId };
  return {
    ...awardKey(award.siteId, name), ...name, type: 'award', schema: 1, version: 1, awardId, siteId: award.siteId,
    packs, doses: packs * award.packDoses, state: 'offered', channel: 'jurisdiction',
  };
};
