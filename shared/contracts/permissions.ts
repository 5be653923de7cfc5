/** Who may do what. A role absent from an action's row may not do it. */
export const roles = [
  'provider-staff',
  'ehr-system',
  'dph-reviewer',
  'dph-allocator',
  'dph-inventory',
  'dph-epidemiologist',
  'local-health-director',
  'auditor',
] as const;
export type Role = (typeof roles)[number];

/** Roles whose reach is the sites and organizations of their membership; every other role is the jurisdiction's. */
export const tenantRoles: readonly Role[] = ['provider-staff', 'ehr-system'];

const dph: readonly Role[] = ['dph-reviewer', 'dph-allocator', 'dph-inventory', 'dph-epidemiologist'];
const own: readonly Role[] = ['provider-staff'];

export const permissions = {
  'enrollment.apply': own,
  'membership.read': [...own, 'ehr-system'],
  'enrollment.read': [...own, ...dph, 'auditor'],
  'enrollment.review': ['dph-reviewer'],
  'enrollment.queue': ['dph-reviewer', 'dph-allocator', 'dph-inventory', 'auditor'],
  'member.read': [...own, 'dph-reviewer', 'auditor'],
  'member.end': [...own, 'dph-reviewer'],
  'interface.register': [...own, 'dph-reviewer'],
  'interface.review': ['dph-reviewer'],
  'interface.read': [...own, ...dph, 'auditor'],
  'interface.queue': ['dph-reviewer', 'auditor'],
  'supply.record': ['dph-allocator'],
  'supply.read': [...dph, 'auditor'],
  'request.write': own,
  'request.read': [...own, 'dph-allocator', 'auditor'],
  'figure.dispute': own,
  'figure.decide': ['dph-allocator'],
  'dispute.read': [...own, ...dph, 'auditor'],
  'run.draft': ['dph-allocator'],
  'run.propose': ['dph-allocator'],
  'run.publish': ['dph-allocator'],
  'run.read': [...dph, 'auditor'],
  'award.read': [...own, 'dph-allocator', 'auditor'],
  'award.answer': own,
  'order.place': own,
  'order.read': [...own, 'dph-allocator', 'dph-inventory', 'auditor'],
  'order.queue': ['dph-allocator', 'dph-inventory', 'auditor'],
  'order.approve': ['dph-allocator'],
  'order.submit': ['dph-inventory'],
  'shipment.import': ['dph-inventory'],
  'shipment.read': [...own, 'dph-inventory', 'auditor'],
  'shipment.receive': own,
  'excursion.report': own,
  'excursion.decide': ['dph-inventory'],
  'inventory.read': [...own, 'dph-allocator', 'dph-inventory', 'auditor'],
  'inventory.write': own,
  'inventory.jurisdiction': ['dph-inventory', 'dph-allocator', 'auditor'],
  'inventory.transfer-any': ['dph-inventory'],
  'dose.report': [...own, 'ehr-system'],
  'dose.read': [...own, 'ehr-system'],
  'dose.worklist': [...own, 'dph-inventory'],
  'dose.assign': own,
  'dose.judge': ['dph-epidemiologist'],
  'recall.record': ['dph-inventory'],
  'recall.read': ['dph-inventory', 'dph-allocator', 'dph-epidemiologist', 'auditor'],
  'recall.trace': ['dph-epidemiologist'],
  'message.read': ['dph-epidemiologist'],
  'quality.read': [...own, 'ehr-system', ...dph, 'auditor'],
  'quality.compare': [...dph, 'auditor'],
  'person.review': ['dph-epidemiologist'],
  'person.opt-out': ['dph-epidemiologist'],
  // A local health director sees the residents of a town: until a membership can name one, coverage is not theirs to read.
  'coverage.read': [...own, ...dph, 'auditor'],
  // Figures of single persons among them. Whoever may read coverage and is not named here sees no small counts (ADR 0025).
  'coverage.exact': dph,
  // Names practices that are silent: nobody outside the department.
  'reporting.read': dph,
  'submission.read': ['dph-epidemiologist', 'auditor'],
  'export.read': ['dph-epidemiologist'],
  'audit.read': ['auditor'],
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof permissions;

/** True when the role's row of the permission table names it. */
export const may = (role: Role, action: Action): boolean => (permissions[action] as readonly Role[]).includes(role);

/** OAuth scopes of the resource server `doseline`: people come through the portal's client, machines through their own. */
export type Scope = 'portal' | 'submit';

/** The scopes a route accepts follow from the permission table, so the gateway and the handler cannot disagree. */
export const scopesOf = (action: Action): Scope[] => {
  const allowed = permissions[action] as readonly Role[];
  const scopes: Scope[] = [];
  if (allowed.some((role) => role !== 'ehr-system')) scopes.push('portal');
  if (allowed.includes('ehr-system')) scopes.push('submit');
  return scopes;
};
