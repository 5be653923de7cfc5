import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { HistoryEntry } from '../../shared/contracts/common.ts';
import {
  commit,
  getItem,
  queryAll,
  queryPage,
  type Dynamo,
  type Key,
  type Page,
  type PageRequest,
  type TransactItem,
} from '../../shared/platform/dynamo.ts';
import { createPut, historyPut, replacePut } from '../../shared/platform/entity.ts';
import { weekPointerKey as pointerKey, type AwardItem } from '../../shared/published/award.ts';
import type { SettledDebt, WriteOff } from './domain/allocation.ts';
import { publicPool, type PublicPool, type PublicTable } from './domain/explain/public-table.ts';
import { figureSchema, type Figure } from './domain/figures/figure.ts';
import { debtSchema, overrideSchema, runInputsSchema, siteSchema, type RunInputs, type SiteInput } from './domain/inputs.ts';
import { policySchema, type Policy } from './domain/policy/policy.ts';
import { type SupplyItem } from './schemas.ts';
import { runAward, type RunAward, type RunItem } from './schemas-run-items.ts';
import { blocksOf, makeBlocks } from './store-blocks.ts';
import { collect, debtRowsPart, rowsAnItem, settlementKey } from './store.ts';

/** Parts and offers of a run are written side by side, this many at once. */
const writersAtOnce = 24;

/** What of the inputs lies with the head: the rest may be too much for one item. */
const headPart = z.object({
  head: runInputsSchema.omit({ sites: true, debts: true, overrides: true }),
  supplyVersions: z.array(z.object({ pk: z.string(), sk: z.string(), version: z.int() })),
});
const figuresRow = z.object({ siteId: z.string(), figures: z.array(figureSchema) });
const policyPart = z.object({ policy: policySchema });
const overridesPart = z.object({ rows: z.array(overrideSchema) });
const writtenOffPart = z.object({ rows: z.array(debtSchema.extend({ reason: z.string() })) });
const publicPart = z.object({ pool: publicPool });

const inParallel = async <T>(things: readonly T[], write: (thing: T) => Promise<unknown>): Promise<void> => {
  let next = 0;
  const writer = async (): Promise<void> => {
    for (let at = next++; at < things.length; at = next++) await write(things[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(writersAtOnce, things.length) }, writer));
};

/** A name that a site's award of a pool has in every run. */
export const poolOf = ({ siteId, ndc, doseNumber, packDoses }: Pick<RunAward, 'siteId' | 'ndc' | 'doseNumber' | 'packDoses'>): string =>
  `${siteId}#${ndc}#${doseNumber}#${packDoses}`;

export interface RunParts {
  inputs: RunInputs;
  /** Every figure behind the input of a site. */
  figures: ReadonlyMap<string, readonly Figure[]>;
  supply: readonly SupplyItem[];
  policy: Policy;
  awards: readonly RunAward[];
  debts: readonly SettledDebt[];
  writtenOff: readonly WriteOff[];
  /** What the public may see of it once it is published. */
  table: PublicTable;
}

/** Rows in items of a bounded size, in their order. */
const inItems = <T>(pk: string, name: string, type: string, rows: readonly T[]): (Key & { type: string; rows: readonly T[] })[] =>
  Array.from({ length: Math.ceil(rows.length / rowsAnItem) }, (_, at) => ({
    pk,
    sk: `${name}#${String(at).padStart(6, '0')}`,
    type,
    rows: rows.slice(at * rowsAnItem, (at + 1) * rowsAnItem),
  }));

/** The stored parts of runs (what went in, what came out) and the publication of their offers. */
export const makeRunStore = (dynamo: Dynamo, table: string) => {
  const put = (item: Key & Record<string, unknown>): Promise<unknown> =>
    dynamo.send(new PutCommand({ TableName: table, Item: { schema: 1, ...item } }));
  const siteBlocks = makeBlocks(dynamo, table, 'SITE', siteSchema);
  const figureBlocks = makeBlocks(dynamo, table, 'FIGURES', figuresRow);
  const awardBlocks = makeBlocks(dynamo, table, 'AWARD', runAward);
  return {
    /** Writes the parts of one attempt. They are in nobody's way until the run item names them. */
    async saveParts(pk: string, { inputs, figures, supply, policy, awards, debts, writtenOff, table: shown }: RunParts): Promise<void> {
      const { sites, debts: brought, overrides = [], ...head } = inputs;
      const supplyVersions = supply.map((line) => ({ pk: line.pk, sk: line.sk, version: line.version }));
      await inParallel(
        [
          { pk, sk: 'HEAD', type: 'run-head', head, supplyVersions },
          { pk, sk: 'POLICY', type: 'run-policy', policy },
          ...blocksOf(pk, 'SITE', 'run-sites', sites),
          ...blocksOf(
            pk,
            'FIGURES',
            'run-figures',
            [...figures].map(([siteId, own]) => ({ siteId, figures: own })),
          ),
          ...blocksOf(pk, 'AWARD', 'run-awards', awards),
          ...shown.pools.map((pool, at) => ({ pk, sk: `PUBLIC#${String(at).padStart(6, '0')}`, type: 'run-public', pool })),
          ...inItems(pk, 'BROUGHT', 'run-brought', brought),
          ...inItems(pk, 'OVERRIDE', 'run-override', overrides),
          ...inItems(pk, 'DEBT', 'run-debt', debts),
          ...inItems(pk, 'WRITTEN-OFF', 'run-written-off', writtenOff),
        ],
        put,
      );
    },
    async inputs(pk: string): Promise<{ inputs: RunInputs; policy: Policy; supplyVersions: (Key & { version: number })[] }> {
      const head = await getItem(dynamo, table, { pk, sk: 'HEAD' }, headPart);
      const policy = await getItem(dynamo, table, { pk, sk: 'POLICY' }, policyPart);
      if (head === undefined || policy === undefined) throw new Error('a run lost its parts');
      const all = <T extends z.ZodType>(beginsWith: string, schema: T) =>
        collect(queryAll(dynamo, { table, pk, sk: { beginsWith }, consistent: true }, schema));
      const [sites, brought, overrides] = await Promise.all([siteBlocks.all(pk), all('BROUGHT#', debtRowsPart), all('OVERRIDE#', overridesPart)]);
      const inputs: RunInputs = {
        ...head.head,
        sites,
        debts: brought.flatMap(({ rows }) => rows),
        ...(overrides.length === 0 ? {} : { overrides: overrides.flatMap(({ rows }) => rows) }),
      };
      return { inputs, policy: policy.policy, supplyVersions: head.supplyVersions };
    },
    /** The supply and the policy that a run read, without its sites. */
    async head(
      pk: string,
    ): Promise<{
      supply: RunInputs['supply'];
      supplyVersions: (Key & { version: number })[];
      policy: Policy;
      overrides: NonNullable<RunInputs['overrides']>;
    }> {
      const [head, policy, overrides] = await Promise.all([
        getItem(dynamo, table, { pk, sk: 'HEAD' }, headPart),
        getItem(dynamo, table, { pk, sk: 'POLICY' }, policyPart),
        collect(queryAll(dynamo, { table, pk, sk: { beginsWith: 'OVERRIDE#' }, consistent: true }, overridesPart)),
      ]);
      if (head === undefined || policy === undefined) throw new Error('a run lost its parts');
      return {
        supply: head.head.supply,
        supplyVersions: head.supplyVersions,
        policy: policy.policy,
        overrides: overrides.flatMap(({ rows }) => rows),
      };
    },
    site: async (pk: string, siteId: string): Promise<SiteInput | undefined> => (await siteBlocks.of(pk, siteId))[0],
    figures: async (pk: string, siteId: string): Promise<Figure[]> => (await figureBlocks.of(pk, siteId))[0]?.figures ?? [],
    figuresBetween: async (pk: string, first: string, last: string): Promise<Map<string, Figure[]>> =>
      new Map((await figureBlocks.between(pk, first, last)).map(({ siteId, figures }) => [siteId, figures])),
    sitePage: (pk: string, page: PageRequest): Promise<Page<SiteInput>> => siteBlocks.page(pk, page),
    /** Inputs of sites in the order of their ids, those after one site first. */
    sitesAfter: async (pk: string, after: string, limit: number): Promise<{ sites: SiteInput[]; more: boolean }> => {
      const { rows, more } = await siteBlocks.after(pk, after, limit);
      return { sites: rows, more };
    },
    /** Awards of the sites from one id to another, both in it. */
    awardsBetween: (pk: string, first: string, last: string): Promise<RunAward[]> => awardBlocks.between(pk, first, last),
    writtenOffPage: async (pk: string, page: PageRequest) => {
      const { items, ...rest } = await queryPage(dynamo, { table, pk, sk: { beginsWith: 'WRITTEN-OFF#' }, consistent: true }, writtenOffPart, {
        ...page,
        limit: 1,
      });
      return { ...rest, items: items.flatMap(({ rows }) => rows) };
    },
    writtenOff: async (pk: string): Promise<z.output<typeof writtenOffPart>['rows']> =>
      (await collect(queryAll(dynamo, { table, pk, sk: { beginsWith: 'WRITTEN-OFF#' }, consistent: true }, writtenOffPart))).flatMap(
        ({ rows }) => rows,
      ),
    publicPools: async (pk: string): Promise<PublicPool[]> =>
      (await collect(queryAll(dynamo, { table, pk, sk: { beginsWith: 'PUBLIC#' }, consistent: true }, publicPart))).map(({ pool }) => pool),
    awardPage: (pk: string, page: PageRequest): Promise<Page<RunAward>> => awardBlocks.page(pk, page),
    awards: (pk: string): Promise<RunAward[]> => awardBlocks.all(pk),
    /** Awards of one site: a whole block is read for them. */
    awardsAt: (pk: string, siteId: string): Promise<RunAward[]> => awardBlocks.of(pk, siteId),
    /** An item of debts is a page. */
    debtPage: async (pk: string, page: PageRequest) => {
      const { items, ...rest } = await queryPage(dynamo, { table, pk, sk: { beginsWith: 'DEBT#' }, consistent: true }, debtRowsPart, {
        ...page,
        limit: 1,
      });
      return { ...rest, items: items.flatMap(({ rows }) => rows) };
    },
    debts: async (pk: string): Promise<SettledDebt[]> =>
      (await collect(queryAll(dynamo, { table, pk, sk: { beginsWith: 'DEBT#' }, consistent: true }, debtRowsPart))).flatMap(({ rows }) => rows),

    /** Lays the offers of a run out at their sites. No reader takes them for true before the week's pointer names the run. `check` may end it. */
    stageOffers: (offers: readonly AwardItem[], check: () => void): Promise<void> =>
      inParallel(offers, async (offer) => {
        check();
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
        { ConditionCheck: { TableName: table, Key: settlementKey(published.week), ConditionExpression: 'attribute_not_exists(pk)' } },
        ...(superseded === undefined
          ? []
          : [
              replacePut(table, superseded),
              historyPut(table, superseded, { ...entry, version: superseded.version, action: 'supersede', from: 'published', to: 'superseded' }),
            ]),
      ]),
    /** What is owed after a week, and the settlement that names it and the published run; written once, and the first one counts. */
    settle: async ({ week, runId }: Pick<RunItem, 'week' | 'runId'>, debts: readonly SettledDebt[]): Promise<void> => {
      const partsPk = `SETTLED#${week}#${runId}`;
      await inParallel(inItems(partsPk, 'DEBT', 'settled-debt', debts), put);
      const pools = new Set(debts.map(({ product, doseNumber, packDoses }) => `${product}#${doseNumber}#${packDoses}`)).size;
      const isPublished = {
        TableName: table,
        Key: pointerKey(week),
        ConditionExpression: 'runId = :run',
        ExpressionAttributeValues: { ':run': runId },
      };
      await commit(dynamo, [
        createPut(table, { ...settlementKey(week), type: 'settlement', schema: 1, version: 1, week, runId, partsPk, pools, debts: debts.length }),
        { ConditionCheck: isPublished },
      ]);
    },
  };
};
export type RunStore = ReturnType<typeof makeRunStore>;

/** Switches the week to a run. It ends the hold of a cut, and withdraws what the run takes back of earlier ones. */
const pointerUpdate = (table: string, run: RunItem, superseded: RunItem | undefined): TransactItem => {
  const revokes = run.revokes ?? [];
  return {
    Update: {
      TableName: table,
      Key: pointerKey(run.week),
      UpdateExpression: `SET runId = :run, #type = :type, #schema = :one, answers = if_not_exists(answers, :zero)${
        revokes.length === 0 ? '' : ', revoked = list_append(if_not_exists(revoked, :none), :revokes)'
      } REMOVE held ADD #version :one`,
      ConditionExpression:
        superseded === undefined
          ? 'attribute_not_exists(pk)'
          : `runId = :old AND answers = :answers${run.keep === 'ordered' ? ' AND attribute_exists(held)' : ''}`,
      ExpressionAttributeNames: { '#type': 'type', '#schema': 'schema', '#version': 'version' },
      ExpressionAttributeValues: {
        ':run': run.runId, ':type': 'pointer', ':one': 1, ':zero': 0,
        ...(revokes.length === 0 ? {} : { ':revokes': revokes, ':none': [] }),
        ...(superseded === undefined ? {} : { ':old': superseded.runId, ':answers': run.answersRead }),
      },
    },
  };
};

const supplyCheck = (table: string, { pk, sk, version }: Key & { version: number }): TransactItem => ({
  ConditionCheck: {
    TableName: table,
    Key: { pk, sk },
    ConditionExpression: '#version = :read',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':read': version },
  },
});
