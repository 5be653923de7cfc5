import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret, type SecretProps } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { SecretName } from '../contexts.ts';

export interface CredentialsProps {
  readonly encryptionKey: IKey;
  readonly prefix: string;
}

/** Secrets that Doseline makes up itself at the first deployment; CDC's are put in by hand (docs/runbooks/credentials.md). */
export class Credentials extends Construct {
  readonly byName: Readonly<Record<SecretName, { readonly arn: string; readonly name: string }>>;

  constructor(scope: Construct, id: string, { encryptionKey, prefix }: CredentialsProps) {
    super(scope, id);
    const secret = (name: SecretName, description: string, generateSecretString: NonNullable<SecretProps['generateSecretString']>) => {
      const secretName = `${prefix}/${name}`;
      const { secretArn } = new Secret(this, name, {
        secretName,
        description,
        encryptionKey,
        generateSecretString,
        removalPolicy: RemovalPolicy.RETAIN,
      });
      return { arn: secretArn, name: secretName };
    };
    this.byName = {
      'matching-key': secret('matching-key', 'Key of the digests by which patient records are matched', {
        passwordLength: 64,
        excludePunctuation: true,
      }),
      'cdc-credentials': secret('cdc-credentials', 'What the nightly upload to CDC signs in with', {
        secretStringTemplate: JSON.stringify({ clientId: 'replace-me' }),
        generateStringKey: 'clientSecret',
        passwordLength: 32,
      }),
    };
  }
}
