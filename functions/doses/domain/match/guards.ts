import type { Field } from './weights.ts';

/** The level of each field that could be compared. */
export type Levels = Partial<Readonly<Record<Field, string>>>;

export type Answer = 'match' | 'possible' | 'none';

export interface Guard {
  readonly id: string;
  /** The most that the pair may be called, whatever its score. */
  readonly atMost: 'possible' | 'none';
  readonly applies: (levels: Levels) => boolean;
  readonly why: string;
}

const isExact = (level: string | undefined): boolean => level === 'exact' || level === 'exact-common';

/** An identifier that belongs to one person agrees. Never proof by itself (MAT-07); it may make up for one field written otherwise. */
const ownIdAgrees = ({ ssn, medicaid, recordNumber }: Levels): boolean => [ssn, medicaid, recordNumber].includes('exact');

/** How many of first name, last name and birth date do not stand alike in both records, or are missing. */
const notAlike = ({ given, family, birthDate }: Levels): number => [given, family, birthDate].filter((level) => !isExact(level)).length;

/**
 * What no score may outweigh. Two members of a household agree in so much that only what is the person's own tells them apart.
 * Every one that applies is told; the lowest holds.
 */
export const guards: readonly Guard[] = [
  {
    id: 'another-first-name', atMost: 'none',
    applies: (levels) => levels.given === 'different' && !ownIdAgrees(levels),
    why: 'a brother, sister or twin: everything but the first name may agree',
  },
  {
    id: 'first-name-contradicts-id', atMost: 'possible',
    applies: (levels) => levels.given === 'different' && ownIdAgrees(levels),
    why: 'an identifier is shared by two first names: borrowed, mixed up, or one person renamed',
  },
  {
    id: 'another-birth-date', atMost: 'none',
    applies: (levels) => levels.birthDate === 'different' && !ownIdAgrees(levels),
    why: 'father and son, mother and daughter, namesakes',
  },
  {
    id: 'birth-date-contradicts-id', atMost: 'possible',
    applies: (levels) => levels.birthDate === 'different' && ownIdAgrees(levels),
    why: 'an identifier is shared by two birth dates',
  },
  {
    id: 'other-child-of-the-birth', atMost: 'none',
    applies: (levels) => levels.birthOrder === 'different' && !isExact(levels.given),
    why: 'twins: another place in the birth and another first name',
  },
  {
    id: 'birth-order-contradicts', atMost: 'possible',
    applies: (levels) => levels.birthOrder === 'different',
    why: 'the same first name, but another child of the birth',
  },
  {
    id: 'generation-contradicts', atMost: 'possible',
    applies: (levels) => levels.suffix === 'different',
    why: 'Jr is not Sr',
  },
  {
    id: 'one-is-missing', atMost: 'possible',
    applies: ({ given, family, birthDate }) => [given, family, birthDate].includes(undefined),
    why: 'without first name, last name and birth date in both records nobody can say that it is one person',
  },
  {
    id: 'not-written-alike', atMost: 'possible',
    applies: (levels) => notAlike(levels) > (ownIdAgrees(levels) ? 1 : 0),
    why: 'first name, last name and birth date must stand alike; an agreeing identifier makes up for one of them',
  },
];
