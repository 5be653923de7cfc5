import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import { localDay, mondayOf } from '../../../shared/kernel/dates.ts';
import type { InterfaceStanding } from '../../../shared/published/interface.ts';
import type { MemberItem } from '../../../shared/published/member.ts';
import { addTallies, qualityReport, type QualityReport } from '../domain/quality/quality-report.ts';
import type { QualityStore, TallyMode } from './store-quality.ts';

export interface ReadQualityDeps {
  readonly quality: QualityStore;
  readonly interfaceStanding: (interfaceId: string) => Promise<InterfaceStanding | undefined>;
  readonly jurisdiction: Pick<Jurisdiction, 'timeZone'>;
}

/** Who asks: a tenant with its membership, or the jurisdiction (no membership). */
export interface Asker {
  readonly subject: string;
  readonly member: MemberItem | undefined;
  readonly isTenant: boolean;
}

export interface SenderQuality {
  readonly senderId: string;
  readonly mode: TallyMode;
  readonly weeks: readonly (QualityReport & { readonly week: string })[];
  readonly total: QualityReport;
}

export type ReadQualityOutcome = { readonly kind: 'found'; readonly quality: SenderQuality } | { readonly kind: 'not-found' };

export interface WeekQuery {
  /** A day of the last week. */
  readonly day?: string | undefined;
  readonly weeks: number;
  readonly mode: TallyMode;
}

/** The measures of one sender, week by week. A tenant sees its own interface, its own hand-typed reports, and the interfaces of its organizations. */
export const makeReadQuality = ({ quality, interfaceStanding, jurisdiction }: ReadQualityDeps) => {
  const isOwn = async (senderId: string, { subject, member }: Asker): Promise<boolean> => {
    if (senderId === subject || (member?.interfaceId !== undefined && senderId === member.interfaceId)) return true;
    if (member === undefined || member.interfaceId !== undefined) return false;
    const standing = await interfaceStanding(senderId);
    return standing !== undefined && member.organizationIds.includes(standing.organizationId);
  };
  return async (senderId: string, asker: Asker, { day, weeks, mode }: WeekQuery, now: string): Promise<ReadQualityOutcome> => {
    if (asker.isTenant && !(await isOwn(senderId, asker))) return { kind: 'not-found' };
    const found = await quality.weeksOf(senderId, mode, day ?? localDay(now, jurisdiction.timeZone), weeks);
    // Whoever never sent anything and has no interface is nobody: what was asked for is not said back.
    const isKnown = asker.isTenant || found.some(({ tally }) => Object.keys(tally).length > 0) || (await interfaceStanding(senderId)) !== undefined;
    if (!isKnown) return { kind: 'not-found' };
    return {
      kind: 'found',
      quality: {
        senderId,
        mode,
        weeks: found.map(({ week, tally }) => ({ week, ...qualityReport(tally) })),
        total: qualityReport(addTallies(found.map(({ tally }) => tally))),
      },
    };
  };
};
export type ReadQuality = ReturnType<typeof makeReadQuality>;

export interface RankedSender {
  readonly senderId: string;
  readonly mode: TallyMode;
  readonly score?: number;
  readonly messages: number;
  readonly answers: QualityReport['answers'];
  /** Questions asked, beside the messages that report. */
  readonly queries: number;
  readonly dosesSent: number;
  readonly dosesLost: number;
  readonly mostFrequent: QualityReport['rules'];
}

const rulesShown = 3;

/** All senders of one week, the worst first: by score (who only asks has none and goes last), then by how many doses they lost. */
export const makeRankSenders =
  ({ quality, jurisdiction }: Pick<ReadQualityDeps, 'quality' | 'jurisdiction'>) =>
  async (day: string | undefined, now: string): Promise<{ week: string; items: RankedSender[] }> => {
    const of = day ?? localDay(now, jurisdiction.timeZone);
    const senders = await quality.sendersOf(of);
    const items = senders.map(({ senderId, mode, tally }): RankedSender => {
      const { score, messages, answers, queries, doses, rules } = qualityReport(tally);
      return {
        senderId,
        mode,
        ...(score !== undefined && { score }),
        messages,
        answers,
        queries: queries.asked,
        dosesSent: doses.sent,
        dosesLost: doses.sent - doses.taken,
        mostFrequent: rules.slice(0, rulesShown),
      };
    });
    items.sort((a, b) => (a.score ?? 100) - (b.score ?? 100) || b.dosesLost - a.dosesLost || (a.senderId < b.senderId ? -1 : 1));
    return { week: mondayOf(of), items };
  };
export type RankSenders = ReturnType<typeof makeRankSenders>;
