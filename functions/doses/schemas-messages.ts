import { z } from 'zod';
import { pageOf } from '../../shared/contracts/common.ts';
import { disclosureItem, queryItem } from './domain/query/audit.ts';
import { refusedSignInsItem, usedCredentialItem } from './domain/soap/sign-ins.ts';

const stored = { pk: true, sk: true, type: true, schema: true, expiresAt: true } as const;
export const query = queryItem.omit(stored).meta({ id: 'Query' });
export const queryPage = pageOf(query);
export const disclosure = disclosureItem.omit(stored).meta({ id: 'Disclosure' });
export const disclosurePage = pageOf(disclosure);

/** When passwords were last used, and which addresses had to wait. */
export const signIns = pageOf(refusedSignInsItem.omit({ ...stored, interfaceId: true })).extend({
  used: z.array(usedCredentialItem.pick({ credentialId: true, lastUsedOn: true })),
}).meta({ id: 'SignIns' });

const edition = z.enum(['', '2011', '2014']).optional();
/** `?wsdl` or `?wsdl=2014`; `?xsd=2011` for the schema alone. */
export const wsdlQuery = z.object({ wsdl: edition, xsd: edition });
