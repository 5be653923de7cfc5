import { ageInYears } from '../../../shared/kernel/dates.ts';

/** The finest age groups counted: every group that CDC or Connecticut has published is a sum of them. */
const STARTS = [0, 5, 12, 16, 18, 25, 45, 65, 75] as const;
const name = (start: number, i: number): string => {
  const next = STARTS[i + 1];
  return next === undefined ? `${start}+` : `${start}-${next - 1}`;
};
export const AGE_GROUPS: readonly string[] = STARTS.map(name);
const OLDEST = 120;

/** The age group on a day; `UNK` without a birth date or with an impossible one. A month of birth counts from its first day. */
export const ageGroupOn = (born: string | undefined, day: string): string => {
  const birth = born !== undefined && /^\d{4}-\d{2}$/.test(born) ? `${born}-01` : born;
  if (birth === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(birth)) return 'UNK';
  const years = ageInYears(birth, day);
  if (years < 0 || years > OLDEST) return 'UNK';
  return AGE_GROUPS[STARTS.findLastIndex((start) => start <= years)] ?? 'UNK';
};

const between = (from: number, to: number): readonly string[] =>
  AGE_GROUPS.filter((_, i) => (STARTS[i] ?? 0) >= from && (STARTS[i] ?? 0) <= to);

/** Published groups as sums of the counted ones. */
export const PUBLISHED_AGE_GROUPS: Readonly<Record<string, readonly string[]>> = {
  '5Plus': between(5, OLDEST), '12Plus': between(12, OLDEST), '18Plus': between(18, OLDEST), '65Plus': between(65, OLDEST),
  '5-11': between(5, 11), '12-17': between(12, 17), '16-44': between(16, 44), '18-24': between(18, 24), '25-44': between(25, 44),
  '45-64': between(45, 64), '65+': between(65, OLDEST), '75+': between(75, OLDEST),
};
