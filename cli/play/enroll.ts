import type { ApiClient } from '../api-client.ts';

export interface SiteForm {
  name: string;
  address: { street?: string; city: string; county?: string; state: string; zip: string };
  providerType: number;
  pin: string;
  programmes?: readonly string[];
  population?: number;
  aliases?: readonly string[];
  supplyAccount?: 'jurisdiction' | 'federal';
  generated?: boolean;
}

const contact = { name: 'Vaccine Coordinator', phone: '860-555-0100', email: 'vaccine@provider.example' };
const officer = { ...contact, title: 'Officer', signedOn: '2021-01-04' };
const agreement = {
  phone: contact.phone,
  email: contact.email,
  chiefMedicalOfficer: officer,
  chiefExecutiveOfficer: officer,
  agreementVersion: '2020-11-15',
};

/** The moves that bring an organization or a site from draft to active, and who makes them. */
const reviewMoves = ['take-in-review', 'approve', 'activate'] as const;

const walk = async (provider: ApiClient, reviewer: ApiClient, path: string, version: number, pin?: string): Promise<void> => {
  let at = (await provider.send('POST', `${path}/submission`, { ifMatch: version })).version;
  for (const move of reviewMoves) {
    const body = {
      move,
      reason: 'the forms are complete and the licences were checked',
      ...(move === 'approve' && pin !== undefined ? { pin } : {}),
    };
    at = (await reviewer.post(`${path}/review`, body, { ifMatch: at })).version;
  }
};

/** An organization signs Section A and is approved. Returns its id. */
export const enrollOrganization = async (provider: ApiClient, reviewer: ApiClient, legalName: string, locations: number): Promise<string> => {
  const { body, version } = await provider.post('/organizations', { ...agreement, legalName, locations }, { key: `organization ${legalName}` });
  const organizationId = String(body['organizationId']);
  if (body['state'] === 'draft') await walk(provider, reviewer, `/organizations/${organizationId}`, version);
  return organizationId;
};

/** A site files Section B and is approved with its PIN. Returns its id. */
export const enrollSite = async (provider: ApiClient, reviewer: ApiClient, organizationId: string, form: SiteForm): Promise<string> => {
  const { pin, ...said } = form;
  const section = {
    programmes: ['covid-19'],
    coordinator: contact,
    backupCoordinator: contact,
    receivingHours: 'Monday to Friday, 9 to 16',
    storageUnits: [{ unitId: 'FRIDGE-1', kind: 'refrigerator', capacityDoses: 20_000 }],
    prescribers: [{ name: 'Standing Order', title: 'MD', licence: '000000' }],
    ...said,
  };
  const { body, version } = await provider.post(`/organizations/${organizationId}/sites`, section, {
    key: `site ${form.name} ${form.address.zip} ${form.pin}`,
  });
  const siteId = String(body['siteId']);
  if (body['state'] === 'draft') await walk(provider, reviewer, `/sites/${siteId}`, version, pin);
  return siteId;
};

/** An EHR interface of an organization, brought to production. */
export const onboardInterface = async (
  provider: ApiClient,
  reviewer: ApiClient,
  organizationId: string,
  clientId: string,
  siteIds: readonly string[],
): Promise<void> => {
  const form = { name: 'Electronic health record', clientId, siteIds, mode: 'bidirectional', vendor: 'Sample vendor' };
  const { body, version } = await provider.post(`/organizations/${organizationId}/interfaces`, form, { key: `interface ${clientId}` });
  let at = version;
  if (body['state'] !== 'registered') return;
  for (const move of ['start-testing', 'start-validation', 'go-live'])
    at = (await reviewer.post(`/interfaces/${String(body['interfaceId'])}/review`, { move, reason: 'its report card is clean' }, { ifMatch: at }))
      .version;
};
