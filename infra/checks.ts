import type { IPolicyValidationPlugin, PolicyValidationPluginReport, PolicyViolation } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** One finding of a rule pack at one resource. */
export interface Finding {
  /** The rule without its pack: `IAM5`, `LambdaInsideVPC`. Packs repeat each other, and a reason holds for all. */
  readonly rule: string;
  /** What in the resource, where the rule names it: `Resource::*`. */
  readonly detail: string;
  readonly pack: string;
  /** Path of the construct. */
  readonly at: string;
  readonly text: string;
}

/** A finding that we accept, and why. */
export interface Acknowledgement {
  readonly rule: string;
  /** Paths of the constructs it holds for; written without the deployment's prefix. */
  readonly at: RegExp;
  readonly detail?: RegExp;
  readonly reason: string;
}

const named = /^(AwsSolutions|HIPAA\.Security|NIST\.800\.53\.R5|Serverless)-([^[]+)(?:\[(.*)\])?$/s;

/** Everything that AwsSolutions, HIPAA Security, NIST 800-53 r5 and Serverless find in the constructs under `scope`. */
export const findingsOf = (scope: IConstruct): Finding[] => {
  const packs = [new AwsSolutionsChecks(), new HIPAASecurityChecks(), new NIST80053R5Checks(), new ServerlessChecks()];
  return packs.flatMap((pack) =>
    pack.validateScope(scope).violations.flatMap((violation) => {
      const [, packName = '', rule = violation.ruleName, detail = ''] = named.exec(violation.ruleName) ?? [];
      return violation.violatingResources.map(({ constructPath }) => ({
        rule, detail, pack: packName, at: constructPath ?? '', text: violation.description,
      }));
    }),
  );
};

const holds = (row: Acknowledgement, finding: Finding): boolean =>
  row.rule === finding.rule && row.at.test(finding.at) && (row.detail?.test(finding.detail) ?? true);

/** Findings that nobody accepted, and acceptances that accept nothing any more. */
export const judge = (findings: readonly Finding[], rows: readonly Acknowledgement[]): { open: Finding[]; stale: Acknowledgement[] } => ({
  open: findings.filter((finding) => !rows.some((row) => holds(row, finding))),
  stale: rows.filter((row) => !findings.some((finding) => holds(row, finding))),
});

/** Makes a synth fail on an open finding or a stale acknowledgement. */
export class AcknowledgedChecks implements IPolicyValidationPlugin {
  readonly name = 'doseline-checks';
  readonly scope: IConstruct;
  readonly rows: readonly Acknowledgement[];

  constructor(scope: IConstruct, rows: readonly Acknowledgement[]) {
    this.scope = scope;
    this.rows = rows;
  }

  validate(): PolicyValidationPluginReport {
    const { open, stale } = judge(findingsOf(this.scope), this.rows);
    const violations: PolicyViolation[] = [
      ...open.map(({ pack, rule, detail, at, text }) => ({
        ruleName: `${pack}-${rule}${detail === '' ? '' : `[${detail}]`}`,
        description: text,
        severity: 'error',
        violatingResources: [{ constructPath: at, locations: ['Properties'] }],
      })),
      ...stale.map(({ rule, at, reason }) => ({
        ruleName: `stale-acknowledgement-${rule}`,
        description: `Nothing at ${at.source} needs this reason any more: ${reason}`,
        severity: 'error',
        violatingResources: [],
      })),
    ];
    return { success: violations.length === 0, violations };
  }
}
