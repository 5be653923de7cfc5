import { describe, expect, it } from '@jest/globals';
import { allocate } from '../../functions/allocations/domain/allocate.ts';
import { canonicalDigest } from '../../functions/allocations/domain/canonical.ts';
import { engineVersion } from '../../functions/allocations/domain/engine-version.ts';
import { PINNED_WEEKS } from '../support/allocation-pinned.ts';
import type { Allocation } from '../../functions/allocations/domain/allocation.ts';

type Digests = Readonly<Record<string, string>>;
/** What no version since 1.6.0 changed, unless its row says otherwise. */
const SINCE_1_6: Digests = {
  'February: over and above, second doses': '43922079bf972382',
  'March: a guarantee, a second dose short': '677d2f8893e7c346',
  'plenty, on demand': '72f58d91dbce0f72',
  'nested bounds, tiers, reserves': '28a1c6aadec182ec',
  'every cap, packs set aside': '1c956eea27e781fd',
  'debts that end, supply that stays': '2559111f83471b8b',
  'a person decided': 'cf0b7cb93c5d7e9d',
  'two pack sizes': '802dd61700adbcce',
  'smallest clinics': 'af53c34c2ba45738',
};

/**
 * By engine version, the digest of all that comes out of each week. A row that was pushed never changes: another outcome is another version. A week
 * that is thought of later is pinned from the version of that time on; what older engines made of it was never measured, and their rows lack it.
 */
const PINNED: Readonly<Record<string, Digests>> = {
  '1.6.0': {
    ...SINCE_1_6,
    'hubs by the vial': '590d1ebd23dae03a',
  },
  '1.7.0': {
    ...SINCE_1_6,
    'hubs by the vial': '841f9dd6b684a81e',
  },
  '1.8.0': {
    ...SINCE_1_6,
    'packs released, some promised': '5bd0a424e70308bd',
    'hubs by the vial': '34dc369b91952fed',
  },
  '1.9.0': {
    ...SINCE_1_6,
    'every cap, packs set aside': '8308ac8085f0588b',
    'packs released, some promised': '8b46ab74476980dd',
    'vials in refrigerators, for days': '020772810f375627',
    'second doses due at hubs': '2a29975f411e4fed',
    'hubs by the vial': '34dc369b91952fed',
  },
  '1.10.0': {
    ...SINCE_1_6,
    'every cap, packs set aside': '8308ac8085f0588b',
    'packs released, some promised': '8b46ab74476980dd',
    'vials in refrigerators, for days': '020772810f375627',
    'second doses due at hubs': 'a4f5bb893b676763',
    'hubs by the vial': '34dc369b91952fed',
  },
};

/** All that comes out, but for the version's own name. */
const digestOf = (outcome: Allocation): string =>
  canonicalDigest(outcome.kind === 'allocated' ? { ...outcome, summary: { ...outcome.summary, engineVersion: undefined } } : outcome).slice(0, 16);

/** What is wrong with a version's row, and what to do; undefined where the engine gives what it says. */
const faultOf = (version: string, pinned: Digests | undefined, found: Digests): string | undefined => {
  const row = `  '${version}': {\n${Object.entries(found).map(([name, digest]) => `    '${name}': '${digest}',\n`).join('')}  },`;
  if (pinned === undefined) return `No outcome is pinned for engine ${version}. Add to PINNED:\n${row}`;
  const changed = Object.keys({ ...pinned, ...found }).filter((name) => pinned[name] !== found[name]);
  if (changed.length === 0) return undefined;
  return [
    `The engine gives other results for: ${changed.join('; ')}. It still calls itself ${version}, so stored runs of ${version} would no longer replay to the same bytes, unexplained.`,
    'If no result was meant to change, mend the engine. If it was: raise `engineVersion` (functions/allocations/domain/engine-version.ts), keep the old row,',
    `and add to PINNED, under the new version:\n${row}`,
  ].join('\n');
};

const found = Object.fromEntries(Object.entries(PINNED_WEEKS).map(([name, { inputs, policy }]) => [name, digestOf(allocate(inputs, policy))]));

describe('the version of the engine', () => {
  it('says what it gives: fixed weeks come out as they did when the version was named', () => {
    const fault = faultOf(engineVersion, PINNED[engineVersion], found);
    if (fault !== undefined) throw new Error(fault);
  });

  it('is another for other results: no two versions are pinned to the same', () => {
    const rows = Object.values(PINNED).map((row) => JSON.stringify(row));
    expect(new Set(rows).size).toBe(rows.length);
  });

  it('keeps every week that it pinned once: no later row is without it', () => {
    const rows = Object.values(PINNED).map((row) => Object.keys(row));
    for (const [at, names] of rows.slice(1).entries()) expect(names).toEqual(expect.arrayContaining(rows[at] ?? []));
  });

  it('would be told to change for a millionth of a dose anywhere, an explanation, a debt, a reason why supply is left', () => {
    for (const [name, { inputs, policy }] of Object.entries(PINNED_WEEKS)) {
      const outcome = allocate(inputs, policy);
      if (outcome.kind !== 'allocated') throw new Error(`${name} is infeasible: it would pin one sentence only`);
      const [award, ...awards] = outcome.awards;
      const [debt, ...debts] = outcome.debts;
      const [left, ...leftover] = outcome.leftover;
      if (!award || !left) throw new Error(`${name} shares nothing out`);
      const others: Allocation[] = [
        { ...outcome, awards: [{ ...award, targetMicro: award.targetMicro + 1 }, ...awards] },
        { ...outcome, awards: [{ ...award, explanation: [...award.explanation, { kind: 'nothing-left', micro: 0 }] }, ...awards] },
        { ...outcome, leftover: [{ ...left, reason: 'no-weight' }, ...leftover] },
        ...(debt === undefined ? [] : [{ ...outcome, debts: [{ ...debt, micro: debt.micro + 1 }, ...debts] }]),
      ];
      for (const other of others) expect(faultOf('1', found, { ...found, [name]: digestOf(other) })).toMatch(/raise `engineVersion`[^]*keep the old row/);
    }
    expect(faultOf('1', found, found)).toBeUndefined();
  });
});
