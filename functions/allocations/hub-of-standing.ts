import { meantName } from '../../shared/kernel/slips.ts';
import type { AllocationStore } from './store.ts';

/**
 * What is wrong with the hub that a standing names; undefined when nothing is. A hub is another enrolled site that has no hub itself, and a
 * site that others name as theirs has none: packs are shared once.
 */
export const makeHubFault =
  (store: Pick<AllocationStore, 'site' | 'standing' | 'standings'>) =>
  async (siteId: string, hub: string): Promise<string | undefined> => {
    if (hub === siteId) return 'is the site itself: leave it out';
    const [site, own, standings] = await Promise.all([store.site(hub), store.standing(hub), store.standings()]);
    if (site === undefined) {
      const near = meantName(hub, standings.map((standing) => standing.siteId).filter((other) => other !== siteId));
      return `is no enrolled site${near === undefined ? '' : `; is ${near} meant?`}`;
    }
    if (own?.hub !== undefined) return `has a hub itself, ${own.hub}: packs are shared once, so name that one`;
    const members = standings.filter((standing) => standing.hub === siteId).map((standing) => standing.siteId);
    return members.length === 0
      ? undefined
      : `cannot be named: this site is the hub of ${members.length === 1 ? (members[0] ?? '') : `${members.length} sites, ${members[0] ?? ''} among them`}, and packs are shared once`;
  };
