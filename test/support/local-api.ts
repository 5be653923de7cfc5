import type { TestResources } from './local-assembly.ts';

const invocation = (id: string): object => ({
  'Fn::Join': [
    '',
    ['arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/', { 'Fn::GetAtt': [id, 'Arn'] }, '/invocations'],
  ],
});

export interface TestMethod {
  /** Logical id of the resource it hangs on. */
  on: string;
  method: string;
  target: string;
  scopes?: string[];
  required?: string;
}

/** A user pool with a portal client (scope `portal`), a machine client (scope `submit`) and two groups. */
export const testPool: TestResources = {
  Pool: { Type: 'AWS::Cognito::UserPool', Properties: {} },
  Server: {
    Type: 'AWS::Cognito::UserPoolResourceServer',
    Properties: {
      UserPoolId: { Ref: 'Pool' },
      Identifier: 'doseline',
      Scopes: [{ ScopeName: 'portal' }, { ScopeName: 'submit' }],
    },
  },
  Portal: {
    Type: 'AWS::Cognito::UserPoolClient',
    Properties: {
      UserPoolId: { Ref: 'Pool' },
      ClientName: 'portal',
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'doseline/portal'],
    },
  },
  Machine: {
    Type: 'AWS::Cognito::UserPoolClient',
    Properties: {
      UserPoolId: { Ref: 'Pool' },
      ClientName: 'ehr',
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: ['doseline/submit'],
    },
  },
  Short: {
    Type: 'AWS::Cognito::UserPoolClient',
    Properties: {
      UserPoolId: { Ref: 'Pool' },
      ClientName: 'short',
      AllowedOAuthScopes: ['doseline/portal'],
      AccessTokenValidity: 1,
      TokenValidityUnits: { AccessToken: 'seconds' },
    },
  },
  Staff: { Type: 'AWS::Cognito::UserPoolGroup', Properties: { UserPoolId: { Ref: 'Pool' }, GroupName: 'provider-staff' } },
  Auditor: { Type: 'AWS::Cognito::UserPoolGroup', Properties: { UserPoolId: { Ref: 'Pool' }, GroupName: 'auditor' } },
};

/**
 * A REST API over `testPool` with `/sites/{siteId}/doses`, `/plain` and whatever methods are wanted on Root, Plain, Sites, Site
 * and Doses.
 */
export const testApi = (methods: readonly TestMethod[], permitted: readonly string[]): TestResources => {
  const api = { RestApiId: { Ref: 'Api' } };
  const resource = (parent: unknown, PathPart: string) => ({
    Type: 'AWS::ApiGateway::Resource',
    Properties: { ...api, ParentId: parent, PathPart },
  });
  return {
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'test', BinaryMediaTypes: ['application/pdf'] } },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: {
        ...api,
        StageName: 'v1',
        AccessLogSetting: {
          Format:
            '{"id":"$context.requestId","status":"$context.status","route":"$context.resourcePath","sub":"$context.authorizer.claims.sub","waf":"$context.waf.status"}',
        },
      },
    },
    Authorizer: {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: { ...api, Type: 'COGNITO_USER_POOLS', ProviderARNs: [{ 'Fn::GetAtt': ['Pool', 'Arn'] }] },
    },
    Validator: { Type: 'AWS::ApiGateway::RequestValidator', Properties: { ...api, ValidateRequestParameters: true } },
    NotFound: {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: {
        ...api,
        ResponseType: 'MISSING_AUTHENTICATION_TOKEN',
        StatusCode: '404',
        ResponseParameters: { 'gatewayresponse.header.Content-Type': "'application/problem+json'" },
        ResponseTemplates: { 'application/json': '{"title":"none such","id":"$context.requestId"}' },
      },
    },
    Plain: resource({ 'Fn::GetAtt': ['Api', 'RootResourceId'] }, 'plain'),
    Sites: resource({ 'Fn::GetAtt': ['Api', 'RootResourceId'] }, 'sites'),
    Site: resource({ Ref: 'Sites' }, '{siteId}'),
    Doses: resource({ Ref: 'Site' }, 'doses'),
    ...Object.fromEntries(
      methods.map(({ on, method, target, scopes, required }) => [
        `${on}${method}`,
        {
          Type: 'AWS::ApiGateway::Method',
          Properties: {
            ...api,
            HttpMethod: method,
            ResourceId: on === 'Root' ? { 'Fn::GetAtt': ['Api', 'RootResourceId'] } : { Ref: on },
            Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: invocation(target) },
            ...(scopes === undefined
              ? { AuthorizationType: 'NONE' }
              : { AuthorizationType: 'COGNITO_USER_POOLS', AuthorizerId: { Ref: 'Authorizer' }, AuthorizationScopes: scopes }),
            ...(required === undefined
              ? {}
              : { RequestValidatorId: { Ref: 'Validator' }, RequestParameters: { [`method.request.header.${required}`]: true } }),
          },
        },
      ]),
    ),
    ...Object.fromEntries(
      permitted.map((id) => [
        `${id}Permission`,
        {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            Action: 'lambda:InvokeFunction',
            FunctionName: { 'Fn::GetAtt': [id, 'Arn'] },
            Principal: 'apigateway.amazonaws.com',
            SourceArn: { 'Fn::Join': ['', ['arn:aws:execute-api:us-east-1:000000000000:', { Ref: 'Api' }, '/*/*/*']] },
          },
        },
      ]),
    ),
  };
};
