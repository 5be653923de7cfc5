import { z } from 'zod';

/**
 * What was given at a site in a week and what falls due there, counted by reports from the dose records: the only items of the reports
 * table that allocations may read. `FIGURES#<siteId>` / `<week>#<shard>`: the shards of a week are summed. No identity, numbers only.
 * `FIGURES#ALL` holds the doses given at all sites together: reporting delays are learned from them, since one site's weeks are few.
 */
export const FIGURE_LETTERS = { given: 'g', residents: 'r', due: 'u' } as const;

export const allSites = 'ALL';
const partition = 'FIGURES#';

export const figuresPartition = (siteId: string): string => `${partition}${siteId}`;
/** `week` is the Monday on which the week starts. */
export const figuresKey = (siteId: string, week: string, shard: number): { pk: string; sk: string } => ({
  pk: figuresPartition(siteId),
  sk: `${week}#${shard}`,
});
export const figuresSite = ({ pk }: { pk: string }): string => pk.slice(partition.length);
export const figuresWeek = ({ sk }: { sk: string }): string => sk.slice(0, 'YYYY-MM-DD'.length);
/** Sort keys of the weeks from one to another, both included. */
export const figuresRange = (from: string, to: string): readonly [string, string] => [from, `${to}#~`];

/** When the newest change that reports has counted was made. */
export const countedUpToKey = { pk: 'COVERAGE', sk: 'AS-OF' } as const;
export const countedUpToItem = z.object({ asOf: z.string() });

export const siteFiguresItem = z.looseObject({ pk: z.string().startsWith(partition), sk: z.string(), type: z.literal('site-figures') });
export type SiteFiguresItem = z.infer<typeof siteFiguresItem>;

/** One count of a site's week. */
export type FigureRow = { readonly week: string; readonly doses: number } & (
  /** Doses of a vaccine given in the week, reported so many weeks after it. Number 1 is a person's first dose anywhere. */
  | { readonly kind: 'given'; readonly cvx: string; readonly doseNumber: number; readonly delayWeeks: number }
  /** Doses given in the week to residents of priority zips (`yes`), of others, and of places not known. */
  | { readonly kind: 'residents'; readonly priority: string }
  /** Next doses of a primary series that fall due in the week, of people who had their last one here. */
  | { readonly kind: 'due'; readonly cvx: string; readonly doseNumber: number }
);

const rowOf = (week: string, attribute: string, doses: number): FigureRow[] => {
  const [cvx = '', number = '', delay = ''] = attribute.slice(2).split('|');
  switch (attribute.slice(0, 2)) {
    case `${FIGURE_LETTERS.given}:`:
      return [{ kind: 'given', week, doses, cvx, doseNumber: Number(number), delayWeeks: Number(delay) }];
    case `${FIGURE_LETTERS.residents}:`:
      return [{ kind: 'residents', week, doses, priority: cvx }];
    case `${FIGURE_LETTERS.due}:`:
      return [{ kind: 'due', week, doses, cvx, doseNumber: Number(number) }];
    default:
      return [];
  }
};

/** The counts of items of a site, one row a count and shard; counts that came to nothing are left out. */
export const figureRows = (items: readonly SiteFiguresItem[]): FigureRow[] =>
  items.flatMap((item) =>
    Object.entries(item).flatMap(([attribute, doses]) =>
      typeof doses === 'number' && doses !== 0 ? rowOf(figuresWeek(item), attribute, doses) : [],
    ),
  );
