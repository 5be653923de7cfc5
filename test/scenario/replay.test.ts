import { beforeAll, describe, expect, it } from '@jest/globals';
import { doseline } from '../support/command.ts';
import { sharedPath } from '../support/shared.ts';

interface Result {
  balanced: boolean;
  events: [string, string, number][];
  answers: { kind: string; posted: number; codes: Record<string, number> }[];
  stock: { kind: string; doses: number }[];
  outcome: { balances: { scope: string; gap: number; balances: Record<string, number> }[]; submissions: { day: string; records: number }[] };
  names: Record<string, string>;
}
let result: Result;
const count = (what: string, of: string): number | undefined => result.events.find((event) => event[0] === what && event[1] === of)?.[2];

const prepare = async (): Promise<void> => {
  const { code, stdout, stderr } = await doseline(
    'replay', '--json', '--out', 'cdk.out', '--shipments', sharedPath('data/tiberius_shipments_janssen_CT_2021-03.csv'), '--messages', sharedPath('hl7/messages/nist-iz-tool'),
  );
  if (code !== 0) throw new Error(`replay ended with ${code}\n${stderr.slice(-3000)}\n${stdout.slice(-2000)}`);
  result = JSON.parse(stdout) as Result;
};

// Some minutes: run with DOSELINE_LONG=1.
(process.env['DOSELINE_LONG'] === '1' ? describe : describe.skip)('the real shipments of March 2021 and the NIST messages, replayed', () => {
  beforeAll(prepare, 600_000);

  it('end balanced, with every message answered', () => {
    expect(result.balanced).toBe(true);
    expect(result.answers.flatMap(({ codes }) => Object.keys(codes))).not.toContain('none');
  });
  it('are 393 lines: 148 of the state’s own account with 62,100 doses, 245 of federal accounts', () => {
    expect(count('imported for the jurisdiction', 'lines')).toBe(148);
    expect(count('imported for the jurisdiction', 'doses')).toBe(62_100);
    expect(count('imported for federal accounts', 'lines')).toBe(245);
    expect(count('imported for federal accounts', 'doses')).toBe(36_700);
    expect(count('received', 'doses')).toBe(62_100);
  });
  it('move no stock by messages that name other vaccines or unknown lots, and some at every site by derived copies', () => {
    const derived = result.answers.filter(({ kind }) => kind.startsWith('derived')).reduce((sum, { posted }) => sum + posted, 0);
    const sites = result.outcome.balances.filter(({ scope }) => scope in result.names);
    expect(sites).toHaveLength(80);
    expect(sites.filter(({ balances }) => (balances['administered'] ?? 0) === 0).map(({ scope }) => result.names[scope])).toEqual([]);
    const administered = result.outcome.balances.find(({ scope }) => scope === 'jurisdiction')?.balances['administered'] ?? 0;
    // Some originals name a funding source or an action by which a copy touches no stock; each such dose says why.
    expect(administered).toBe(result.stock.filter(({ kind }) => kind === 'matched').reduce((sum, { doses }) => sum + doses, 0));
    expect(administered).toBeGreaterThanOrEqual(0.9 * derived);
    expect(administered).toBeLessThanOrEqual(derived);
  });
  it('are told to CDC once, on the days on which they were reported', () => {
    const derived = result.answers.filter(({ kind }) => kind.startsWith('derived'));
    expect(result.outcome.submissions.reduce((sum, { records }) => sum + records, 0)).toBe(derived.reduce((sum, { posted }) => sum + posted, 0));
  });
});
