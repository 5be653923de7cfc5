import type { Problem } from '../../shared/contracts/problem.ts';
import { ApiError, type Answer, type ApiClient } from '../api-client.ts';

export interface Product {
  /** Unit of use, unit of sale, doses of the smallest pack that is shipped. */
  ndc: string;
  saleNdc: string;
  cvx: string;
  mvx: string;
  packDoses: number;
  name: string;
}

export const janssen: Product = { ndc: '59676-0580-05', saleNdc: '59676-0580-15', cvx: '212', mvx: 'JSN', packDoses: 100, name: 'Janssen' };
export const moderna: Product = { ndc: '80777-0273-10', saleNdc: '80777-0273-99', cvx: '207', mvx: 'MOD', packDoses: 100, name: 'Moderna' };

/** What DPH holds of a site, and what the site asks for. */
export interface Ask {
  siteId: string;
  group: string;
  population: number;
  doses: number;
  /** Who speaks for the site. */
  provider: ApiClient;
}

/** Records a week's supply; recording it again changes nothing. */
export const recordSupply = async (allocator: ApiClient, week: string, product: Product, packs: number): Promise<void> => {
  await allocator.post(
    '/supply',
    { week, ndc: product.ndc, doseNumber: 1, packDoses: product.packDoses, packs },
    { key: `supply ${week} ${product.ndc}` },
  );
};

/** DPH sets the figures it shares by; the site asks for the most it can use. */
export const ask = async (
  allocator: ApiClient,
  week: string,
  product: Product,
  { siteId, group, population, doses, provider }: Ask,
): Promise<void> => {
  const standing = await allocator.send('GET', `/sites/${siteId}/standing`, { expected: [404] });
  await allocator.send('PUT', `/sites/${siteId}/standing`, {
    body: { group, weights: { population } },
    ifMatch: standing.status === 404 ? 0 : standing.version,
  });
  await provider.send('PUT', `/sites/${siteId}/requests/${week}/${product.ndc}/1`, { body: { doses }, ifMatch: 0, expected: [412] });
};

export interface Run {
  runId: string;
  awards: number;
  awardedDoses: number;
  supplyDoses: number;
}

interface ReadRun extends Run {
  state: string;
  problem?: Problem;
}

/** A worker drafts and publishes: a run is read until it is neither drafting nor publishing. */
const pauseMs = 200;
const mostReads = 1_500;

/** Reads a run until its worker has ended. Throws what the worker says of a run that it refused. */
export const settledRun = async (api: ApiClient, runId: string): Promise<Answer<ReadRun>> => {
  const path = `/allocation-runs/${runId}`;
  for (let reads = 1; reads <= mostReads; reads += 1) {
    const answer = await api.get<ReadRun>(path);
    const { state, problem } = answer.body;
    if (state !== 'drafting' && state !== 'publishing') {
      if (problem !== undefined) throw new ApiError('GET', path, problem.status, problem);
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  throw new Error(`Run ${runId} is still not ready after ${(mostReads * pauseMs) / 1_000} seconds`);
};

/** Drafts, proposes and publishes a run: three requests by two people. */
export const runAllocation = async (first: ApiClient, second: ApiClient, week: string, policy: string, key = 'first'): Promise<Run> => {
  const asked = await first.post<ReadRun>('/allocation-runs', { week, policy }, { key: `run ${week} ${key}` });
  const drafted = await settledRun(first, asked.body.runId);
  const path = `/allocation-runs/${drafted.body.runId}`;
  if (drafted.body.state !== 'draft') return drafted.body;
  const proposed = await first.send('POST', `${path}/proposal`, { ifMatch: drafted.version });
  await second.send('POST', `${path}/publication`, { ifMatch: proposed.version });
  return (await settledRun(second, drafted.body.runId)).body;
};

export interface Award {
  awardId: string;
  siteId: string;
  week: string;
  ndc: string;
  packs: number;
  doses: number;
  state: string;
  version: number;
  words: string[];
}

export const awardsOf = async (provider: ApiClient, siteId: string, week: string): Promise<Award[]> =>
  (await provider.list<Award>(`/sites/${siteId}/awards`)).filter((award) => award.week === week);

export const answerAward = async (provider: ApiClient, award: Award, answer: object): Promise<void> => {
  await provider.post(`/sites/${award.siteId}/awards/${award.awardId}/answer`, answer, { ifMatch: award.version });
};

/** Orders an accepted award and has it approved. Returns the order's id. */
export const orderAward = async (provider: ApiClient, allocator: ApiClient, award: Award): Promise<string> => {
  const { body, version } = await provider.post(
    `/sites/${award.siteId}/orders`,
    { awardId: award.awardId },
    { key: `order ${award.awardId} ${award.siteId}` },
  );
  const orderId = String(body['orderId']);
  await allocator.post(`/sites/${award.siteId}/orders/${orderId}/approval`, { decision: 'approve', reason: 'as awarded' }, { ifMatch: version });
  return orderId;
};
