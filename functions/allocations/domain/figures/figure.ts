import { z } from 'zod';

/** Where a figure comes from. */
export const figureSources = ['records', 'ledger', 'shipments', 'enrolment', 'department', 'site', 'awards', 'correction', 'nothing-known'] as const;
export type FigureSource = (typeof figureSources)[number];

/** Every kind of figure about a site, what it counts in, and whether its site may dispute it. */
export const FIGURES = {
  throughput: { unit: 'doses a week', disputable: true },
  'on-hand': { unit: 'doses', disputable: true },
  'in-transit': { unit: 'doses', disputable: true },
  due: { unit: 'doses', disputable: true },
  overdue: { unit: 'doses', disputable: false },
  storage: { unit: 'doses', disputable: true },
  'beyond-use': { unit: 'doses', disputable: true },
  'vials-beyond-use': { unit: 'doses', disputable: true },
  available: { unit: 'doses', disputable: true },
  used: { unit: 'doses', disputable: false },
  request: { unit: 'doses', disputable: false },
  weight: { unit: 'weight', disputable: true },
  'priority-residents': { unit: 'per mille', disputable: true },
  'smallest-clinic': { unit: 'doses', disputable: true },
  'federal-doses': { unit: 'doses', disputable: false },
  'federal-nearby': { unit: 'doses', disputable: false },
  'receiving-days': { unit: 'days of the week', disputable: true },
  town: { unit: 'towns', disputable: false },
} as const satisfies Record<string, { unit: string; disputable: boolean }>;
export type FigureName = keyof typeof FIGURES;
const names = Object.keys(FIGURES) as [FigureName, ...FigureName[]];

/** One figure that an allocation uses, or shows, about a site: its value, where that comes from, of what day, and how it was worked out. */
export const figureSchema = z.object({
  /** `<week>_<name>[_<ndc>][_<dose number>][_<week or weight it is of>]` */
  figureId: z.string(),
  name: z.enum(names),
  /** Absent where nothing is known: then it caps nothing. */
  value: z.int().optional(),
  unit: z.string(),
  source: z.enum(figureSources),
  /** The day it is of: dose records up to that day; the ledger, shipments and enrolment as they were read on it; what was told, the day it was told. */
  asOf: z.string(),
  /** False for what is only shown. */
  used: z.boolean(),
  disputable: z.boolean(),
  /** How it was worked out, in a coordinator's words. */
  words: z.array(z.string()),
  /** What it would be without the correction that stands in its place. */
  computed: z.int().optional(),
  disputeId: z.string().optional(),
});
export type Figure = z.infer<typeof figureSchema>;

/** A correction that the department made when it accepted a dispute. `what` is the figure's id without the week. */
export interface Correction {
  readonly what: string;
  readonly value: number;
  readonly disputeId: string;
  readonly reason: string;
  /** When the department accepted the dispute. */
  readonly day?: string;
}

export interface FigureDraft {
  readonly name: FigureName;
  /** What of: a product, a dose number, a week, the name of a weight, kinds of storage. */
  readonly of?: readonly (string | number)[];
  readonly value: number | undefined;
  readonly source: FigureSource;
  /** The day it was told, where that is not the day its source is of: a site's request. */
  readonly asOf?: string | undefined;
  readonly used?: boolean;
  readonly words: readonly string[];
}

const idPattern = /^(\d{4}-\d{2}-\d{2})_(([a-z]+(?:-[a-z]+)*)(?:_[A-Za-z0-9-]+)*)$/;

/** Week and subject of a figure's id; undefined when it is none. */
export const figureOf = (figureId: string): { week: string; what: string; name: FigureName } | undefined => {
  const [, week, what, name] = idPattern.exec(figureId) ?? [];
  const known = names.find((one) => one === name);
  return week === undefined || what === undefined || known === undefined ? undefined : { week, what, name: known };
};

/** A site's figures as they are entered: each is settled once, its correction in its place, and the value that counts comes back. */
export interface FigureBook {
  readonly figures: readonly Figure[];
  enter(draft: FigureDraft): number | undefined;
}

/** The days that figures are of: when everything was read, up to when dose records were counted, when the department wrote what it holds. */
export interface SourceDays {
  readonly read: string;
  readonly records: string;
  readonly department: string;
}
const dayOf = (source: FigureSource, days: SourceDays): string => (source === 'records' || source === 'department' ? days[source] : days.read);

export const openBook = (week: string, days: SourceDays, corrections: readonly Correction[]): FigureBook => {
  const figures: Figure[] = [];
  const settledBy = new Map<string, number | undefined>();
  const enter = ({ name, of = [], value, source, asOf = dayOf(source, days), used = true, words }: FigureDraft): number | undefined => {
    const what = [name, ...of].join('_');
    if (settledBy.has(what)) return settledBy.get(what); // two lines of a product share its stock
    const { unit, disputable } = FIGURES[name];
    const correction = disputable ? corrections.find((one) => one.what === what) : undefined;
    const settled = correction?.value ?? value;
    settledBy.set(what, settled);
    figures.push({
      figureId: `${week}_${what}`,
      name,
      unit,
      asOf: correction === undefined ? asOf : (correction.day ?? days.read),
      used,
      disputable,
      source: correction === undefined ? source : 'correction',
      words:
        correction === undefined
          ? [...words]
          : [`${correction.value}: corrected after the site disputed ${value ?? 'that nothing was known'} (${correction.reason})`, ...words],
      ...(settled === undefined ? {} : { value: settled }),
      ...(correction === undefined ? {} : { disputeId: correction.disputeId, ...(value === undefined ? {} : { computed: value }) }),
    });
    return settled;
  };
  return { figures, enter };
};
