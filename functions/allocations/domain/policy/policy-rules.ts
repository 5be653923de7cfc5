import { reserveFaults } from './reserve-order.ts';
import { servesSecondDoses } from './second-dose-faults.ts';
import { soundParts } from './sound-parts.ts';
import type { Group, Policy, PolicyNode, Stage, Weight } from './policy.ts';

const REQUEST_WORDS = new Set(['request', 'requests', 'requested', 'request-doses']);

/** Every node of a tree, parents first. */
export const nodesOf = (node: PolicyNode): PolicyNode[] => [node, ...(node.children ?? []).flatMap(nodesOf)];

/** The weights a stage names. */
export const weightNames = (weight: Weight): string[] => (typeof weight === 'string' ? [weight] : Object.keys(weight));

const groupOf = (stage: Stage): Group | undefined => ('group' in stage ? stage.group : undefined);
const hasFloor = (policy: Policy) => nodesOf(policy.tree).some((node) => node.min !== undefined);

type Path = readonly (string | number)[];
/** A fault and where to mend it, as keys into the document. */
interface RuleFault {
  readonly path: Path;
  readonly message: string;
}
/** Parts of the document that a rule reads. `stages`: all of them, in their order; `each stage`: any that is sound by itself. */
type Part = Exclude<keyof Policy, 'stages'> | 'stages' | 'each stage';
type Rule = readonly [needs: readonly Part[], faults: (policy: Policy) => RuleFault[]];
interface Named {
  readonly name: string;
  readonly path: Path;
}

const namedNodes = (node: PolicyNode, path: Path = ['tree']): Named[] => [
  { name: node.id, path: [...path, 'id'] },
  ...(node.children ?? []).flatMap((child, at) => namedNodes(child, [...path, 'children', at])),
];

/** Every name that was there before, where it is repeated. */
const repeated = (names: readonly Named[], message: (name: string) => string): RuleFault[] => {
  const first = new Map(names.map(({ name }, at) => [name, at] as const).reverse());
  return names.filter(({ name }, at) => first.get(name) !== at).map(({ name, path }) => ({ path, message: message(name) }));
};

const ofStages = (policy: Policy, fault: (stage: Stage, at: number) => string | undefined, key?: string): RuleFault[] =>
  policy.stages.flatMap((stage, at) => {
    const message = fault(stage, at);
    return message === undefined ? [] : [{ path: ['stages', at, ...(key === undefined ? [] : [key])], message: `stage ${stage.id}: ${message}` }];
  });

const declares = (policy: Policy, rule: Policy['declares'][number]['rule']): boolean => policy.declares.some((item) => item.rule === rule);
const when = (isFault: boolean, path: Path, message: string): RuleFault[] => (isFault ? [{ path, message }] : []);

/** What must hold across the document. The order of the stages decides what a reserve is, so a wrong order is refused. */
const RULES: readonly Rule[] = [
  [['tree'], (policy) => repeated(namedNodes(policy.tree), (name) => `group ${name} appears twice in the tree`)],
  [
    ['each stage'],
    (policy) =>
      repeated(
        policy.stages.map(({ id: name }, at) => ({ name, path: ['stages', at, 'id'] })),
        (name) => `stage ${name} appears twice`,
      ),
  ],
  [
    ['each stage'],
    (policy) =>
      ofStages(
        policy,
        (stage) =>
          'weight' in stage && weightNames(stage.weight).some((name) => REQUEST_WORDS.has(name))
            ? 'a request is a ceiling, never a weight'
            : undefined,
        'weight',
      ),
  ],
  [
    ['tree', 'each stage'],
    (policy) => {
      const known = new Set(nodesOf(policy.tree).map((node) => node.id));
      return ofStages(
        policy,
        (stage) => {
          const group = groupOf(stage);
          return group && 'node' in group && !known.has(group.node) ? `no group ${group.node} in the tree` : undefined;
        },
        'group',
      );
    },
  ],
  [
    ['tree', 'stages'],
    (policy) =>
      when(hasFloor(policy) && policy.stages[0]?.kind !== 'floors', ['stages', 0], 'a tree with minimums needs a floors stage, first in order'),
  ],
  [['stages'], (policy) => ofStages(policy, (stage, at) => (at > 0 && stage.kind === 'floors' ? 'floors come first' : undefined))],
  [
    ['tree', 'stages'],
    (policy) => reserveFaults(policy).map(({ stage, message }) => ({ path: stage === undefined ? ['stages'] : ['stages', stage], message })),
  ],
  [
    ['each stage'],
    (policy) =>
      ofStages(
        policy,
        (stage) => (stage.kind === 'tier' && stage.from && stage.to && stage.from >= stage.to ? 'a tier ends before it begins' : undefined),
        'to',
      ),
  ],
  [
    ['each stage', 'declares'],
    (policy) =>
      declares(policy, 'crossing-group')
        ? []
        : ofStages(
            policy,
            (stage) =>
              stage.kind === 'reserve' && 'tag' in stage.group ? 'a group that crosses the tree must be declared (crossing-group)' : undefined,
            'group',
          ),
  ],
  [
    ['caps', 'declares'],
    (policy) =>
      when(
        policy.caps.some((cap) => cap.kind === 'throughput') && !declares(policy, 'shared-throughput'),
        ['caps', policy.caps.findIndex((cap) => cap.kind === 'throughput')],
        "throughput is shared by a site's products in a fixed order, which must be declared (shared-throughput)",
      ),
  ],
  [
    ['minimums', 'declares'],
    (policy) =>
      when(
        (policy.minimums ?? []).length > 0 && !declares(policy, 'all-or-nothing'),
        ['minimums'],
        'a minimum that a site takes whole or not at all must be declared (all-or-nothing)',
      ),
  ],
  [
    ['hubs'],
    (policy) =>
      repeated(
        (policy.hubs ?? []).flatMap(({ hub, members }, at): Named[] => [
          { name: hub, path: ['hubs', at, 'hub'] },
          ...members.flatMap((name, place) => (name === hub ? [] : [{ name, path: ['hubs', at, 'members', place] }])),
        ]),
        (name) => `site ${name} is named twice among the hubs`,
      ),
  ],
  [
    ['hubs'],
    (policy) =>
      (policy.hubs ?? []).flatMap(({ hub, members }, at) =>
        members.flatMap((name, place) =>
          when(name === hub, ['hubs', at, 'members', place], `site ${hub} is the hub itself, which is no member of its own: leave it out here`),
        ),
      ),
  ],
  [
    ['hubs', 'minimums'],
    (policy) =>
      when(
        (policy.hubs ?? []).length > 0 && (policy.minimums ?? []).length > 0,
        ['hubs'],
        'hubs share by the vial, minimums give all or nothing: a policy has one or the other',
      ),
  ],
  [
    ['secondDoses', 'stages'],
    (policy) =>
      when(
        !servesSecondDoses(policy),
        ['secondDoses'],
        'packs that secondDoses sets aside are for second doses due: the policy needs a second-doses stage, which serves them',
      ),
  ],
];

/** Faults of a policy that its shape cannot show, each where it is to be mended. Of a document whose shape has faults, those of its sound parts. */
export const ruleFaults = (written: unknown, shape: readonly { readonly path: readonly PropertyKey[] }[]): RuleFault[] => {
  if (shape.length === 0) return RULES.flatMap(([, faults]) => faults(written as Policy));
  const { policy, stagesAt, isSound } = soundParts(written, shape);
  const inDocument = (path: Path): Path =>
    path.map((key, at) => (at === 1 && path[0] === 'stages' && typeof key === 'number' ? (stagesAt[key] ?? key) : key));
  return RULES.filter(([needs]) => needs.every(isSound))
    .flatMap(([, faults]) => faults(policy))
    .map(({ path, message }) => ({ path: inDocument(path), message }));
};
