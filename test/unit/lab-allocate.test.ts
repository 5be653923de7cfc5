import { describe, expect, it, jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

jest.setTimeout(60_000); // each case is a process of its own

const root = fileURLToPath(new URL('../..', import.meta.url));
const example = (name: string): string => join(root, 'docs', 'examples', name);
const folder = mkdtempSync(join(tmpdir(), 'doseline-allocate-'));

const doseline = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/doseline.ts', 'allocate', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};
const written = (name: string, document: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
  return file;
};
const scarce = (): Record<string, unknown> => parse(readFileSync(example('scarce-week.yaml'), 'utf8')) as Record<string, unknown>;

interface Printed {
  inputsDigest: string;
  runs: {
    policy: { id: string };
    notes?: string[];
    allocation: {
      kind: string;
      awards: { siteId: string; doses: number }[];
      summary: { pools: { supplyPacks: number; awardedPacks: number }[] };
    };
  }[];
  differences?: { dosesGained: number }[];
  explained?: { words: string[]; effectsInWords: string[] }[];
}
const printed = (stdout: string): Printed => JSON.parse(stdout) as Printed;

describe('a week is shared out from files alone', () => {
  it.each(['scarce-week.yaml', 'plenty-week.yaml'])(
    '%s: the example runs, and no pool gives out more than its supply',
    (name) => {
      const { status, stdout } = doseline('--scenario', example(name), '--json');
      expect(status).toBe(0);
      for (const pool of printed(stdout).runs[0]?.allocation.summary.pools ?? [])
        expect(pool.awardedPacks).toBeLessThanOrEqual(pool.supplyPacks);
    },
  );

  it('the example policy is shared out by, also from a scenario elsewhere that names it as a file of its own folder', () => {
    const byName = printed(doseline('--scenario', example('scarce-week.yaml'), '--policy', example('policy.yaml'), '--json').stdout);
    expect(byName.runs[0]).toMatchObject({ policy: { id: 'example-spring' }, allocation: { kind: 'allocated' } });
    written('own-policy.yaml', readFileSync(example('policy.yaml'), 'utf8'));
    const beside = doseline('--scenario', written('with-own.json', { ...scarce(), policy: 'own-policy.yaml' }), '--json');
    expect(printed(beside.stdout).runs[0]).toEqual(byName.runs[0]);
  });

  it('a JSON scenario gives the same awards as the same scenario in YAML', () => {
    const fromYaml = printed(doseline('--scenario', example('scarce-week.yaml'), '--json').stdout);
    const fromJson = printed(doseline('--scenario', written('scarce.json', scarce()), '--json').stdout);
    expect(fromJson).toEqual(fromYaml);
  });

  it('two policies are compared award by award, and the doses that move add up to nothing when both place all supply', () => {
    const { stdout } = doseline('--scenario', example('scarce-week.yaml'), '--compare', 'connecticut-2021-02', '--json');
    const { runs, differences = [] } = printed(stdout);
    expect(runs.map(({ policy }) => policy.id)).toEqual(['connecticut-2021-03', 'connecticut-2021-02']);
    expect(differences.length).toBeGreaterThan(0);
    expect(differences.reduce((sum, { dosesGained }) => sum + dosesGained, 0)).toBe(0);
  });

  it('a site is told every line of its award and what would have changed it', () => {
    const { stdout } = doseline('--scenario', example('scarce-week.yaml'), '--explain', 'mobile-clinic');
    expect(stdout).toContain('45 doses more, owed to it from earlier weeks.');
    expect(stdout).toContain('Without what rounding owed from earlier weeks: 1 pack of 100 instead of 2.');
  });

  it('a hub or a member of the policy that is mistyped is told, in JSON too', () => {
    const policy = parse(readFileSync(example('policy.yaml'), 'utf8')) as Record<string, unknown>;
    const hubs = [{ hub: 'city-hospitl', members: ['village-practice'] }, { hub: 'city-hospital', members: ['mobile-clinik'] }];
    const file = written('hubs.json', { ...policy, hubs });
    const told = ['Hub city-hospitl (is city-hospital meant?) is no site that this run knows: village-practice gets nothing by the vial.', 'Hub city-hospital is to share with mobile-clinik (is mobile-clinic meant?), which this run does not know.'];
    expect(printed(doseline('--scenario', example('scarce-week.yaml'), '--policy', file, '--json').stdout).runs[0]?.notes).toEqual(told);
    expect(doseline('--scenario', example('scarce-week.yaml'), '--policy', file).stdout).toContain(told.join('\n'));
  });

  it('a site that asked for less than a pack is named as short with its reason', () => {
    expect(doseline('--scenario', example('scarce-week.yaml')).stdout).toMatch(
      /village-practice: 0 of 60 .*asked for less than a pack/,
    );
  });
});

describe('what is wrong with a file is told by path, and the exit code says so', () => {
  const broken = (): Record<string, unknown> => {
    const { supply, sites, ...rest } = scarce();
    const [first, ...others] = sites as Record<string, unknown>[];
    return {
      ...rest,
      supply: [...(supply as object[]), { product: 'Moderna', doseNumber: 1, packDoses: 100, packs: -1 }],
      sites: [{ ...first, lines: [{ requestDoses: 'many' }] }, ...others],
      extra: 1,
    };
  };

  it('names all faults of a scenario at once', () => {
    const { status, stdout, stderr } = doseline('--scenario', written('broken.json', broken()));
    expect(status).toBe(1);
    expect(stdout).toBe('');
    for (const path of [
      'supply[3].product',
      'supply[3].packs',
      'sites[0].lines[0].product',
      'sites[0].lines[0].requestDoses',
      'not known here: extra',
    ])
      expect(stderr).toContain(path);
  });

  it.each([
    ['a folder', () => ['--scenario', folder], 1, 'is a folder'],
    ['an alias without its anchor', () => ['--scenario', written('alias.yaml', 'supply: *nothing\n')], 1, 'Unresolved alias'],
    ['a file that is not there', () => ['--scenario', join(folder, 'none.yaml')], 1, 'There is no scenario'],
    ['YAML that cannot be read', () => ['--scenario', written('torn.yaml', 'schema: 1\nsupply: [1,\n')], 1, 'line '],
    ['YAML with a colon missing', () => ['--scenario', written('colon.yaml', 'schema: 1\nsites\n  - siteId: a\n    group: b\n')], 1, 'colon.yaml has a fault:\n  line 2, column 1: a colon is missing after `sites`'],
    ['YAML that is indented by a tab', () => ['--scenario', written('tab.yaml', 'schema: 1\nsites:\n\t- siteId: a\n')], 1, 'begins with a tab'],
    ['a policy nobody knows', () => ['--scenario', example('scarce-week.yaml'), '--policy', 'nobodys'], 1, 'connecticut-2021-03'],
    [
      'a site that is not in the scenario',
      () => ['--scenario', example('scarce-week.yaml'), '--explain', 'nobody'],
      1,
      'No site nobody',
    ],
    [
      'sites that are in no group of the policy',
      () => ['--scenario', example('scarce-week.yaml'), '--policy', 'order-on-demand'],
      1,
      'sites[0].group: site city-hospital: no leaf priority-zips in the tree, whose leaves are state',
    ],
    ['no scenario at all', () => [], 1, '--scenario'],
  ] as const)('%s', (_what, args, status, told) => {
    const result = doseline(...args());
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(told);
  });

  it('bounds that clash end with exit code 2 and name the rules', () => {
    const tree = {
      id: 'connecticut',
      children: [
        { id: 'priority-zips', min: { share: '60%' }, strict: true },
        { id: 'elsewhere', min: { share: '60%' }, strict: true },
      ],
    };
    const policy = {
      schema: 1,
      id: 'clashing',
      version: 1,
      title: 'Clashing',
      tree,
      stages: [{ id: 'floors', kind: 'floors', weight: 'population' }],
    };
    const result = doseline('--scenario', example('scarce-week.yaml'), '--policy', written('clashing.json', policy));
    expect(result.status).toBe(2);
    expect(result.stdout).toMatch(/cannot be kept/);
    expect(result.stdout).toMatch(/at least \d+ packs/);
  });
});
