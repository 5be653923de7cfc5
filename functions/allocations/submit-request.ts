import type { z } from 'zod';
import type { Jurisdiction } from '../../shared/codes/jurisdiction.ts';
import { entryOf, type Act, type Saved } from './record-supply.ts';
import { weekInstants } from './domain/week-rules.ts';
import { requestInWords } from './domain/words/request.ts';
import { makeGroupNote } from './group-of-standing.ts';
import { makeHubFault } from './hub-of-standing.ts';
import type { PolicyStore } from './store-policies.ts';
import { townOf } from './gather-site.ts';
import type { RequestItem, StandingItem, requestForm, standingForm } from './schemas.ts';
import { requestKey, standingKey, type AllocationStore } from './store.ts';

export interface RequestName {
  siteId: string;
  week: string;
  ndc: string;
  doseNumber: number;
}

/** A request as its site is told of it when it submits it. */
export type SubmittedRequest = RequestItem & { requestsClose: string; words: string[] };

/** What runs read of a request that is about to be followed by a late one. */
const inTimeOf = (before: RequestItem | undefined): Pick<RequestItem, 'inTime'> => {
  if (before === undefined) return {};
  const { doses, onHandDoses, submittedAt } = before;
  return before.state === 'late'
    ? { ...(before.inTime === undefined ? {} : { inTime: before.inTime }) }
    : { inTime: { doses, onHandDoses, submittedAt } };
};

/**
 * Writes what a site can use at most in a week: a ceiling, never a weight. After the cut-off it is kept as late, and told so: runs
 * read it only when it asks for less than the one in time, and else go on reading that. `ifMatch` 0 means that the site read none yet.
 */
export const makeSubmitRequest =
  (store: AllocationStore, zone: string) =>
  async (
    name: RequestName,
    form: z.output<typeof requestForm>,
    act: Act & { ifMatch: number },
  ): Promise<Saved<SubmittedRequest> | { kind: 'site-not-active' }> => {
    const site = await store.site(name.siteId);
    if (site?.state !== 'active' || site.reportingOnly) return { kind: 'site-not-active' };
    const key = requestKey(name.siteId, name.week, name.ndc, name.doseNumber);
    const before = await store.request(key);
    const version = before?.version ?? 0;
    if (version !== act.ifMatch) return { kind: 'stale', version };
    const { requestsClose } = weekInstants(name.week, zone);
    const isLate = act.now >= requestsClose;
    const kept = isLate ? inTimeOf(before) : {};
    const next: RequestItem = {
      ...form,
      ...name,
      ...key,
      ...kept,
      type: 'request',
      schema: 1,
      version: version + 1,
      state: isLate ? 'late' : form.doses === 0 ? 'withdrawn' : 'submitted',
      submittedAt: act.now,
      submittedBy: act.actor,
      gsi1pk: `REQUESTS#${name.week}`,
      gsi1sk: `${name.siteId}#${name.ndc}#${name.doseNumber}`,
    };
    const written = await store.save(next, entryOf(act, 'submit', next.version, { to: next.state }));
    const words = requestInWords({ week: name.week, now: act.now, zone, isLate, doses: form.doses, inTimeDoses: kept.inTime?.doses });
    return written.kind === 'committed' ? { kind: 'saved', item: { ...next, requestsClose, words } } : { kind: 'stale', version: next.version };
  };

/** A standing as it is answered when it is set: with what is told of it. */
export type SetStanding = StandingItem & { notes?: string[] };

/** Writes what DPH holds of a site: its group, weights and ceilings. The site may read it. */
export const makeSetStanding =
  (store: AllocationStore, policies: Pick<PolicyStore, 'all'>, jurisdiction: Jurisdiction) => {
  const [hubFault, groupNote] = [makeHubFault(store), makeGroupNote(policies)];
  return async (
    siteId: string,
    form: z.output<typeof standingForm>,
    act: Act & { ifMatch: number },
  ): Promise<Saved<SetStanding> | { kind: 'wrong-hub'; message: string }> => {
    const site = await store.site(siteId);
    if (site === undefined) return { kind: 'not-found' };
    const version = (await store.standing(siteId))?.version ?? 0;
    if (version !== act.ifMatch) return { kind: 'stale', version };
    const message = form.hub === undefined ? undefined : await hubFault(siteId, form.hub);
    if (message !== undefined) return { kind: 'wrong-hub', message };
    const { town, isKnown, county } = townOf(jurisdiction, site);
    const next: StandingItem = {
      ...form,
      ...standingKey(siteId),
      type: 'standing',
      schema: 1,
      version: version + 1,
      siteId,
      siteName: site.name,
      town,
      ...(isKnown ? {} : { townUnknown: true }),
      ...(county === undefined ? {} : { county }),
      suspended: site.state === 'suspended',
      changedAt: act.now,
      changedBy: act.actor,
      gsi1pk: 'STANDINGS',
      gsi1sk: siteId,
    };
    const written = await store.save(next, entryOf(act, 'set-standing', next.version));
    const note = written.kind === 'committed' ? await groupNote(form.group) : undefined;
    return written.kind === 'committed'
      ? { kind: 'saved', item: { ...next, ...(note !== undefined && { notes: [note] }) } }
      : { kind: 'stale', version: next.version };
  };
};
