import { z } from 'zod';
import { FUNDING_SOURCES } from '../codes/funding-sources.ts';
import type { FundingSource } from '../codes/funding-sources.ts';
import { BUCKETS, POSITION_STATES, entriesOf, isSource, plus, total } from './buckets.ts';
import type { Buckets, Effect, PositionKey, Positions } from './buckets.ts';

/** What a balance is kept for. `ndc` is the unit of use, 11 digits as 5-4-2; any spelling of a lot means the same account. */
export interface AccountRef {
  readonly siteId: string;
  readonly ndc: string;
  readonly lot: string;
  readonly funding: FundingSource;
}

/** Doses on a vial's label and doses it is counted as: the difference is its overfill. */
export interface VialDoses {
  readonly label: number;
  readonly counted: number;
}

/** What the first movement of an account says about it; later movements do not change it. */
export interface AccountFacts {
  /** The lot as it was first written. */
  readonly lotText?: string;
  /** YYYY-MM-DD */
  readonly expiresOn?: string;
  readonly vial?: VialDoses;
}

/** When the first doses of an account came to its site: on hand or into quarantine. ISO UTC instant. */
export interface AccountArrival {
  readonly stockedAt?: string;
}

export interface Account extends AccountFacts, AccountArrival {
  readonly ref: AccountRef;
  readonly version: number;
  readonly buckets: Readonly<Buckets>;
  /** Doses on hand by storage unit and state; their sum is `buckets.onHand`. */
  readonly positions: Readonly<Positions>;
}

/**
 * The form in which a lot is compared: upper case, letters and digits only, so case, spaces and hyphens do not matter.
 * `aliases` maps such a form to the one that is meant (a misprint, a carton lot for a vial lot). Empty when nothing is left.
 */
export const lotKey = (lot: string, aliases: ReadonlyMap<string, string> = new Map()): string => {
  const plain = lot.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  return aliases.get(plain) ?? plain;
};

export const accountRefSchema = z.object({
  siteId: z.string().regex(/^[^#]{1,64}$/),
  ndc: z.string().regex(/^\d{5}-\d{4}-\d{2}$/),
  lot: z.string().max(40).refine((lot) => lotKey(lot) !== '', 'a lot has letters or digits'),
  funding: z.enum(Object.keys(FUNDING_SOURCES) as [FundingSource, ...FundingSource[]]),
});

const ACCOUNT = 'ACCOUNT#';
const SITE = 'SITE#';
const productPath = ({ ndc, lot, funding }: AccountRef): string => `${ndc}#${lotKey(lot)}#${funding}`;

export const accountKey = (ref: AccountRef): { pk: string; sk: string } => ({ pk: `${SITE}${ref.siteId}`, sk: `${ACCOUNT}${productPath(ref)}` });
/** Sort key prefix of all accounts of a site, or of one product of it. */
export const accountPrefix = (ndc?: string): string => (ndc === undefined ? ACCOUNT : `${ACCOUNT}${ndc}#`);
/** Partition of the entries of an account; dose records carry it as the key of their account index. */
export const entriesPartition = (ref: AccountRef): string => `ENTRIES#${ref.siteId}#${productPath(ref)}`;
export const sameAccount = (one: AccountRef, other: AccountRef): boolean => entriesPartition(one) === entriesPartition(other);

/** Attribute of a position: at the top level, because an ADD there creates what is missing and inside a map it does not. */
export const positionAttribute = (key: PositionKey): string => `${AT}${key}`;
const AT = 'at:';
const AT_ATTRIBUTE = new RegExp(`^${AT}[A-Za-z0-9_-]+:(${POSITION_STATES.join('|')})$`);

const bucketFields = Object.fromEntries(BUCKETS.map((bucket) => [bucket, z.int().default(0)])) as Record<keyof Buckets, z.ZodDefault<z.ZodInt>>;

/** An account as stored. Balance faults do not fail the parse: a broken account must still be readable, see `accountFaults`. */
export const accountItem = z.looseObject({
  pk: z.string().startsWith(SITE),
  sk: z.string().startsWith(ACCOUNT),
  type: z.literal('account'),
  schema: z.literal(1),
  version: z.int().min(1),
  lotText: z.string().optional(),
  expiresOn: z.string().optional(),
  stockedAt: z.string().optional(),
  vialLabel: z.int().optional(),
  vialCounted: z.int().min(1).optional(),
  ...bucketFields,
});

/** `accountItem`, read into an Account. */
export const accountSchema = accountItem.transform((item): Account => {
  const [ndc, lot, funding] = item.sk.slice(ACCOUNT.length).split('#');
  const { lotText, expiresOn, stockedAt, vialLabel: label, vialCounted: counted } = item;
  return {
    ref: accountRefSchema.parse({ siteId: item.pk.slice(SITE.length), ndc, lot, funding }),
    version: item.version,
    buckets: Object.fromEntries(BUCKETS.map((bucket) => [bucket, item[bucket]])) as Buckets,
    positions: Object.fromEntries(Object.entries(item).filter(([name]) => AT_ATTRIBUTE.test(name))
      .map(([name, doses]) => [name.slice(AT.length), z.int().parse(doses)])),
    ...(lotText === undefined ? {} : { lotText }),
    ...(expiresOn === undefined ? {} : { expiresOn }),
    ...(stockedAt === undefined ? {} : { stockedAt }),
    ...(label === undefined || counted === undefined ? {} : { vial: { label, counted } }),
  };
});

/** The account before its first movement. */
export const emptyAccount = (ref: AccountRef, facts: AccountFacts = {}): Account => ({
  ...facts, ref, version: 0, positions: {}, buckets: Object.fromEntries(BUCKETS.map((bucket) => [bucket, 0])) as Buckets,
});

/** The account after an effect: one version further. */
export const withEffect = (account: Account, effect: Effect): Account => {
  const { buckets, positions } = plus(account, effect);
  return { ...account, version: account.version + 1, buckets: { ...emptyAccount(account.ref).buckets, ...buckets }, positions };
};

/** What is wrong with an account in itself: sum not 0, a bucket on the wrong side of 0, positions that are not what is on hand. */
export const accountFaults = ({ buckets, positions }: Account): string[] => {
  const off = total(buckets);
  const placed = total(positions);
  const wrongSide = entriesOf(buckets).filter(([bucket, doses]) => (isSource(bucket) ? doses > 0 : doses < 0));
  const negative = entriesOf(positions).filter(([, doses]) => doses < 0);
  return [
    ...(off === 0 ? [] : [`buckets sum to ${off}`]),
    ...(placed === buckets.onHand ? [] : [`positions hold ${placed}, on hand are ${buckets.onHand}`]),
    ...[...wrongSide, ...negative].map(([name, doses]) => `${name} is ${doses}`),
  ];
};
