import { readAssembly } from './template/assembly.ts';
import type { Json, JsonObject, RawResource, Stack } from './template/assembly.ts';
import { identify, unknownAttribute } from './template/identities.ts';
import type { Addresses, Identity, Naming } from './template/identities.ts';
import { resolveValue } from './template/intrinsics.ts';
import type { Surroundings } from './template/intrinsics.ts';
import { refuseUnknownTypes } from './template/resource-types.ts';

export interface Resource {
  /** `Stack/LogicalId`: unique over all stacks. */
  readonly id: string;
  readonly logicalId: string;
  readonly type: string;
  readonly stack: Stack;
  /** What Ref gives. */
  readonly ref: string;
  /** What Fn::GetAtt gives for `Arn`. */
  readonly arn: string;
  /** Properties with every intrinsic worked out. */
  readonly properties: JsonObject;
  attribute(name: string): string;
}

export interface Template {
  readonly resources: readonly Resource[];
  ofType(...types: string[]): Resource[];
  /** Folder of a bundled asset, by the hash in a function's `Code.S3Key`. */
  assetFolder(s3Key: string): string | undefined;
  readonly region: string;
  readonly account: string;
}

/**
 * All stacks of a synthesised folder, resolved together. Throws on a resource type that the table does not know, on an intrinsic
 * it does not know, and on a reference to nothing, always naming the resource.
 */
export const loadTemplate = (outDir: string, addresses: Addresses): Template => {
  const { stacks, assets } = readAssembly(outDir);
  const model = new Model(stacks, addresses);
  const resources = stacks.flatMap((stack) => model.resourcesOf(stack));
  refuseUnknownTypes(resources);
  const [first] = stacks;
  return {
    resources,
    ofType: (...types) => resources.filter(({ type }) => types.includes(type)),
    assetFolder: (s3Key) => assets.get(s3Key.replace(/\.zip$/, '')),
    region: first?.region ?? 'us-east-1',
    account: first?.account ?? '',
  };
};

const pseudoParameters: Readonly<Record<string, (stack: Stack) => Json>> = {
  'AWS::AccountId': ({ account }) => account,
  'AWS::Region': ({ region }) => region,
  'AWS::Partition': () => 'aws',
  'AWS::URLSuffix': () => 'amazonaws.com',
  'AWS::StackName': ({ name }) => name,
  'AWS::StackId': ({ name, region, account }) => `arn:aws:cloudformation:${region}:${account}:stack/${name}/local`,
  'AWS::NotificationARNs': () => [],
};

/** Resolves lazily and remembers, because names refer to names in other stacks. */
class Model {
  readonly #stacks: readonly Stack[];
  readonly #addresses: Addresses;
  readonly #identities = new Map<string, Identity>();

  constructor(stacks: readonly Stack[], addresses: Addresses) {
    this.#stacks = stacks;
    this.#addresses = addresses;
  }

  resourcesOf(stack: Stack): Resource[] {
    return Object.entries(stack.resources)
      .filter(([, raw]) => raw.Condition === undefined || this.resolve({ Condition: raw.Condition }, stack) === true)
      .map(([logicalId, raw]) => this.#resource(stack, logicalId, raw));
  }

  resolve(value: Json, stack: Stack): Json {
    return resolveValue(value, this.#around(stack));
  }

  #resource(stack: Stack, logicalId: string, raw: RawResource): Resource {
    const id = `${stack.name}/${logicalId}`;
    const resolveProperties = (): JsonObject => {
      try {
        return this.resolve(raw.Properties ?? {}, stack) as JsonObject;
      } catch (error) {
        throw new Error(`${id} (${raw.Type}): ${(error as Error).message}`, { cause: error });
      }
    };
    let properties: JsonObject | undefined;
    return {
      id,
      logicalId,
      stack,
      type: raw.Type,
      ref: this.#identity(stack, logicalId, raw).ref,
      arn: this.#attribute(stack, logicalId, 'Arn'),
      attribute: (name) => this.#attribute(stack, logicalId, name),
      get properties() {
        return (properties ??= resolveProperties());
      },
    };
  }

  #around(stack: Stack): Surroundings {
    return {
      stack,
      ref: (id) => this.#ref(stack, id),
      attribute: (id, attribute) => this.#attribute(stack, id, attribute),
      imported: (name) => this.#imported(name),
    };
  }

  #ref(stack: Stack, id: string): Json {
    const pseudo = pseudoParameters[id];
    if (pseudo !== undefined) return pseudo(stack);
    const parameter = stack.parameters[id];
    if (parameter !== undefined) {
      if (parameter.Default === undefined) throw new Error(`parameter ${id} of ${stack.name} has no default`);
      return parameter.Default;
    }
    return this.#identity(stack, id, this.#raw(stack, id)).ref;
  }

  #attribute(stack: Stack, id: string, attribute: string): string {
    const raw = this.#raw(stack, id);
    return (
      this.#identity(stack, id, raw).attributes[attribute] ?? unknownAttribute(raw.Type, this.#naming(stack, id, raw), attribute)
    );
  }

  #raw(stack: Stack, id: string): RawResource {
    const raw = stack.resources[id];
    if (raw === undefined) throw new Error(`${stack.name} refers to ${id}, which it does not hold`);
    return raw;
  }

  #identity(stack: Stack, id: string, raw: RawResource): Identity {
    const key = `${stack.name}/${id}`;
    const known = this.#identities.get(key) ?? identify(raw.Type, this.#naming(stack, id, raw));
    this.#identities.set(key, known);
    return known;
  }

  #naming(stack: Stack, logicalId: string, raw: RawResource): Naming {
    return {
      stack,
      logicalId,
      addresses: this.#addresses,
      text: (property) => {
        const value = this.resolve(raw.Properties?.[property] ?? null, stack);
        return typeof value === 'string' || typeof value === 'boolean' ? String(value) : undefined;
      },
    };
  }

  #imported(name: string): Json {
    for (const stack of this.#stacks) {
      for (const { Value, Export } of Object.values(stack.outputs)) {
        if (Export !== undefined && this.resolve(Export.Name, stack) === name) return this.resolve(Value, stack);
      }
    }
    throw new Error(`no stack exports ${name}`);
  }
}
