import { canonicalDigest } from './canonical.ts';
import { lineKey, poolKey } from './inputs.ts';
import type { RunInputs, SiteInput } from './inputs.ts';

const sorted = <T>(rows: readonly T[], key: (row: T) => string): T[] =>
  [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));

const canonicalSite = (site: SiteInput): SiteInput => ({
  ...site,
  tags: sorted(site.tags, (tag) => tag),
  ...(site.rooms && {
    rooms: sorted(
      site.rooms.map(({ kinds, doses }) => ({ kinds: kinds.toSorted(), doses })),
      ({ kinds }) => kinds.join('+'),
    ),
  }),
  ...(site.receiving && {
    receiving: { days: site.receiving.days.toSorted(), closed: sorted(site.receiving.closed, ({ from, to }) => `${from} ${to}`) },
  }),
  lines: sorted(site.lines, lineKey).map((line) => ({
    ...line,
    due: sorted(line.due, (item) => `${item.day} ${String(item.doses).padStart(9, '0')}`),
    ...(line.storedIn && { storedIn: line.storedIn.toSorted() }),
    ...(line.byVial && { byVial: { ...line.byVial, storedIn: line.byVial.storedIn.toSorted() } }),
    ...(line.use && { use: sorted(line.use, (item) => item.week) }),
    fixed: sorted(line.fixed, (item) => String(item.packDoses).padStart(9, '0')),
  })),
});

/** Inputs with every list in one order, so that the same facts have the same digest whatever order they were read in. */
export const canonicalInputs = (inputs: RunInputs): RunInputs => ({
  ...inputs,
  supply: sorted(inputs.supply, poolKey),
  sites: sorted(inputs.sites, (site) => site.siteId).map(canonicalSite),
  debts: sorted(inputs.debts, (row) => `${row.siteId} ${poolKey(row)}`),
  ...(inputs.federal && { federal: { ...inputs.federal, products: sorted(inputs.federal.products, ({ product }) => product) } }),
  ...(inputs.overrides && { overrides: sorted(inputs.overrides, (row) => `${row.siteId} ${poolKey(row)}`) }),
});

/** The SHA-256 stored with a run: of its inputs in canonical order. */
export const inputsDigest = (inputs: RunInputs): string => canonicalDigest(canonicalInputs(inputs));
