import type { z } from 'zod';
import type { Action } from './permissions.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What a body is, when it is not JSON. HL7 and files are read as text and never parsed by the gateway. */
export type MediaType =
  | 'application/json'
  | 'application/fhir+json'
  | 'x-application/hl7-v2+er7'
  | 'application/soap+xml'
  | 'application/x-www-form-urlencoded'
  | 'text/csv'
  | 'text/html'
  | 'text/plain'
  | 'text/xml';

/**
 * `public`: for anybody. `in-message`: the credentials travel in the body (SOAP), so the gateway cannot check them and the use case must; such a
 * route is throttled by itself.
 */
export type OpenAction = 'public' | 'in-message';

/** Whether a caller must show a token; narrows the action to a row of the permission table. */
export const needsToken = (action: Action | OpenAction): action is Action => action !== 'public' && action !== 'in-message';

export interface RouteResponse {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly mediaType?: MediaType;
}

/**
 * One route of a context, as data. The CDK app (resource, authorizer, scopes), the handler (validation), the permission matrix test
 * and the OpenAPI document all read this list, so none of them can drift from another.
 */
export interface Route {
  /** operationId, a verb and its object: `approveSite`. */
  readonly id: string;
  readonly method: Method;
  /** `/sites/{siteId}/orders`. A parameter named `siteId` or `organizationId` names the tenant: a caller outside it gets 404. */
  readonly path: `/${string}`;
  /** Row of the permission table, or how a caller without a token is let in. */
  readonly action: Action | OpenAction;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Fields that callers send here by mistake, and where what they hold is told: answered in so many words. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** The field of the body whose rows are taken one by one: a row that cannot be read does not cost the others. */
  readonly rows?: string;
  /** Default `application/json`. Any other body reaches the use case as text. */
  readonly accepts?: MediaType;
  /** True for a POST that creates: `Idempotency-Key` is then required, and the created id is derived from it. */
  readonly creates?: true;
  /** True for a change of a versioned thing: `If-Match` with the version read is then required. */
  readonly changes?: true;
  readonly responses: Readonly<Record<number, RouteResponse>>;
}
