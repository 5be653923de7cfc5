import { build, type BuildOptions, type Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lambdas } from './functions.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where a Lambda's code lies, by its name. */
export type CodeOf = (name: string) => string;

/**
 * Ways to credentials that the SDK loads only when the environment holds none: on somebody's machine, in a container. Lambda always puts
 * them into the environment, so these imports are never run and need not be in the bundle.
 */
const neverLoaded = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** zod brings its messages in fifty languages, a third of a bundle; the API speaks English. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup: (bundle) => {
    bundle.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: dirname(path),
    }));
  },
};

/**
 * `import { z } from 'zod'` names the whole of zod as one object, and all of it comes along: JSON Schema, locales, dates, a hundred kB that
 * no Lambda runs. Imported as a namespace, esbuild sees which parts are used and leaves the rest out.
 */
const usedPartsOfZod: Plugin = {
  name: 'used-parts-of-zod',
  setup: (bundle) => {
    bundle.onLoad({ filter: /[\\/](functions|shared)[\\/].*\.ts$/ }, async ({ path }) =>
      path.startsWith(root) && !path.includes('node_modules')
        ? { contents: (await readFile(path, 'utf8')).replace("import { z } from 'zod';", "import * as z from 'zod';"), loader: 'ts' }
        : undefined,
    );
  },
};

/**
 * How a Lambda is bundled. CommonJS starts a little faster than ES modules; `.cjs` keeps it so whatever package.json lies above.
 */
export const bundleSettings = {
  absWorkingDir: root,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  minify: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  external: neverLoaded,
  plugins: [englishOnly, usedPartsOfZod],
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions;

/**
 * Bundles every Lambda in one run of esbuild: about a second for all, so nothing is cached; a run for each would take ten times as long.
 * @param folder receives `<name>/index.cjs`
 */
export const bundleLambdas = async (folder: string): Promise<CodeOf> => {
  await build({
    ...bundleSettings,
    entryPoints: lambdas.map((spec) => ({ in: spec.entry, out: `${spec.name}/index` })),
    outdir: folder,
  });
  return (name) => `${folder}/${name}`;
};
