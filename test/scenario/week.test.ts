import { beforeAll, describe, expect, it } from '@jest/globals';
import { doseline } from '../support/command.ts';

interface Result {
  balanced: boolean;
  events: [string, string, number][];
  balances: { scope: string; gap: number; findings: number; balances: Record<string, number> }[];
  submissions: { day: string; records: number; files: { name: string; records: number }[] }[];
  exports: { table: string; rows: number }[];
  recount: { persons: number; differences: number };
}
let result: Result;

beforeAll(async () => {
  const { code, stdout, stderr } = await doseline('start', '--once', '--json', '--port', '0', '--out', 'cdk.out');
  if (code !== 0) throw new Error(`start --once ended with ${code}\n${stderr.slice(-3000)}\n${stdout.slice(-2000)}`);
  result = JSON.parse(stdout) as Result;
}, 300_000);

const totals = (scope: string): Record<string, number> => result.balances.find((line) => line.scope === scope)?.balances ?? {};

describe('one week of the programme, played through the public API', () => {
  it('balances: every equation, every account against its entries, every counter against a recount', () => {
    expect(result.balanced).toBe(true);
    expect(result.balances.every(({ gap, findings }) => gap === 0 && findings === 0)).toBe(true);
    expect(result.recount).toMatchObject({ differences: 0 });
  });
  it('gives 44 COVID-19 doses and wastes 5 of what was received; a child’s routine dose moves no stock', () => {
    expect(totals('jurisdiction')).toMatchObject({ shipped: 1900, short: 10, received: 1890, administered: 44, wasted: 5, onHand: 1841 });
    expect(result.recount.persons).toBe(45);
  });
  it('keeps federal doses visible and apart', () => {
    expect(totals('federal')).toMatchObject({ shipped: 300, inTransit: 300, administered: 0 });
  });
  it('answers every HL7 message', () => {
    const answered = result.events.filter(([what]) => what === 'HL7 messages answered');
    expect(answered.map(([, code]) => code)).not.toContain('none');
    expect(answered.reduce((sum, [, , count]) => sum + count, 0)).toBe(37);
  });
  it('exports every table to CSV each night', () => {
    expect(result.exports.map(({ table }) => table).sort()).toEqual(['allocations', 'doses', 'enrollment', 'inventory', 'orders', 'reports', 'shipments']);
    expect(result.exports.every(({ rows }) => rows > 0)).toBe(true);
  });
  it('reports each COVID-19 dose to CDC once, on the day it was reported', () => {
    const byDay = Object.fromEntries(result.submissions.map(({ day, records }) => [day, records]));
    expect(byDay).toMatchObject({ '2021-03-09': 12, '2021-03-10': 12, '2021-03-11': 20 });
    expect(result.submissions.reduce((sum, { records }) => sum + records, 0)).toBe(44);
    expect(result.submissions.flatMap(({ files }) => files.map(({ name }) => name))).toContain('20210311_01_CTA.txt');
  });
});
