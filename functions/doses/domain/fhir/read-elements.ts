import type { Issue } from './issues.ts';

/** FHIR nests a few levels; what nests deeper is an attack or a slip. */
const maxDepth = 20;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Elements of R4 that a resource may have, and which of them are read here or say nothing worth keeping. */
export interface Elements {
  readonly used: ReadonlySet<string>;
  readonly other: ReadonlySet<string>;
}
const everywhere = ['resourceType', 'id', 'meta', 'text', 'language', 'contained', 'extension', 'implicitRules', 'modifierExtension'];
const elements = (used: string, other: string): Elements => ({
  used: new Set([...everywhere, ...used.split(' ')]),
  other: new Set(other.split(' ')),
});

export const patientElements = elements(
  'identifier active name telecom gender birthDate deceasedBoolean deceasedDateTime address multipleBirthBoolean multipleBirthInteger contact link',
  'maritalStatus photo communication generalPractitioner managingOrganization',
);
export const immunizationElements = elements(
  'identifier status statusReason vaccineCode patient occurrenceDateTime occurrenceString primarySource reportOrigin location manufacturer lotNumber expirationDate '
  + 'site route doseQuantity performer isSubpotent subpotentReason programEligibility fundingSource protocolApplied recorded',
  'encounter note reasonCode reasonReference education reaction',
);

/** True when a `modifierExtension` is anywhere in it: it may turn the meaning of what is around it into its opposite. */
const deepFaults = (value: unknown, at: string, depth = 0): Issue[] => {
  if (depth > maxDepth)
    return [{ severity: 'error', code: 'structure', isMalformed: true, expression: at, text: `nests more than ${maxDepth} levels deep` }];
  if (Array.isArray(value)) return value.flatMap((item, index) => deepFaults(item, `${at}[${index}]`, depth + 1)).slice(0, 20);
  if (!isObject(value)) return [];
  return Object.entries(value)
    .flatMap(([name, part]) =>
      name === 'modifierExtension' || name === 'implicitRules'
        ? [
            {
              severity: 'error' as const,
              code: 'extension' as const,
              expression: `${at}.${name}`,
              text: `${name} is not understood here, and it may change what the resource means: nothing was taken`,
            },
          ]
        : deepFaults(part, /^\w+$/.test(name) ? `${at}.${name}` : at, depth + 1),
    )
    .slice(0, 20);
};

/** What is refused because it may change the meaning, and what is left in the original only. */
export const elementIssues = (resource: Record<string, unknown>, { used, other }: Elements, at: string): Issue[] => {
  const names = Object.keys(resource).filter((name) => !name.startsWith('_') && !used.has(name));
  const known = names.filter((name) => other.has(name));
  const unknown = names.length - known.length;
  return [
    ...deepFaults(resource, at),
    ...known.map((name): Issue => ({
      severity: 'information',
      code: 'informational',
      expression: `${at}.${name}`,
      text: 'is kept with the original only',
    })),
    // A name that FHIR does not have may be anything, a patient's name too: it is counted and not repeated.
    ...(unknown === 0
      ? []
      : [
          {
            severity: 'warning',
            code: 'structure',
            expression: at,
            text: `${unknown} of its elements are none of FHIR R4 and were not used`,
          } satisfies Issue,
        ]),
  ];
};
