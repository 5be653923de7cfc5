import type { z } from 'zod';
import { entryOf, type Act, type Saved } from './record-supply.ts';
import { weekInstants } from './domain/week-rules.ts';
import type { RequestItem, StandingItem, requestForm, standingForm } from './schemas.ts';
import { requestKey, standingKey, type AllocationStore } from './store.ts';

export interface RequestName {
  siteId: string;
  week: string;
  ndc: string;
  doseNumber: number;
}

/**
 * Writes what a site can use at most in a week: a ceiling, never a weight. After the cut-off it is kept as late, and told so: runs do
 * not read it. `ifMatch` 0 means that the site read none yet.
 */
export const makeSubmitRequest =
  (store: AllocationStore, zone: string) =>
  async (name: RequestName, form: z.output<typeof requestForm>, act: Act & { ifMatch: number }): Promise<Saved<RequestItem> | { kind: 'site-not-active' }> => {
    const site = await store.site(name.siteId);
    if (site?.state !== 'active' || site.reportingOnly) return { kind: 'site-not-active' };
    const key = requestKey(name.siteId, name.week, name.ndc, name.doseNumber);
    const version = (await store.request(key))?.version ?? 0;
    if (version !== act.ifMatch) return { kind: 'stale', version };
    const isLate = act.now >= weekInstants(name.week, zone).requestsClose;
    const next: RequestItem = {
      ...form, ...name, ...key, type: 'request', schema: 1, version: version + 1, state: isLate ? 'late' : form.doses === 0 ? 'withdrawn' : 'submitted',
      submittedAt: act.now, submittedBy: act.actor, gsi1pk: `REQUESTS#${name.week}`, gsi1sk: `${name.siteId}#${name.ndc}#${name.doseNumber}`,
    };
    const written = await store.save(next, entryOf(act, 'submit', next.version, { to: next.state }));
    return written.kind === 'committed' ? { kind: 'saved', item: next } : { kind: 'stale', version: next.version };
  };

/** Writes what DPH holds of a site: its group, weights and ceilings. The site may read it. */
export const makeSetStanding =
  (store: AllocationStore) =>
  async (siteId: string, form: z.output<typeof standingForm>, act: Act & { ifMatch: number }): Promise<Saved<StandingItem>> => {
    const site = await store.site(siteId);
    if (site === undefined) return { kind: 'not-found' };
    const version = (await store.standing(siteId))?.version ?? 0;
    if (version !== act.ifMatch) return { kind: 'stale', version };
    const next: StandingItem = {
      ...form, ...standingKey(siteId), type: 'standing', schema: 1, version: version + 1, siteId, siteName: site.name, town: site.address.city,
      ...(site.address.county === undefined ? {} : { county: site.address.county }), suspended: site.state === 'suspended',
      changedAt: act.now, changedBy: act.actor, gsi1pk: 'STANDINGS', gsi1sk: siteId,
    };
    const written = await store.save(next, entryOf(act, 'set-standing', next.version));
    return written.kind === 'committed' ? { kind: 'saved', item: next } : { kind: 'stale', version: next.version };
  };
