import { afterAll } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentOf, type Deployment, type Stage } from '../../infra/config.ts';
import { buildApp, type DoselineApp } from '../../infra/doseline-app.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>;
}

export const stackNames = ['data', 'api', 'workers', 'observability'] as const;
export type StackName = (typeof stackNames)[number];
export type Templates = Readonly<Record<StackName, Template>>;

export interface Synthesis {
  readonly deployment: Deployment;
  readonly built: DoselineApp;
  readonly templates: Templates;
  readonly folder: string;
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that goes when the tests of its file are done. */
const temporaryFolder = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `doseline-${name}-`));
  folders.push(folder);
  return folder;
};

/** The app of a stage without its bundles: every Lambda gets the same empty one. Nothing is synthesised yet. */
export const built = (stage: Stage): { deployment: Deployment; built: DoselineApp; folder: string } => {
  const folder = temporaryFolder('synth');
  const code = temporaryFolder('code');
  writeFileSync(join(code, 'index.cjs'), '');
  const deployment = deploymentOf(stage, 'CTA');
  return { deployment, built: buildApp(deployment, () => code, { outdir: folder, builtinCloudFormationValidation: false }), folder };
};

const kept = new Map<Stage, Synthesis>();

/** The templates of a stage, synthesised once for a test file. */
export const synthesised = (stage: Stage): Synthesis => {
  const known = kept.get(stage);
  if (known) return known;
  const app = built(stage);
  const assembly = app.built.app.synth();
  const template = (name: StackName) => assembly.getStackByName(`${app.deployment.prefix}-${name}`).template as Template;
  const synthesis = {
    ...app,
    templates: { data: template('data'), api: template('api'), workers: template('workers'), observability: template('observability') },
  };
  kept.set(stage, synthesis);
  return synthesis;
};

/** Resources of a type in all stacks, with the stack and id they have. */
export const resourcesOf = (templates: Templates, type: string): { stack: StackName; id: string; resource: Resource }[] =>
  stackNames.flatMap((stack) =>
    Object.entries(templates[stack].Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({ stack, id, resource })),
  );

/** Walks into parsed JSON: `pick(resource, 'Properties', 'Tags', 0)`; undefined when a step is missing. */
export const pick = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((part, key) => (part !== null && typeof part === 'object' ? (part as Record<string | number, unknown>)[key] : undefined), value);

/** As `pick`, for a list; empty when there is none. One thing alone counts as a list of it. */
export const listAt = (value: unknown, ...path: readonly (string | number)[]): unknown[] => {
  const found = pick(value, ...path);
  return found === undefined ? [] : Array.isArray(found) ? (found as unknown[]) : [found];
};

const exportsOf = (templates: Templates): Map<string, { stack: StackName; value: unknown }> =>
  new Map(
    stackNames.flatMap((stack) =>
      Object.values(templates[stack].Outputs ?? {}).flatMap((output) =>
        output.Export ? [[output.Export.Name, { stack, value: output.Value }] as const] : [],
      ),
    ),
  );

/** Makes text of intrinsic functions: `data/OrdersTable123.Arn` for a resource, whichever stack refers to it. */
export const textOf = (templates: Templates, stack: StackName, value: unknown): string => {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const imported = pick(value, 'Fn::ImportValue');
  if (typeof imported === 'string') {
    const found = exportsOf(templates).get(imported);
    if (!found) throw new Error(`Nobody exports ${imported}`);
    return textOf(templates, found.stack, found.value);
  }
  const ref = pick(value, 'Ref');
  if (typeof ref === 'string') return ref.startsWith('AWS::') ? ref : `${stack}/${ref}`;
  const attribute = listAt(value, 'Fn::GetAtt');
  if (attribute.length > 0) return `${stack}/${attribute.join('.')}`;
  const parts = listAt(value, 'Fn::Join', 1);
  if (parts.length > 0) return parts.map((part) => textOf(templates, stack, part)).join('');
  throw new Error(`No text for ${JSON.stringify(value)}`);
};

/** A template that a test may break, to see the check fail. */
export const broken = (templates: Templates, change: (copy: Templates) => void): Templates => {
  const copy = structuredClone(templates);
  change(copy);
  return copy;
};
