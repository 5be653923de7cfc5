import { folded, words } from './spelling.ts';

/** Names that stand for no name: newborns, tests, unknowns. They match nobody (matching.md, "Junk names"). */
const junk: ReadonlySet<string> = new Set([
  'BABY', 'BABYBOY', 'BABYGIRL', 'BOY', 'GIRL', 'BB', 'BG', 'INFANT', 'NEWBORN', 'MALE', 'FEMALE', 'TWIN', 'TWINA', 'TWINB', 'TEST', 'PATIENT', 'TESTPATIENT',
  'UNKNOWN', 'UNK', 'NONE', 'NONAME', 'NOFIRSTNAME', 'NOLASTNAME', 'NFN', 'NLN', 'NMN', 'FNU', 'LNU', 'NA', 'X', 'XX', 'XXX', 'ANONYMOUS', 'REFUSED', 'DECLINED',
]);

/** Nothing, or a word that names nobody. */
export const isJunk = (name: string): boolean => name === '' || junk.has(name);

/** A first name as it is compared: an initial written behind it (John A) is a middle initial. */
export const givenOf = (given: string): { readonly whole: string; readonly words: readonly string[]; readonly initial: string } => {
  const all = words(given).map(folded).filter((word) => word !== '');
  const last = all.at(-1) ?? '';
  const kept = all.length > 1 && last.length === 1 ? all.slice(0, -1) : all;
  return { whole: kept.join(''), words: kept, initial: kept.length < all.length ? last : '' };
};

/** What is written behind a name to tell father from son. */
const generations: Readonly<Record<string, string>> = {
  JR: 'II', JUNIOR: 'II', II: 'II', '2ND': 'II', SR: 'I', SENIOR: 'I', I: 'I', III: 'III', '3RD': 'III', IV: 'IV', '4TH': 'IV',
};

/** The generation of a suffix word; undefined for MD, PhD and all that tells nobody apart. */
export const generationOf = (suffix: string): string | undefined => generations[words(suffix).join('')];

/** A last name as it is compared: its words without a generation at the end, the words run together, and the generation. */
export interface FamilyName {
  readonly whole: string;
  readonly words: readonly string[];
  readonly generation: string | undefined;
}

export const familyOf = (family: string): FamilyName => {
  const all = words(family);
  const last = all.at(-1) ?? '';
  // I alone may be a name's own letter; the others are never a last word of one.
  const generation = all.length > 1 && last !== 'I' ? generations[last] : undefined;
  const kept = generation === undefined ? all : all.slice(0, -1);
  return { whole: folded(kept.join('')), words: kept.map(folded).filter((word) => word !== ''), generation };
};

/** Written before a last name and left out as often: they make no other name. */
const particles: ReadonlySet<string> = new Set([
  'DE', 'DEL', 'LA', 'LAS', 'LOS', 'VAN', 'VON', 'DER', 'DEN', 'DU', 'DI', 'DA', 'DOS', 'AL', 'EL', 'BIN', 'BEN', 'AB', 'ST', 'MC', 'MAC', 'MCK', 'O', 'TE', 'TER', 'LE',
]);
export const isParticle = (word: string): boolean => particles.has(word);

/**
 * The last and first names that most people in the United States share (Census and Social Security lists, from memory: the order does not
 * matter). That two people both bear one says less.
 */
const commonFamilies: ReadonlySet<string> = new Set(
  (
    'SMITH JOHNSON WILLIAMS BROWN JONES GARCIA MILLER DAVIS RODRIGUEZ MARTINEZ HERNANDEZ LOPEZ GONZALEZ WILSON ANDERSON THOMAS TAYLOR MOORE JACKSON MARTIN LEE PEREZ ' +
    'THOMPSON WHITE HARRIS SANCHEZ CLARK RAMIREZ LEWIS ROBINSON WALKER YOUNG ALLEN KING WRIGHT SCOTT TORRES NGUYEN HILL FLORES GREEN ADAMS NELSON BAKER HALL RIVERA ' +
    'CAMPBELL MITCHELL CARTER ROBERTS RIVERA ORTIZ SANTIAGO COLON DIAZ CRUZ REYES MORALES KIM PATEL SINGH KHAN CHEN WANG LI TRAN'
  ).split(' '),
);
const commonGivens: ReadonlySet<string> = new Set(
  (
    'JAMES ROBERT JOHN MICHAEL DAVID WILLIAM RICHARD JOSEPH THOMAS CHRISTOPHER CHARLES DANIEL MATTHEW ANTHONY MARK DONALD STEVEN ANDREW PAUL JOSHUA KENNETH KEVIN BRIAN ' +
    'GEORGE JOSE JUAN LUIS CARLOS MARY PATRICIA JENNIFER LINDA ELIZABETH BARBARA SUSAN JESSICA KAREN SARAH LISA NANCY SANDRA BETTY ASHLEY EMILY KIMBERLY MARGARET ' +
    'DONNA MICHELLE CAROL AMANDA MELISSA DEBORAH STEPHANIE MARIA ANA MUHAMMAD MOHAMMED'
  ).split(' '),
);
export const isCommonFamily = (family: string): boolean => commonFamilies.has(family);
export const isCommonGiven = (given: string): boolean => commonGivens.has(given);
