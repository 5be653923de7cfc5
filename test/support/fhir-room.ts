import { expect } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { eventOf, type Call } from './api.ts';
import { openDoseRoom, type DoseRoom } from './dose-room.ts';
import { r4Faults } from './fhir.ts';

interface FhirIssue { severity: string; code: string; expression?: string[]; details: { text: string } }
interface FhirEntry { fullUrl?: string; resource?: Record<string, unknown>; response?: { status: string; location?: string; etag?: string; outcome?: object } }
export interface FhirAnswer {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown> & { issue?: FhirIssue[]; entry?: FhirEntry[]; link?: { relation: string; url: string }[]; total?: number };
}

export const idIn = (location: string | undefined): string => /\/([A-Za-z0-9.-]+)(?:\/_history\/\d+)?$/.exec(location ?? '')?.[1] ?? '';
export const expressions = ({ body }: FhirAnswer): string[] => (body.issue ?? []).flatMap(({ expression }) => expression ?? []);

export interface FhirRoom {
  readonly room: DoseRoom;
  ask(request: Call): Promise<FhirAnswer>;
  tellPatient(patient: object, more?: Partial<Call>): Promise<FhirAnswer>;
  tellDose(dose: object, more?: Partial<Call>): Promise<FhirAnswer>;
  tellBundle(bundle: object, more?: Partial<Call>): Promise<FhirAnswer>;
  readPatient(patientId: string, more?: Partial<Call>): Promise<FhirAnswer>;
  readDose(immunizationId: string, more?: Partial<Call>): Promise<FhirAnswer>;
  onHand(): Promise<number>;
  /** Everything that is kept of patients and doses, to see whether anything was written. */
  kept(): Promise<string>;
}

/** The doses API as an EHR of Elm that speaks FHIR meets it. Every answer is held against R4, whatever it says. */
export const openFhirRoom = async (name: string): Promise<FhirRoom> => {
  const room = await openDoseRoom(name);
  const ask = async (request: Call): Promise<FhirAnswer> => {
    const answer = await room.handler(eventOf({ subject: 'elm-ehr', role: 'ehr-system', ...request }), {} as Context);
    const headers = Object.fromEntries(Object.entries(answer.headers ?? {}).map(([header, value]) => [header, String(value)]));
    const body = JSON.parse(answer.body) as FhirAnswer['body'];
    expect(headers['content-type']).toContain('application/fhir+json');
    expect(r4Faults(body)).toEqual([]);
    return { status: answer.statusCode, headers, body };
  };
  const place = (item: Record<string, unknown>): string => `${String(item['pk'])} ${String(item['sk'])}`;
  return {
    room,
    ask,
    tellPatient: (body, more) => ask({ route: 'POST /fhir/Patient', body, ...more }),
    tellDose: (body, more) => ask({ route: 'POST /fhir/Immunization', body, ...more }),
    tellBundle: (body, more) => ask({ route: 'POST /fhir', body, ...more }),
    readPatient: (patientId, more) => ask({ route: 'GET /fhir/Patient/{patientId}', params: { patientId }, ...more }),
    readDose: (immunizationId, more) => ask({ route: 'GET /fhir/Immunization/{immunizationId}', params: { immunizationId }, ...more }),
    onHand: async () => (await room.account())?.buckets.onHand ?? 0,
    kept: async () => {
      const items = (await room.items()).filter(({ type }) => ['record', 'dose', 'dose-version', 'person'].includes(String(type)));
      return JSON.stringify(items.sort((one, other) => (place(one) < place(other) ? -1 : 1)));
    },
  };
};
