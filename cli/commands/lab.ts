import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { readConnecticut } from '../lab/connecticut-data.ts';
import { labText } from '../lab/report.ts';
import { readPolicy } from '../lab/scenario.ts';
import { labCharts, labJson, runLab } from '../lab/run-lab.ts';

const MAX_SEED = 4_294_967_295;

const seedOf = (text: string): number => {
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > MAX_SEED)
    throw new InvalidArgumentError(`must be a whole number, 0 to ${MAX_SEED}`);
  return seed;
};

const connecticut = new Command('connecticut')
  .description("Replay Connecticut's 23 real weeks (December 2020 to May 2021) under rival policies")
  .requiredOption('--from <dir>', 'the folder of public data files')
  .option('--policy <file>', 'play a policy of your own beside the rivals: a file, or the id of a shipped one')
  .option('--seed <number>', 'seed of the generated sites', seedOf, 1)
  .option('--out <dir>', 'write result.json, tables.txt and the charts (SVG) into this folder')
  .option('--json', 'print the complete result as JSON')
  .addHelpText(
    'after',
    `
Supply, packs and towns are real; sites are generated, priority towns are a stand-in. docs/policy-lab.md says what is what.
Sites share by the weight "population"; those in priority towns are in the group priority-zips, the rest in elsewhere (all in the first group where there are none such).
Equal data and seed give equal bytes. Exit code: 0 done; 1 a file is missing or has faults.`,
  )
  .action((options: { from: string; policy?: string; seed: number; out?: string; json?: true }) => {
    const own = options.policy === undefined ? undefined : readPolicy(options.policy);
    const result = runLab(readConnecticut(options.from), options.seed, own);
    const json = `${JSON.stringify(labJson(result), null, 2)}\n`;
    const text = `${labText(result)}\n`;
    if (options.out !== undefined) {
      mkdirSync(options.out, { recursive: true });
      for (const [name, content] of [['result.json', json], ['tables.txt', text], ...labCharts(result)] as const)
        writeFileSync(join(options.out, name), content);
    }
    process.stdout.write(options.json === true ? json : `\n${text}`);
  });

export const labCommand = new Command('lab').description('Try policies on real weeks, from files alone').addCommand(connecticut);
