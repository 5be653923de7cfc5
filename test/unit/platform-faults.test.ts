import { describe, expect, it } from '@jest/globals';
import { parseJson } from '../../shared/platform/json.ts';
import { z } from 'zod';
import { day } from '../../shared/contracts/common.ts';
import { fieldNames } from '../../shared/platform/field-names.ts';
import { goodRows } from '../../shared/platform/good-rows.ts';
import { faultsOf } from '../../shared/platform/problems.ts';
import { unknownFields } from '../../shared/platform/unknown-fields.ts';
import { allRoutes } from '../../infra/routes.ts';

const form = z.object({
  name: z.string().min(1).max(3), count: z.int().min(1).max(5), kind: z.enum(['x', 'y']), list: z.array(z.string()).min(1).max(2), mail: z.email(), at: z.iso.datetime({ precision: 3 }),
  on: day, zip: z.string().regex(/^\d{5}$/, 'must be a zip code'), code: z.string().regex(/^x/), yes: z.boolean(), one: z.literal('q'),
  move: z.discriminatedUnion('do', [z.object({ do: z.literal('go'), far: z.number() }), z.object({ do: z.literal('stay') })]),
  parts: z.array(z.object({ lot: z.string(), inner: z.object({ n: z.number() }).optional() }).refine(() => true)).optional(),
  by: z.record(z.string(), z.object({ v: z.number() })).optional(), loose: z.looseObject({ a: z.number() }).optional(),
}).partial();
const asked = form.extend({ name: form.shape.name.unwrap(), kind: form.shape.kind.unwrap() });

const messageOf = (field: string, value: unknown): string | undefined => {
  const sent = { name: 'n', kind: 'x', [field]: value };
  const parsed = asked.safeParse(sent);
  return parsed.success ? undefined : faultsOf(parsed.error, 'body', sent)[0]?.message;
};

describe('A fault of a body is told in plain words', () => {
  it.each<[string, unknown, string]>([
    ['name', undefined, 'is missing'], ['name', '', 'must not be empty'], ['name', 'long', 'must have at most 3 characters'], ['name', 5, 'must be text'],
    ['count', 'two', 'must be a number'], ['count', 1.5, 'must be a whole number'], ['count', 0, 'must be at least 1'], ['count', 9, 'must be at most 5'],
    ['kind', undefined, 'is missing; must be one of x, y'], ['kind', 'z', 'must be one of x, y'], ['list', [], 'must have at least 1 entry'], ['list', ['a', 'b', 'c'], 'must have at most 2 entries'], ['list', 'a', 'must be a list'],
    ['mail', 'q', 'must be an e-mail address'], ['at', '2021', 'must be an instant in UTC to the millisecond, written like 2021-03-12T17:00:00.000Z'], ['on', '2021-02-30', 'must be a real day, written YYYY-MM-DD'],
    ['zip', 'q', 'must be a zip code'], ['code', 'q', 'is not written as it must be'], ['yes', 'q', 'must be true or false'], ['one', 'r', 'must be q'],
    ['move', { do: 'run' }, 'must be one of go, stay'], ['move', { do: 'go' }, 'is missing'], ['move', 3, 'must be an object'], ['parts', [3], 'must be an object'], ['move', null, 'must be an object'],
  ])('%s: %j %s', (field, value, message) => expect(messageOf(field, value)).toBe(message));

  it('counts fields of a closed form that are not known, and does not name them', () => {
    const closed = z.strictObject({ lot: z.string() });
    const messageFor = (sent: object) => faultsOf(closed.safeParse(sent).error ?? new z.ZodError([]), 'body', sent)[0]?.message;
    expect([messageFor({ lot: 'a', 'Jane Doe': 1 }), messageFor({ lot: 'a', Jane: 1, Doe: 2 })]).toEqual(['has a field that is not known here', 'has 2 fields that are not known here']);
  });

  it('never repeats what was sent', () => {
    const sent = Object.fromEntries(Object.keys(form.shape).map((name) => [name, 'Secretname']));
    const parsed = asked.safeParse(sent);
    expect(parsed.success ? '' : JSON.stringify(faultsOf(parsed.error, 'body', sent))).not.toContain('Secretname');
  });
});

describe('A field that nobody knows', () => {
  it.each<[string, object, string[]]>([
    ['is named when it is one of ours with a slip', { name: 'n', kinds: 'x', Names: 1 }, ['body.kinds', 'body.Names']],
    ['is told by its place when it could be anything, a patient’s name too', { name: 'n', 'Jane Doe': 'x' }, ['body']],
    ['is found in a list, an option and a record', { parts: [{ lot: 'a' }, { lot: 'b', Lot: 'c', inner: { n: 1, m: 2 } }], by: { a: { v: 1, vv: 2 } } }, ['body.parts[1].Lot', 'body.parts[1].inner', 'body.by[0]']],
    ['is looked for in the form that fits', { move: { do: 'go', far: 3, fat: true } }, ['body.move.fat']],
    ['is no fault where more may come', { loose: { a: 1, b: 2 } }, []],
    ['is none in what is no object', { name: 'n', parts: 'x' }, []],
  ])('%s', (_name, body, paths) => expect(unknownFields(form, body, 'body').map(({ path }) => path)).toEqual(paths));

  it('is told with the known names, and many are counted', () => {
    expect(unknownFields(z.object({ lot: z.string(), on: day }), { lots: 1 }, 'body')).toEqual([{ path: 'body.lots', message: 'is not known here; is lot meant? Known are lot, on' }]);
    expect(unknownFields(z.object({ lot: z.string(), on: day }), { on: 1, Jane: 1 }, 'body')).toEqual([{ path: 'body', message: 'field number 2 is not known here; known are lot, on' }]);
    expect(unknownFields(z.object({ lot: z.string() }), Object.fromEntries(Array.from({ length: 13 }, (_, n) => [`Jane ${n}`, n])), 'body'))
      .toEqual([{ path: 'body', message: 'field number 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more are not known here; known are lot' }]);
    const short = z.object({ lot: z.string(), ndc: z.string(), lots: z.string() });
    expect(['to', 'on', 'nbc', 'lost', 'lto'].map((name) => / is (\w+) meant/.exec(unknownFields(short, { [name]: 1 }, 'body')[0]?.message ?? '')?.[1])).toEqual([undefined, undefined, 'ndc', 'lot', 'lot']);
    const many = unknownFields(z.array(z.object({})), Array.from({ length: 25 }, () => ({ f: 1 })), 'body');
    expect([many.length, many.at(-1)?.message]).toEqual([21, 'has 5 more fields that are not known here']);
  });

  it('is named when it is ours, with where it is told instead; all others of one object are told in one line', () => {
    const names = fieldNames([z.object({ items: z.array(z.object({ dose: z.object({ doseId: z.string(), lot: z.string() }).optional() })) }).readonly()]);
    expect([...names]).toEqual(['items', 'dose', 'doseId', 'lot']);
    const sent = { lot: 'L', doseId: 'd', Jane: 1, patient: {}, constructor: 1, items: [] };
    expect(unknownFields(z.object({ lot: z.string() }), sent, 'body', { names, elsewhere: { patient: 'it is told by POST' } })).toEqual([
      { path: 'body.patient', message: 'is not taken here: it is told by POST' },
      { path: 'body', message: 'doseId, items, field number 3 and 5 are not known here; known are lot' },
    ]);
  });

  it('is refused by every route that takes an object', () => {
    const bodies = allRoutes.flatMap((route) => ('body' in route && route.body !== undefined ? [[route.id, route.body] as const] : []));
    expect(bodies.length).toBeGreaterThan(20);
    // A policy is a document of any shape here: it is checked as a whole where it is read.
    const documents = ['storePolicy', 'validatePolicy'];
    const passing = bodies.filter(([, body]) => unknownFields(body, { noSuchField: 1 }, 'body').length === 0).map(([id]) => id);
    expect(passing.filter((id) => !documents.includes(id))).toEqual([]);
  });
});

describe('JSON', () => {
  it.each<[string, string, 'json' | 'not-json']>([
    ['nested as deep as any body', `${'['.repeat(128)}1${']'.repeat(128)}`, 'json'],
    ['nested deeper: a walk over it would end in a fault of ours', `${'['.repeat(129)}1${']'.repeat(129)}`, 'not-json'],
    ['deep in objects', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`, 'not-json'],
    ['with many lists side by side', `[${'[],'.repeat(500)}[]]`, 'json'],
    ['with brackets in a text', JSON.stringify({ a: '['.repeat(1000), b: `"${'{'.repeat(1000)}\\` }), 'json'],
    ['cut off in a text', '{"a":"[[[', 'not-json'],
  ])('%s', (_what, text, kind) => {
    expect(parseJson(text).kind).toBe(kind);
  });
});

describe('Rows of a list that cannot be read', () => {
  const bad = (path: string) => ({ path, message: 'x' });
  const sent = { site: 's', doses: ['a', 'b', 'c'] };

  it.each<[string, string[], unknown]>([
    ['are told by their places, and the others are taken with what stands beside the list', ['body.doses[1].lot', 'body.doses[1].on', 'body.doses[2]'], { hasRows: true, rows: ['a'], bad: [[1, 2], [2, 1]] }],
    ['leave an empty list, where they are all', ['body.doses[0]', 'body.doses[1]', 'body.doses[2]'], { hasRows: false, rows: [], bad: [[0, 1], [1, 1], [2, 1]] }],
    ['cost the whole body, where something beside them is wrong', ['body.doses[1].lot', 'body.site'], undefined],
    ['cost it too, where the list itself is wrong', ['body.doses'], undefined],
  ])('%s', (_what, paths, expected) => {
    const good = goodRows('doses', sent, paths.map(bad));
    expect(good && { hasRows: good.hasRows, rows: (good.body as typeof sent).doses, bad: good.badRows.map(({ row, faults }) => [row, faults.length]) }).toEqual(expected);
    if (good) expect(good.body).toMatchObject({ site: 's' });
  });

  it('are none in what is no list', () => {
    expect([goodRows('doses', { doses: 'a' }, [bad('body.doses[0]')]), goodRows('doses', null, [])]).toEqual([undefined, undefined]);
  });
});
