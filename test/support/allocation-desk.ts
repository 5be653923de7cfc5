import { addDays } from '../../shared/kernel/dates.ts';
import { supplyItem, type SupplyItem } from '../../functions/allocations/schemas.ts';
import { supplyKey } from '../../functions/allocations/store.ts';
import { call, type Answer, type Call, type Handler } from './api.ts';
import { enrolledMember, enrolledSite } from './enrolled.ts';
import { openRunDesk } from './run-desk.ts';
import { openSuite, type Suite } from './suite.ts';

export interface DeskSite {
  readonly siteId: string;
  readonly group: string;
  readonly population: number;
  /** The site that takes packs for it. */
  readonly hub?: string;
  readonly city?: string;
  readonly county?: string;
}
export interface DeskAward {
  readonly awardId: string;
  readonly siteId: string;
  readonly week: string;
  readonly doses: number;
  readonly acceptedDoses?: number;
  readonly packs: number;
  readonly version: number;
  readonly state: string;
  readonly words: string[];
  readonly nextMoves: string[];
}

export const janssen = '59676-0580-05';

/** A hub, two small sites that share its packs by the vial, and a large one beside them, all of one group. */
export const hubGroup = 'elsewhere';
export const hubSites: readonly DeskSite[] = [
  { siteId: 'sit_hub', group: hubGroup, population: 2_100 },
  { siteId: 'sit_ivy', group: hubGroup, population: 300, hub: 'sit_hub' },
  { siteId: 'sit_oak', group: hubGroup, population: 600, hub: 'sit_hub' },
  { siteId: 'sit_big', group: hubGroup, population: 7_000 },
];

/** A supply line as it lies in the table, of sizes too that the API does not take: packs of earlier weeks, or too few doses to be shipped. */
export const storedSupply = (line: { readonly week: string; readonly ndc: string; readonly doseNumber: number; readonly packDoses: number; readonly packs: number }): SupplyItem =>
  supplyItem.parse({
    ...supplyKey(line.week, line.ndc, line.doseNumber, 'jurisdiction', line.packDoses), ...line, type: 'supply', schema: 1, version: 1, channel: 'jurisdiction',
    supplyId: `${line.week}_${line.ndc}_${line.doseNumber}_${line.packDoses}_jurisdiction`, recordedAt: `${line.week}T12:00:00.000Z`, recordedBy: 'ann', requestDigest: 'x',
  });

/** The allocations API and the orders API on an empty database, with sites of one coordinator (`clinic`) and two allocators, `ann` and `bob`. */
export const openAllocationDesk = async (name: string, sites: readonly DeskSite[], opened?: Suite) => {
  const suite = opened ?? (await openSuite(name));
  const runDesk = await openRunDesk();
  await enrolledMember(suite, 'clinic', 'org_clinic');
  const handler: Handler = (await import('../../functions/allocations/http.ts')).handler;
  const orders: Handler = (await import('../../functions/orders/http.ts')).handler;
  let counter = 0;
  let week = '2021-03-01';
  const key = (): string => `${name}-${(counter += 1)}-key`;
  const early = (): string => `${addDays(week, -7)}T15:00:00.000Z`;
  const inWeek = (): string => `${week}T15:00:00.000Z`;
  const as = (subject: string, role: NonNullable<Call['role']>, api = handler) => (request: Call): Promise<Answer> => call(api, { subject, role, now: early(), ...request });
  const asAnn = as('ann', 'dph-allocator');
  const asBob = as('bob', 'dph-allocator');
  const asClinic = as('clinic', 'provider-staff');
  const asNobody = (request: Call): Promise<Answer> => call(handler, { now: early(), ...request });

  for (const { siteId, group, population, hub, city = 'Hartford', county } of sites) {
    await enrolledSite(suite, siteId, { address: { city, state: 'CT', zip: '06106', ...(county === undefined ? {} : { county }) } });
    const set = await asAnn({ route: 'PUT /sites/{siteId}/standing', params: { siteId }, body: { group, weights: { population }, ...(hub === undefined ? {} : { hub }) }, ifMatch: 0 });
    if (set.status !== 200) throw new Error(`no standing: ${set.text}`);
  }

  const supply = (packs: number, more: object = {}): Promise<Answer> =>
    asAnn({ route: 'POST /supply', body: { week, ndc: janssen, doseNumber: 1, packDoses: 100, packs, ...more }, key: key() });
  const supplyId = (): string => `${week}_${janssen}_1_100_jurisdiction`;
  const changeSupply = async (packs: number, of = supplyId()): Promise<Answer> => {
    const list = await asAnn({ route: 'GET /supply', query: { week } });
    const line = (list.body['items'] as { supplyId: string; version: number }[]).find((item) => item.supplyId === of);
    return asAnn({ route: 'PUT /supply/{supplyId}', params: { supplyId: of }, body: { packs, reason: 'told by CDC' }, ifMatch: line?.version ?? 0 });
  };
  const ask = (siteId: string, doses: number, ndc = janssen): Promise<Answer> =>
    asClinic({ route: 'PUT /sites/{siteId}/requests/{week}/{ndc}/{doseNumber}', params: { siteId, week, ndc, doseNumber: '1' }, body: { doses }, ifMatch: 0 });
  const askDraft = (more: object = {}, by = asAnn): Promise<Answer> => by({ route: 'POST /allocation-runs', body: { week, policy: 'connecticut-2021-03', ...more }, key: key() });
  const draft = (more: object = {}, by = asAnn): Promise<Answer> => runDesk.settled(by, askDraft(more, by), early());
  const propose = (runId: string, by = asAnn): Promise<Answer> => by({ route: 'POST /allocation-runs/{runId}/proposal', params: { runId }, ifMatch: 2 });
  const askPublication = (runId: string, by = asBob, now = inWeek()): Promise<Answer> => by({ route: 'POST /allocation-runs/{runId}/publication', params: { runId }, ifMatch: 3, now });
  const publish = (runId: string, by = asBob, now = inWeek()): Promise<Answer> => runDesk.settled(by, askPublication(runId, by, now), now);
  /** Drafts, proposes and publishes; the answer of the first step that was refused, or of the last. */
  const run = async (more: object = {}): Promise<Answer> => {
    const drafted = await draft(more);
    if (drafted.status >= 300) return drafted;
    const runId = String(drafted.body['runId']);
    const proposed = await propose(runId);
    return proposed.status >= 300 ? proposed : publish(runId);
  };
  const published = async (more: object = {}): Promise<string> => {
    const answer = await run(more);
    if (answer.status !== 200) throw new Error(`not published: ${answer.text}`);
    return String(answer.body['runId']);
  };
  const awardsOf = async (siteId: string): Promise<DeskAward[]> => {
    const { status, body, text } = await asClinic({ route: 'GET /sites/{siteId}/awards', params: { siteId }, query: { limit: '20' }, now: inWeek() });
    if (status !== 200) throw new Error(`awards of ${siteId}: ${status} ${text}`);
    return (body['items'] as DeskAward[]).filter((award) => award.week === week);
  };
  const answer = ({ siteId, awardId, version }: DeskAward, body: object, now = inWeek()): Promise<Answer> =>
    asClinic({ route: 'POST /sites/{siteId}/awards/{awardId}/answer', params: { siteId, awardId }, body, ifMatch: version, now });
  const order = ({ siteId, awardId }: DeskAward): Promise<Answer> =>
    as('clinic', 'provider-staff', orders)({ route: 'POST /sites/{siteId}/orders', params: { siteId }, body: { awardId }, key: key(), now: inWeek() });
  const cancel = (siteId: string, orderId: string): Promise<Answer> =>
    as('ann', 'dph-allocator', orders)({ route: 'POST /sites/{siteId}/orders/{orderId}/approval', params: { siteId, orderId }, body: { decision: 'cancel', reason: 'supply was cut' }, ifMatch: 1, now: inWeek() });
  return {
    suite, handler, key, asAnn, asBob, asClinic, asNobody, supply, changeSupply, ask, askDraft, draft, propose, askPublication, publish, runDesk, run, published, awardsOf, answer, order, cancel,
    week: (): string => week,
    nextWeek: (): string => (week = addDays(week, 7)),
    inWeek,
    early,
    stop: async (): Promise<void> => {
      await runDesk.stop();
      await suite.stop();
    },
  };
};
export type AllocationDesk = Awaited<ReturnType<typeof openAllocationDesk>>;
