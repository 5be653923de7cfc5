import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { standingOf } from '../../functions/allocations/domain/award-standing.ts';
import { weekInstants } from '../../functions/allocations/domain/week-rules.ts';
import { awardItem, weekPointer, weekPointerKey, type AwardItem } from '../../shared/published/award.ts';
import { orderItem, type OrderItem } from '../../shared/published/order-line.ts';
import type { Suite } from './suite.ts';

const dead = ['cancelled', 'rejected', 'cancelled-by-supplier'];

/** Items of a partition, by how their sort key begins. */
export const itemsOf = (suite: Suite) => async (table: string, pk: string, prefix: string): Promise<Record<string, unknown>[]> => {
  const { Items = [] } = await suite.dynamo.send(
    new QueryCommand({ TableName: suite.tables[table], KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)', ExpressionAttributeValues: { ':pk': pk, ':sk': prefix }, ConsistentRead: true }),
  );
  return Items;
};

export interface Outstanding { ordered: number; accepted: number; offered: number; supply: number }
export type OutstandingWeek = Outstanding & { held: boolean; pools: ReadonlyMap<string, Outstanding> };
const poolOf = ({ ndc, doseNumber }: { ndc?: unknown; doseNumber?: unknown }): string => `${String(ndc)} ${String(doseNumber)}`;

/** What is out in a week, read from the tables and not from the room under test: packs ordered, accepted and on offer, beside the supply; of all, and by pool. */
export const outstandingIn = async (all: ReturnType<typeof itemsOf>, sites: readonly string[], week: string, now: string): Promise<OutstandingWeek> => {
  const [item] = await all('ALLOCATIONS_TABLE', `WEEK#${week}`, weekPointerKey(week).sk);
  const pointer = item === undefined ? undefined : weekPointer.parse(item);
  const sum: Outstanding = { ordered: 0, accepted: 0, offered: 0, supply: 0 };
  const pools = new Map<string, Outstanding>();
  const count = (of: object, what: keyof Outstanding, packs: number): void => {
    const pool = pools.get(poolOf(of)) ?? { ordered: 0, accepted: 0, offered: 0, supply: 0 };
    pools.set(poolOf(of), pool);
    for (const each of [sum, pool]) each[what] += packs;
  };
  for (const line of await all('ALLOCATIONS_TABLE', `WEEK#${week}`, 'SUPPLY#')) count(line, 'supply', Number(line['packs']));
  for (const siteId of sites) {
    const awards = (await all('ALLOCATIONS_TABLE', `SITE#${siteId}`, `AWARD#${week}`)).map((each): AwardItem => awardItem.parse(each));
    const orders = (await all('ORDERS_TABLE', `SITE#${siteId}`, 'ORDER#')).map((each): OrderItem => orderItem.parse(each));
    for (const award of awards) {
      const order = orders.find(({ awardId }) => awardId === award.awardId);
      const packs = (award.acceptedDoses ?? award.doses) / award.packDoses;
      const state = standingOf(award, pointer, now, weekInstants(week, 'America/New_York').offersLapse);
      if (order !== undefined) count(award, 'ordered', order.lines.filter((line) => !dead.includes(line.state)).reduce((total, line) => total + line.doses / award.packDoses, 0));
      else if (state === 'accepted' || state === 'reduced') count(award, 'accepted', packs);
      else if (state === 'offered' && pointer?.held === undefined) count(award, 'offered', packs);
    }
  }
  return { ...sum, held: pointer?.held !== undefined, pools };
};
