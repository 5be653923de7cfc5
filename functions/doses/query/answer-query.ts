import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import { vaccineCodes } from '../../../shared/codes/vaccines.ts';
import { answerFor, type AnswerCode, type Fault, type Message } from '../../../shared/hl7/index.ts';
import { localDay } from '../../../shared/kernel/dates.ts';
import { keyedDigest } from '../../../shared/kernel/ids.ts';
import type { RecordItem } from '../../../shared/published/person.ts';
import { controlIdOf, type AnswerMessage } from '../answer-message.ts';
import { visibleRecords } from '../domain/persons/hidden.ts';
import { decideAnswer, wouldFit, type Candidate, type Named } from '../domain/query/decide-answer.ts';
import type { QueryReading } from '../domain/query/query-types.ts';
import { measureQuery } from '../domain/quality/measure-message.ts';
import { readQuery } from '../domain/query/read-query.ts';
import { isHistory, type ShownDose } from '../domain/query/write-history.ts';
import type { ShownPerson } from '../domain/query/write-person.ts';
import { buildResponse, responseProfile, type QueryResult } from '../domain/query/write-response.ts';
import { closedInterface, testMessage } from '../domain/store-remarks.ts';
import type { Sender } from '../domain/sender.ts';
import type { MatchPolicy } from '../domain/match/weights.ts';
import type { MatchingKey } from '../domain/match-keys.ts';
import type { Hl7Answer } from '../report-hl7.ts';
import type { QualityStore } from '../quality/store-quality.ts';
import type { DoseStore } from '../store-doses.ts';
import type { AskedQuery, QueryStore } from '../store-queries.ts';
import type { StockStore } from '../store-stock.ts';
import type { FindCandidates } from './find-candidates.ts';

export interface AnswerQueryDeps {
  readonly findCandidates: FindCandidates;
  readonly doses: Pick<DoseStore, 'heads'>;
  readonly sites: Pick<StockStore, 'site'>;
  readonly queries: Pick<QueryStore, 'note'>;
  readonly quality: Pick<QualityStore, 'countOnce'>;
  readonly answerMessage: AnswerMessage;
  readonly jurisdiction: Pick<Jurisdiction, 'code' | 'timeZone'>;
  readonly matchingKey: MatchingKey;
  readonly policy: MatchPolicy;
}

/** HL7-99: an interface that only reports has no business in the records of patients. */
const reportsOnly: Fault = {
  rule: 'HL7-99',
  code: '999',
  severity: 'E',
  text: 'This interface was registered for reports, not for queries - message rejected',
};

type Found = { readonly result: QueryResult; readonly persons: AskedQuery['persons'] };
const outcomes = { history: 'OK', list: 'OK', 'too-many': 'TM', nobody: 'NF', faulty: 'AE' } as const;

/**
 * Answers one QBP^Q11 (HL7-87 to HL7-98): one certain person's history, a short list, or nobody. Every query is noted before its answer goes
 * out, with whom it told of; what was asked is not kept. The same query again is answered anew and noted again.
 */
export const makeAnswerQuery = ({
  findCandidates,
  doses,
  sites,
  queries,
  quality,
  answerMessage,
  jurisdiction,
  matchingKey,
  policy,
}: AnswerQueryDeps) => {
  const { code, timeZone } = jurisdiction;

  const shownPerson = ({ personId, shown, records }: Named, { organizationId }: Sender): ShownPerson => ({
    personId,
    record: shown,
    ownIds: (records.find((record) => record.organizationId === organizationId)?.ids ?? []).filter(
      ({ authority, type }) => type !== 'SR' || authority !== code,
    ),
  });

  const historyOf = async (records: readonly RecordItem[]): Promise<ShownDose[]> => {
    const heads = (await Promise.all(records.map(({ recordId }) => doses.heads(recordId)))).flat().filter(isHistory);
    const siteIds = [...new Set(heads.flatMap(({ siteId }) => siteId ?? []))];
    const names = new Map(await Promise.all(siteIds.map(async (siteId) => [siteId, (await sites.site(siteId))?.name] as const)));
    return heads.map((dose) => ({ dose, facility: dose.siteId === undefined ? dose.facility : names.get(dose.siteId) }));
  };

  const search = async ({ wanted, profile, most }: QueryReading, sender: Sender): Promise<Found> => {
    const { organizationId } = sender;
    const found = await findCandidates(wanted);
    const candidates: Candidate[] = [];
    const withheld: AskedQuery['persons'] = [];
    for (const { person, records, byOurNumber } of found) {
      const visible = visibleRecords(person, records, { organizationId });
      const { personId } = person;
      if (visible.length > 0) candidates.push({ personId, records: visible, byOurNumber });
      else if (wouldFit(wanted, { personId, records, byOurNumber }, organizationId, policy)) withheld.push({ personId, kind: 'withheld' });
    }
    const decision = decideAnswer(profile, wanted, candidates, most, organizationId, policy);
    switch (decision.kind) {
      case 'history': {
        const { person } = decision;
        return {
          result: { kind: 'history', person: shownPerson(person, sender), doses: await historyOf(person.records) },
          persons: [{ personId: person.personId, kind: 'history' }, ...withheld],
        };
      }
      case 'list':
        return {
          result: { kind: 'list', persons: decision.persons.map((person) => shownPerson(person, sender)) },
          persons: [...decision.persons.map(({ personId }) => ({ personId, kind: 'listed' as const })), ...withheld],
        };
      default:
        return { result: decision, persons: withheld };
    }
  };

  return async (request: Message, text: string, sender: Sender | undefined, receivedAt: string): Promise<Hl7Answer> => {
    const messageId = `msg_${keyedDigest(matchingKey, 'query', sender?.senderId ?? '-', text, receivedAt)}`;
    const acknowledged = (faults: readonly Fault[], answer = answerFor(faults)): Hl7Answer => ({
      ack: answerMessage(request, { messageId, answer, faults, receivedAt }),
      answer,
      messageId,
      isRetry: false,
    });
    if (sender === undefined || sender.mode === 'closed') return acknowledged([closedInterface(sender)]);
    if (!sender.mayQuery) return acknowledged([reportsOnly]);
    const reading = readQuery(request, { codes: vaccineCodes, receivedAt, timeZone, authenticatedSender: sender.subject });
    const { outcome, profile, processingId } = reading;
    const isTrial = sender.mode !== 'live' || (processingId !== undefined && processingId !== 'P');
    const { senderId } = sender;
    const receivedOn = localDay(receivedAt, timeZone);
    const count = (answer: AnswerCode, found?: 'OK' | 'NF' | 'TM'): Promise<void> =>
      quality.countOnce(
        { messageId, senderId, mode: isTrial ? 'trial' : 'live', receivedOn, tally: measureQuery(answer, found, reading.faults) },
        'query',
      );
    if (outcome === 'rejected' || outcome === 'refused') {
      await count(reading.answer);
      return acknowledged(reading.faults, reading.answer);
    }
    const { result, persons }: Found =
      outcome === 'faulty'
        ? { result: { kind: 'faulty' }, persons: [] }
        : isTrial
          ? { result: { kind: 'nobody' }, persons: [] }
          : await search(reading, sender);
    const told = outcomes[result.kind];
    await count(told === 'AE' ? 'AE' : 'AA', told === 'AE' ? undefined : told);
    await queries.note({
      queryId: messageId,
      askedAt: receivedAt,
      subject: sender.subject,
      senderId: sender.senderId,
      organizationId: sender.organizationId,
      profile,
      answer: responseProfile(reading, result.kind),
      outcome: told,
      persons,
    });
    const ack = buildResponse({
      request,
      reading: isTrial ? { ...reading, faults: [...reading.faults, testMessage] } : reading,
      result,
      now: receivedAt,
      timeZone,
      today: localDay(receivedAt, timeZone),
      controlId: controlIdOf(messageId),
      registry: { application: 'DOSELINE', facility: code },
    });
    return { ack, answer: result.kind === 'faulty' ? 'AE' : 'AA', messageId, isRetry: false };
  };
};
export type AnswerQuery = ReturnType<typeof makeAnswerQuery>;
