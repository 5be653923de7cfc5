import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface RawResource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly Condition?: string;
}

export interface Stack {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly parameters: Readonly<Record<string, { Type: string; Default?: Json }>>;
  readonly conditions: Readonly<Record<string, Json>>;
  readonly mappings: Readonly<Record<string, Json>>;
  readonly resources: Readonly<Record<string, RawResource>>;
  readonly outputs: Readonly<Record<string, { Value: Json; Export?: { Name: Json } }>>;
}

export interface Assembly {
  readonly stacks: readonly Stack[];
  /** Folder of a bundled asset by its hash. */
  readonly assets: ReadonlyMap<string, string>;
}

/** The account of a template that names none; fauxqs and DynamoDB Local use the same. */
export const LOCAL_ACCOUNT = '000000000000';
const LOCAL_REGION = 'us-east-1';

/** Reads every template and asset manifest under a synthesised folder. Throws when there is none, or when a stack is nested. */
export const readAssembly = (outDir: string): Assembly => {
  if (!existsSync(outDir)) throw new Error(`There is no folder ${outDir}: run \`npm run synth\` first.`);
  const files = (readdirSync(outDir, { recursive: true }) as string[])
    .filter((file) => !file.split(/[\\/]/).some((part) => part.startsWith('asset.')))
    .sort();
  const templates = files.filter((file) => file.endsWith('.template.json'));
  if (templates.length === 0) throw new Error(`${outDir} holds no template: run \`npm run synth\` first.`);
  const nested = templates.find((file) => file.endsWith('.nested.template.json'));
  if (nested !== undefined) throw new Error(`${nested}: nested stacks are not emulated.`);
  return {
    stacks: templates.map((file) => readStack(join(outDir, file))),
    assets: new Map(files.filter((file) => file.endsWith('.assets.json')).flatMap((file) => readAssets(join(outDir, file)))),
  };
};

interface RawTemplate {
  Parameters?: Stack['parameters'];
  Conditions?: Stack['conditions'];
  Mappings?: Stack['mappings'];
  Resources?: Stack['resources'];
  Outputs?: Stack['outputs'];
}

const readStack = (file: string): Stack => {
  const template = JSON.parse(readFileSync(file, 'utf8')) as RawTemplate;
  const { name, account, region } = placeOf(file);
  return {
    name,
    account,
    region,
    parameters: template.Parameters ?? {},
    conditions: template.Conditions ?? {},
    mappings: template.Mappings ?? {},
    resources: template.Resources ?? {},
    outputs: template.Outputs ?? {},
  };
};

interface Manifest {
  artifacts?: Record<string, { type: string; environment?: string; properties?: { templateFile?: string; stackName?: string } }>;
}

/** Stack name, account and region as the cloud assembly's manifest has them; the file's name where there is no manifest. */
const placeOf = (file: string): { name: string; account: string; region: string } => {
  const fallback = basename(file, '.template.json');
  const manifestFile = join(dirname(file), 'manifest.json');
  const manifest = existsSync(manifestFile) ? (JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest) : {};
  const artifact = Object.entries(manifest.artifacts ?? {}).find(
    ([, { type, properties }]) => type === 'aws:cloudformation:stack' && properties?.templateFile === basename(file),
  );
  const [account = '', region = ''] = (artifact?.[1].environment ?? '').replace('aws://', '').split('/');
  return {
    name: artifact?.[1].properties?.stackName ?? artifact?.[0] ?? fallback,
    account: /^\d{12}$/.test(account) ? account : LOCAL_ACCOUNT,
    region: region === '' || region.startsWith('unknown') ? LOCAL_REGION : region,
  };
};

interface AssetManifest {
  files?: Record<string, { source?: { path?: string; packaging?: string } }>;
}

const readAssets = (file: string): [string, string][] => {
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as AssetManifest;
  return Object.entries(manifest.files ?? {}).flatMap(([hash, { source }]) =>
    source?.packaging === 'zip' && source.path !== undefined
      ? [[hash, join(dirname(file), source.path)] as [string, string]]
      : [],
  );
};

/** Path of a file as a person at the project's root would type it. */
export const shown = (file: string): string => relative(process.cwd(), file) || file;
