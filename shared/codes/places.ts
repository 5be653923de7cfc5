import type { Jurisdiction, PriorityZips, Town } from './jurisdiction.ts';

export type PostalAddress = { readonly city?: string; readonly state?: string; readonly zip?: string; readonly county?: string };
/** `outside` is another state; `unknown` is a place that nothing known here settles. Neither is guessed away. */
export type Place = { readonly residence: 'inside' | 'outside' | 'unknown'; readonly town?: string; readonly county?: string };

type TownIndex = ReadonlyMap<string, Town>;
const indexes = new WeakMap<Jurisdiction, TownIndex>();
const townIndex = (jurisdiction: Jurisdiction): TownIndex => {
  const built = indexes.get(jurisdiction) ?? new Map(jurisdiction.towns().map((town) => [town.name.toUpperCase(), town]));
  indexes.set(jurisdiction, built);
  return built;
};

const postalTowns = (jurisdiction: Jurisdiction, upperName: string): readonly string[] | undefined =>
  Object.hasOwn(jurisdiction.postalNames, upperName) ? jurisdiction.postalNames[upperName] : undefined;

/** The town of that name in the jurisdiction, whatever the case; a post-office name counts when it lies in one town only. */
export const townNamed = (jurisdiction: Jurisdiction, city: string): Town | undefined => {
  const name = city.trim().toUpperCase();
  const index = townIndex(jurisdiction);
  const postal = postalTowns(jurisdiction, name);
  return index.get(name) ?? (postal?.length === 1 ? index.get((postal[0] ?? '').toUpperCase()) : undefined);
};

const isOutside = (jurisdiction: Jurisdiction, address: PostalAddress): boolean => {
  const state = address.state?.trim().toUpperCase() ?? '';
  if (state !== '') return state !== jurisdiction.usps;
  const zip = address.zip?.trim() ?? '';
  return /^\d{5}/.test(zip) && (!jurisdiction.zipPrefixes.some((prefix) => zip.startsWith(prefix))
    || jurisdiction.foreignZips.has(zip.slice(0, 5)));
};

/**
 * Where an address lies, for counting. The rule, in order:
 * 1. another state, or without a state a zip of another state -> outside;
 * 2. the city is a town, or a post-office name of one town -> that town and its county;
 * 3. the zip is known to serve one town -> that town;
 * 4. the zip (or post-office name) serves several towns of one county -> the county without a town;
 * 5. a county code of the jurisdiction was given -> that county without a town;
 * 6. the state or the zip is the jurisdiction's -> inside, place unknown; else unknown.
 * A zip that is in no list is never placed by looking like its neighbours.
 */
export const placeOf = (jurisdiction: Jurisdiction, address: PostalAddress): Place => {
  if (isOutside(jurisdiction, address)) return { residence: 'outside' };
  const named = townNamed(jurisdiction, address.city ?? '');
  if (named !== undefined) return { residence: 'inside', town: named.name, county: named.county };
  const index = townIndex(jurisdiction);
  const postal = (address.city ?? '').trim().toUpperCase();
  const candidates = (jurisdiction.townsOfZip(address.zip ?? '') ?? postalTowns(jurisdiction, postal) ?? [])
    .flatMap((name) => index.get(name.toUpperCase()) ?? []);
  const counties = new Set(candidates.map((town) => town.county));
  const [first] = candidates;
  if (first !== undefined && counties.size === 1) {
    return { residence: 'inside', county: first.county, ...(candidates.length === 1 ? { town: first.name } : {}) };
  }
  const told = address.county?.trim() ?? '';
  if (jurisdiction.counties().some((county) => county.fips === told)) return { residence: 'inside', county: told };
  const hasPlace = (address.state ?? '') !== '' || /^\d{5}/.test(address.zip ?? '');
  return { residence: hasPlace ? 'inside' : 'unknown' };
};

/** The list of priority zips in force on a day: the newest that had begun, else the oldest. */
export const priorityZipsOn = (jurisdiction: Jurisdiction, day: string): PriorityZips => {
  const lists = [...jurisdiction.priorityZips()].sort((a, b) => a.from.localeCompare(b.from));
  const found = lists.filter((list) => list.from <= day).at(-1) ?? lists[0];
  if (found === undefined) throw new Error(`Jurisdiction ${jurisdiction.code} has no list of priority zips`);
  return found;
};
