import { MVX_TABLE } from '../../../../shared/codes/mvx-table.ts';
import { lotKey } from '../../../../shared/ledger/account.ts';

/** What senders write behind a lot: the maker, the product, who paid. Beside these every MVX code counts. */
const words = [
  'PFIZER', 'BIONTECH', 'COMIRNATY', 'MODERNA', 'SPIKEVAX', 'JANSSEN', 'JJ', 'NOVAVAX', 'COVID', 'COVID19', 'CVD', 'ADULT', 'PED', 'PEDS', 'PEDIATRIC',
  'ADOL', 'BIVALENT', 'BOOSTER', 'VFC', 'PUB', 'PUBLIC', 'PRI', 'PRIV', 'PVT', 'PRIVATE', 'STATE', 'FED', 'FEDERAL', '317', 'DOSE1', 'DOSE2',
];
let suffixes: ReadonlySet<string> | undefined;
const isSuffix = (text: string): boolean =>
  (suffixes ??= new Set([...words, ...MVX_TABLE.trim().split('\n').map((row) => row.split('|')[0] ?? '')])).has(text);

/** A shorter lot could be the beginning of anything. */
const shortestLotChars = 4;

/** The lot without product words behind it. */
const bare = (lot: string): string => {
  const parts = lot.toUpperCase().split(/[^A-Z0-9]+/).filter((part) => part !== '');
  while (parts.length > 1 && isSuffix(parts.at(-1) ?? '')) parts.pop();
  return parts.join('');
};

const isWithSuffix = (longer: string, shorter: string): boolean =>
  shorter.length >= shortestLotChars && longer.startsWith(shorter) && isSuffix(longer.slice(shorter.length));

export type Likeness = 'same' | 'absent' | 'different';
/** `near`: the same but for letters and digits that are taken for each other. */
export type LotLikeness = Likeness | 'near';

/** Typed off a vial, an O is a zero and an I or L a one as often as not. */
const confusable: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };
const unconfused = (lot: string): string => lot.replaceAll(/[OIL]/g, (letter) => confusable[letter] ?? letter);

/** What all lots have in common that are taken for each other: where doses of one lie, those of its look-alikes are found. */
export const lotForm = (lot: string): string => unconfused(bare(lot));

const sameWords = (a: string, b: string): boolean => a === b || isWithSuffix(a, b) || isWithSuffix(b, a);

/** Whether two senders mean one lot, whatever case, dashes, blanks and product words they write. */
export const lotsAlike = (one: string | undefined, other: string | undefined): LotLikeness => {
  if (lotKey(one ?? '') === '' || lotKey(other ?? '') === '') return 'absent';
  const [a, b] = [bare(one ?? ''), bare(other ?? '')];
  if (sameWords(a, b)) return 'same';
  return unconfused(a) === unconfused(b) ? 'near' : 'different';
};

export const alike = (one: string | undefined, other: string | undefined): Likeness =>
  one === undefined || other === undefined ? 'absent' : one === other ? 'same' : 'different';
