import { bundleResource } from '../domain/fhir/elements.ts';
import { recordIdOfPatient } from '../domain/fhir/ids.ts';
import { structureIssues, type Issue } from '../domain/fhir/issues.ts';

/** A resource to be told: where it stands in the request, and under which names others of the request refer to it. */
export interface Entry {
  readonly type: 'Patient' | 'Immunization';
  readonly at: string;
  readonly resource: Record<string, unknown>;
  readonly names: readonly string[];
}

export interface Entries {
  readonly entries: readonly Entry[];
  readonly issues: readonly Issue[];
  /** Bundle.identifier: what makes a Bundle the same Bundle. */
  readonly identifier: string | undefined;
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isType = (type: unknown): type is Entry['type'] => type === 'Patient' || type === 'Immunization';
const error = (code: Issue['code'], expression: string, text: string): Issue => ({ severity: 'error', code, expression, text });

/** One resource by itself. */
export const entryOf = (body: unknown, type: Entry['type']): Entries => {
  if (!isObject(body) || body['resourceType'] !== type)
    return { entries: [], identifier: undefined, issues: [{ ...error('structure', type, `the body must be a ${type}`), isMalformed: true }] };
  return { entries: [{ type, at: type, resource: body, names: [] }], issues: [], identifier: undefined };
};

const methodIssues = (
  at: string,
  type: Entry['type'],
  bundleType: string,
  request: { method?: string | undefined; url?: string | undefined; ifNoneExist?: string | undefined } | undefined,
): Issue[] => {
  if (request === undefined) return bundleType === 'transaction' ? [error('required', `${at}.request`, 'is needed in a transaction')] : [];
  if (request.ifNoneExist !== undefined)
    return [
      error(
        'not-supported',
        `${at}.request.ifNoneExist`,
        'is not read here: what is there already is met by its identifier, and changed by what is said',
      ),
    ];
  const fits = request.method === 'POST' && (request.url ?? '').replace(/^\//, '') === type;
  return fits ? [] : [error('not-supported', `${at}.request`, `must be POST ${type}: what is there already is met by its identifier`)];
};

/**
 * The entries of a Bundle of type transaction; of type collection too, as health cards are, whose entries are then all new. Every fault is
 * named; nothing is taken of a Bundle that has one.
 */
export const entriesOf = (body: unknown): Entries => {
  const checked = bundleResource.safeParse(body);
  if (!checked.success) return { entries: [], identifier: undefined, issues: structureIssues(checked.error, 'Bundle') };
  const { type, entry = [], identifier } = checked.data;
  const issues: Issue[] =
    type === 'transaction' || type === 'collection' ? [] : [error('not-supported', 'Bundle.type', 'must be transaction (or collection)')];
  if (Object.hasOwn(checked.data, 'modifierExtension') || Object.hasOwn(checked.data, 'implicitRules'))
    issues.push(error('extension', 'Bundle', 'modifierExtension and implicitRules are not understood here, and may change what the Bundle means'));
  if (entry.length === 0) issues.push(error('required', 'Bundle.entry', 'holds nothing'));
  const seen = new Set<string>();
  const entries = entry.flatMap(({ fullUrl, resource, request }, index): Entry[] => {
    const at = `Bundle.entry[${index}]`;
    const kind = resource?.resourceType;
    if (resource === undefined || !isType(kind)) {
      issues.push(
        error(
          'not-supported',
          `${at}.resource`,
          'must be a Patient or an Immunization; what an Immunization names besides goes into it as contained or by identifier',
        ),
      );
      return [];
    }
    issues.push(...methodIssues(at, kind, type, request));
    if (fullUrl !== undefined && seen.has(fullUrl)) issues.push(error('duplicate', `${at}.fullUrl`, 'stands for another entry already'));
    if (fullUrl !== undefined) seen.add(fullUrl);
    const id = resource['id'];
    const names = [...(fullUrl === undefined ? [] : [fullUrl]), ...(kind === 'Patient' && typeof id === 'string' ? [`Patient/${id}`] : [])];
    return [{ type: kind, at: `${at}.resource`, resource, names }];
  });
  const key = identifier?.value === undefined || identifier.value.trim() === '' ? undefined : `${identifier.system ?? ''}|${identifier.value}`;
  return { entries, issues, identifier: key };
};

/** Whose dose an immunization is: an entry of the request, a patient inside it, or one that is known here. */
export type Whose =
  | { readonly kind: 'entry'; readonly at: string }
  | { readonly kind: 'contained'; readonly at: string; readonly resource: Json }
  | { readonly kind: 'known'; readonly id: string }
  | { readonly kind: 'unclear'; readonly issue: Issue };

export const whoseDose = ({ at, resource }: Entry, entries: readonly Entry[]): Whose => {
  const patient = resource['patient'];
  const target = isObject(patient) && typeof patient['reference'] === 'string' ? patient['reference'] : '';
  const unclear = (code: Issue['code'], text: string): Whose => ({ kind: 'unclear', issue: error(code, `${at}.patient`, text) });
  if (target === '') return unclear('required', 'must refer to a Patient: Patient/<id>, an entry of the Bundle, or one contained in it');
  if (target.startsWith('#')) {
    const contained = Array.isArray(resource['contained']) ? (resource['contained'] as unknown[]) : [];
    const index = contained.findIndex((one) => isObject(one) && one['resourceType'] === 'Patient' && `#${String(one['id'])}` === target);
    const found = contained[index];
    return isObject(found)
      ? { kind: 'contained', at: `${at}.contained[${index}]`, resource: found }
      : unclear('not-found', 'no Patient of that id is contained');
  }
  const entry = entries.find(({ type, names }) => type === 'Patient' && names.includes(target));
  if (entry !== undefined) return { kind: 'entry', at: entry.at };
  const id = /(?:^|\/)Patient\/([A-Za-z0-9.-]{1,64})(?:\/_history\/\d+)?$/.exec(target)?.[1] ?? '';
  return recordIdOfPatient(id) === undefined
    ? unclear('not-found', 'refers to no Patient of this request, and to none that is known here')
    : { kind: 'known', id };
};
