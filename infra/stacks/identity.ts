import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StandardThreatProtectionMode,
  UserPool,
  UserPoolGroup,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { roles, type Role } from '../../shared/contracts/permissions.ts';
import type { Deployment } from '../config.ts';

/** Identifier of the resource server: tokens carry `doseline/portal` or `doseline/submit`. */
export const resourceServer = 'doseline';

/** Roles that no person has: an EHR signs in by itself and is known by its client and scope. */
const machineRoles: readonly Role[] = ['ehr-system'];

/** Groups of the user pool: the roles of people in the permission table. */
export const groups: readonly Role[] = roles.filter((role) => !machineRoles.includes(role));

const scopeTexts = { portal: 'A person, through the portal', submit: 'An EHR or another system, for its own sites' } as const;

/** Who may sign in: people by code flow with a second factor, systems by client credentials with the scopes of the configuration. */
export class Identity extends Construct {
  readonly userPool: UserPool;
  readonly clients: UserPoolClient[];

  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id);
    this.userPool = userPool(this, deployment.prefix);
    for (const groupName of groups) new UserPoolGroup(this, `Group-${groupName}`, { userPool: this.userPool, groupName });
    const serverScopes = {
      portal: new ResourceServerScope({ scopeName: 'portal', scopeDescription: scopeTexts.portal }),
      submit: new ResourceServerScope({ scopeName: 'submit', scopeDescription: scopeTexts.submit }),
    };
    const server = this.userPool.addResourceServer('ResourceServer', { identifier: resourceServer, scopes: Object.values(serverScopes) });
    const scopeOf = (name: keyof typeof serverScopes) => OAuthScope.resourceServer(server, serverScopes[name]);
    this.userPool.addDomain('Domain', { cognitoDomain: { domainPrefix: `${deployment.prefix}-${deployment.account}` } });
    const lifetimes = { accessTokenValidity: Duration.minutes(60), enableTokenRevocation: true, preventUserExistenceErrors: true };
    this.clients = [
      this.userPool.addClient('Portal', {
        userPoolClientName: 'portal',
        authFlows: { userSrp: true },
        oAuth: {
          flows: { authorizationCodeGrant: true },
          scopes: [OAuthScope.OPENID, scopeOf('portal')],
          callbackUrls: deployment.portalUrls.map((url) => `${url}/signed-in`),
          logoutUrls: [...deployment.portalUrls],
        },
        refreshTokenValidity: Duration.hours(12),
        ...lifetimes,
      }),
      ...deployment.machineClients.map((machine) =>
        this.userPool.addClient(`Machine-${machine.name}`, {
          userPoolClientName: machine.name,
          generateSecret: true,
          oAuth: { flows: { clientCredentials: true }, scopes: machine.scopes.map(scopeOf) },
          ...lifetimes,
        }),
      ),
    ];
  }
}

const userPool = (scope: Construct, userPoolName: string): UserPool =>
  new UserPool(scope, 'UserPool', {
    userPoolName,
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    passwordPolicy: {
      minLength: 12,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
      tempPasswordValidity: Duration.days(3),
    },
    mfa: Mfa.REQUIRED,
    mfaSecondFactor: { otp: true, sms: false },
    featurePlan: FeaturePlan.PLUS,
    standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
