import type { County, Jurisdiction, PriorityZips, Town } from './jurisdiction.ts';
import { CTA_TOWNS } from './jurisdiction-cta-towns.ts';
import { CTA_ZIPS } from './jurisdiction-cta-zips.ts';
import { lazyRows } from './table-rows.ts';

/** Connecticut's eight counties: CVRS and CDC's county files use them, not the planning regions of 2022. */
const COUNTY_TOWNS = {
  '09001': ['Fairfield',
    'Bethel,Bridgeport,Brookfield,Danbury,Darien,Easton,Fairfield,Greenwich,Monroe,New Canaan,New Fairfield,Newtown,'
    + 'Norwalk,Redding,Ridgefield,Shelton,Sherman,Stamford,Stratford,Trumbull,Weston,Westport,Wilton'],
  '09003': ['Hartford',
    'Avon,Berlin,Bloomfield,Bristol,Burlington,Canton,East Granby,East Hartford,East Windsor,Enfield,Farmington,'
    + 'Glastonbury,Granby,Hartford,Hartland,Manchester,Marlborough,New Britain,Newington,Plainville,Rocky Hill,'
    + 'Simsbury,Southington,South Windsor,Suffield,West Hartford,Wethersfield,Windsor,Windsor Locks'],
  '09005': ['Litchfield',
    'Barkhamsted,Bethlehem,Bridgewater,Canaan,Colebrook,Cornwall,Goshen,Harwinton,Kent,Litchfield,Morris,'
    + 'New Hartford,New Milford,Norfolk,North Canaan,Plymouth,Roxbury,Salisbury,Sharon,Thomaston,Torrington,Warren,'
    + 'Washington,Watertown,Winchester,Woodbury'],
  '09007': ['Middlesex',
    'Chester,Clinton,Cromwell,Deep River,Durham,East Haddam,East Hampton,Essex,Haddam,Killingworth,Middlefield,'
    + 'Middletown,Old Saybrook,Portland,Westbrook'],
  '09009': ['New Haven',
    'Ansonia,Beacon Falls,Bethany,Branford,Cheshire,Derby,East Haven,Guilford,Hamden,Madison,Meriden,Middlebury,'
    + 'Milford,Naugatuck,New Haven,North Branford,North Haven,Orange,Oxford,Prospect,Seymour,Southbury,Wallingford,'
    + 'Waterbury,West Haven,Wolcott,Woodbridge'],
  '09011': ['New London',
    'Bozrah,Colchester,East Lyme,Franklin,Griswold,Groton,Lebanon,Ledyard,Lisbon,Lyme,Montville,New London,'
    + 'North Stonington,Norwich,Old Lyme,Preston,Salem,Sprague,Stonington,Voluntown,Waterford'],
  '09013': ['Tolland',
    'Andover,Bolton,Columbia,Coventry,Ellington,Hebron,Mansfield,Somers,Stafford,Tolland,Union,Vernon,Willington'],
  '09015': ['Windham',
    'Ashford,Brooklyn,Canterbury,Chaplin,Eastford,Hampton,Killingly,Plainfield,Pomfret,Putnam,Scotland,Sterling,'
    + 'Thompson,Windham,Woodstock'],
} as const satisfies Record<string, readonly [name: string, towns: string]>;

/** Villages with a post office of their own (general geography, not from the reference files). Mystic lies in two towns. */
const POSTAL_NAMES: Readonly<Record<string, readonly string[]>> = {
  'CENTERBROOK': ['Essex'], 'COS COB': ['Greenwich'], 'DANIELSON': ['Killingly'], 'DAYVILLE': ['Killingly'],
  'EAST BERLIN': ['Berlin'],
  'GALES FERRY': ['Ledyard'], 'HIGGANUM': ['Haddam'], 'MOODUS': ['East Haddam'], 'MYSTIC': ['Groton', 'Stonington'],
  'NIANTIC': ['East Lyme'], 'OLD GREENWICH': ['Greenwich'], 'RIVERSIDE': ['Greenwich'], 'STAFFORD SPRINGS': ['Stafford'],
  'STORRS MANSFIELD': ['Mansfield'], 'TAFTVILLE': ['Norwich'], 'TERRYVILLE': ['Plymouth'], 'UNCASVILLE': ['Montville'],
  'UNIONVILLE': ['Farmington'], 'VERNON ROCKVILLE': ['Vernon'], 'WILLIMANTIC': ['Windham'], 'WINSTED': ['Winchester'],
};

const countyOfTown = (): ReadonlyMap<string, string> =>
  new Map(Object.entries(COUNTY_TOWNS).flatMap(([fips, [, towns]]) => towns.split(',').map((town) => [town, fips] as const)));

/** 169 towns: populations are DPH's estimates (sum 3,565,287), as used by the state's open data. */
const towns = ((): (() => readonly Town[]) => {
  let counties: ReadonlyMap<string, string> | undefined;
  return lazyRows(CTA_TOWNS, ([name = '', population = '', flag]): Town => {
    const county = (counties ??= countyOfTown()).get(name);
    if (county === undefined) throw new Error(`Town ${name} has no county`);
    return { name, population: Number(population), county, anyHighSviTract: flag === 'S' };
  });
})();

const counties = (): readonly County[] =>
  Object.entries(COUNTY_TOWNS).map(([fips, [name]]) => ({
    fips, name, population: towns().filter((town) => town.county === fips).reduce((sum, town) => sum + town.population, 0),
  }));

const zipRows = lazyRows(CTA_ZIPS, ([zip = '', names = '']) => ({ zip, names: names.split(',') }));
let zipIndex: ReadonlyMap<string, readonly string[]> | undefined;

/** The 128 zips seen on shipment lines, by the post-office names written with them; the state has more zips than these. */
const townsOfZip = (zip: string): readonly string[] | undefined => {
  if (zipIndex === undefined) {
    const names = new Map(towns().map((town) => [town.name.toUpperCase(), town.name]));
    const townsOf = (name: string): readonly string[] | string => POSTAL_NAMES[name] ?? names.get(name) ?? [];
    zipIndex = new Map(zipRows().map((row) => [row.zip, [...new Set(row.names.flatMap(townsOf))]]));
  }
  return zipIndex.get(zip.slice(0, 5));
};

/**
 * STAND-IN, not the state's list: every known zip all of whose towns have a tract with SVI of 0.75 or more. The list that
 * Connecticut used (50 zips in the press of March 2021, "top 20 %" on its portal) is not public in the reference; load the
 * real one as a further version. Town flags are coarse: they hold 48.8 % of the population.
 */
const priorityZips = (): readonly PriorityZips[] => {
  const flagged = new Set(towns().filter((town) => town.anyHighSviTract).map((town) => town.name));
  const zips = zipRows().map((row) => row.zip).filter((zip) => townsOfZip(zip)?.every((town) => flagged.has(town)) === true);
  return [{
    version: 'stand-in-1', from: '2020-12-14', standIn: true,
    source: 'Stand-in: zips of March 2021 shipment lines in towns with any census tract of SVI >= 0.75 (data.ct.gov town file)',
    zips: new Set(zips),
  }];
};

/** Connecticut, CDC awardee CTA. */
export const CTA: Jurisdiction = {
  code: 'CTA',
  name: 'Connecticut',
  timeZone: 'America/New_York',
  stateFips: '09',
  usps: 'CT',
  zipPrefixes: ['06'],
  foreignZips: new Set(['06390']), // Fishers Island, New York, is served from Connecticut
  pinPrefix: 'CTA',
  counties,
  towns,
  postalNames: POSTAL_NAMES,
  townsOfZip,
  priorityZips,
  // Unverified: what Connecticut's law keeps of those who opt out, and for how long evidence is kept, is the department's word to give.
  optOut: { keepsForReports: false },
  retention: { messagesDays: 3653, auditDays: 2557 },
  // Unverified: nothing in the reference forbids SSN and Medicaid numbers for matching. The department's counsel decides; a word less here is enough.
  matchingIds: ['ssn', 'medicaid', 'record'],
  // Unverified: CDC and CMS tables leave out counts below 10 or 11; the stricter one until the department says otherwise.
  smallCells: { most: 10 },
  additionalDoseFrom: { afterOneDoseProduct: '2021-10-22', otherwise: '2021-08-18' },
};
