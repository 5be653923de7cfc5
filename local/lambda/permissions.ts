import { fits } from '../iam/wildcard.ts';
import type { Template } from '../template.ts';
import { text } from '../template/values.ts';

/** A function's ARN without the version or alias that may follow it. */
export const unqualified = (arn: string): string => arn.split(':').slice(0, 7).join(':');

/** Whether a service may call a function from a source, by the Lambda permissions of the template. */
export const makePermissions = (template: Template): ((principal: string, functionArn: string, sourceArn: string) => boolean) => {
  const granted = template.ofType('AWS::Lambda::Permission').map(({ properties }) => ({
    principal: text(properties['Principal']),
    functionName: text(properties['FunctionName']),
    sourceArn: text(properties['SourceArn'] ?? '*'),
  }));
  return (principal, functionArn, sourceArn) =>
    granted.some(
      (permission) =>
        permission.principal === principal &&
        [functionArn, functionArn.split(':')[6]].includes(
          permission.functionName.startsWith('arn:') ? unqualified(permission.functionName) : permission.functionName,
        ) &&
        fits(permission.sourceArn, sourceArn),
    );
};
