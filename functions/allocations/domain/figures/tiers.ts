/** People a site serves who are in exactly these tiers. Cells do not overlap, so everybody is in one cell. */
export interface TierCell {
  readonly tiers: readonly string[];
  readonly people: number;
}

/**
 * Tier populations with overlaps apportioned once: everybody is counted in the first of their tiers in the order given (tiers that it
 * does not name come after, by name). The sum over tiers is the number of people, whatever overlaps.
 */
export const apportionTiers = (cells: readonly TierCell[], order: readonly string[]): Map<string, number> => {
  const place = (tier: string): string => {
    const at = order.indexOf(tier);
    return at === -1 ? `~${tier}` : String(at).padStart(4, '0');
  };
  const people = new Map<string, number>();
  for (const cell of cells) {
    const [first] = cell.tiers.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
    if (first !== undefined) people.set(first, (people.get(first) ?? 0) + cell.people);
  }
  return people;
};
