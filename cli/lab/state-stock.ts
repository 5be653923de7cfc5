import type { SecondDoseRule } from './rivals.ts';
import { packUnitsIn, VACCINES } from './vaccines.ts';
import type { Doses, Vaccine } from './vaccines.ts';

/** Doses the state may share out, by what they are for. */
export interface Stock {
  readonly first: Doses;
  readonly second: Doses;
}

const perVaccine = (dosesOf: (vaccine: Vaccine) => number): Doses =>
  Object.fromEntries(VACCINES.map((vaccine) => [vaccine, dosesOf(vaccine)])) as Record<Vaccine, number>;
export const noDoses: Doses = perVaccine(() => 0);
export const plus = (a: Doses, b: Doses): Doses => perVaccine((vaccine) => a[vaccine] + b[vaccine]);

export interface Arrivals {
  readonly first: Doses;
  readonly second: Doses;
}

/**
 * What a week may share out, by the rule for second doses. Nothing is made or lost: first + second = stock + arrivals.
 * @param owed second doses that sites lack to serve all that fall due before a day, by vaccine
 */
export const shareableIn = (
  week: string,
  rule: SecondDoseRule,
  stock: Stock,
  arrivals: Arrivals,
  owed: (vaccine: Vaccine, weeks: number) => number,
): Stock => {
  const first = plus(stock.first, arrivals.first);
  const second = plus(stock.second, arrivals.second);
  switch (rule.kind) {
    case 'tied':
      return { first, second };
    case 'relabel': {
      const moved = perVaccine((vaccine) => {
        const packDoses = packUnitsIn(vaccine, week)[0]?.packDoses ?? 1;
        return Math.floor((arrivals.second[vaccine] * rule.percent) / 100 / packDoses) * packDoses;
      });
      return { first: plus(first, moved), second: perVaccine((vaccine) => second[vaccine] - moved[vaccine]) };
    }
    case 'set-aside': {
      const all = plus(first, second);
      const kept = perVaccine((vaccine) => Math.min(all[vaccine], owed(vaccine, rule.weeks)));
      return { first: perVaccine((vaccine) => all[vaccine] - kept[vaccine]), second: kept };
    }
  }
};
