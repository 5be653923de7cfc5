import type { DoseItem, ValidityFact } from '../../shared/published/dose.ts';
import { isGiven } from './domain/same-dose/pair-facts.ts';
import type { DoseStore } from './store-doses.ts';

/** Doses of a site and day that one answer looks at: a mass clinic gives fewer in a day. */
const pageSize = 200;
const maxPages = 15;

export interface SiteValidity {
  readonly doses: number;
  readonly counts: Partial<Record<ValidityFact, number>>;
  readonly items: readonly DoseItem[];
  readonly complete: boolean;
}

/** What is questionable about the doses a site reported on a day, each dose once. */
export const makeReadValidity =
  (doses: Pick<DoseStore, 'siteDay'>) =>
  async (siteId: string, day: string): Promise<SiteValidity> => {
    const items: DoseItem[] = [];
    const counts: Partial<Record<ValidityFact, number>> = {};
    let seen = 0;
    let cursor: string | undefined;
    for (let pages = 0; pages < maxPages; pages += 1) {
      const page = await doses.siteDay(siteId, day, { limit: pageSize, cursor });
      for (const dose of page.items) {
        if (!isGiven(dose) || dose.witnessOf !== undefined) continue;
        seen += 1;
        for (const fact of dose.validity ?? []) counts[fact] = (counts[fact] ?? 0) + 1;
        if (dose.validity !== undefined) items.push(dose);
      }
      cursor = page.nextCursor;
      if (cursor === undefined) return { doses: seen, counts, items, complete: true };
    }
    return { doses: seen, counts, items, complete: false };
  };
