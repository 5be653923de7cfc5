import type { Fault } from '../../shared/hl7/index.ts';
import { wasLetIn } from '../../shared/published/organization.ts';
import type { RecordAuthority } from './domain/record-ids.ts';
import type { Sender } from './domain/sender.ts';
import { notSpokenFor } from './domain/store-remarks.ts';
import type { Sender as Named } from './domain/vxu/types.ts';
import type { StockStore } from './store-stock.ts';

export interface Responsible extends RecordAuthority {
  /** What the sender is told of it. */
  readonly faults: readonly Fault[];
}

/**
 * Who answers for the content of a message (HL7-99): the enrolled site that MSH-22, else MSH-4, names, by name, alias or PIN as RXA-11.4 does, when the
 * sender may speak for it. One it may not speak for stays with the sender's organization, and the sender is told. A name nobody enrolled tells the
 * patients of one sender apart, and is no other organization.
 */
export const makeFindResponsible =
  (store: Pick<StockStore, 'siteNamed'>) =>
  async ({ responsible, responsibleFrom }: Pick<Named, 'responsible' | 'responsibleFrom'>, sender: Sender): Promise<Responsible> => {
    const { organizationId } = sender;
    if (responsibleFrom !== 'MSH-22' && responsibleFrom !== 'MSH-4') return { organizationId, responsible: '', faults: [] };
    const site = await store.siteNamed(responsible);
    if (site === undefined || !wasLetIn(site.state)) return { organizationId, responsible, faults: [] };
    if (sender.owns(site)) return { organizationId: site.organizationId, responsible: site.name, responsibleSite: site.siteId, faults: [] };
    return { organizationId, responsible, faults: [notSpokenFor(responsibleFrom === 'MSH-22' ? 22 : 4)] };
  };
export type FindResponsible = ReturnType<typeof makeFindResponsible>;
