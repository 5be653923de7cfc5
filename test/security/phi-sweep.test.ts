import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { doseColumns } from '../../functions/doses/domain/csv/columns.ts';
import { lambdas } from '../../infra/functions.ts';
import { allRoutes } from '../../infra/routes.ts';
import { paramsOf } from '../support/callers.ts';
import { canary, canaryText } from '../support/canaries.ts';
import { fhirDose, fhirPatient, post, transaction } from '../support/fhir.ts';
import { near } from '../support/house.ts';
import { bodyFor, queryFor } from '../support/request-samples.ts';
import { leaksInBuckets, leaksInQueues, leaksInTables } from '../support/sinks.ts';
import { callersOf, machine, misplaced, nobody, nurse, objects, openSweep, routeNamed, stranger } from '../support/sweep.ts';
import { asFrame, hl7Message, jsonDoses, told } from '../support/sweep-input.ts';

const { family, given, birthDate, street, phone } = canary;
const born = birthDate.replaceAll('-', '');
const sweep = openSweep('sweep');

/** A JSON document with one leaf at a time replaced. */
const withEachLeaf = (value: unknown, leaf: unknown): unknown[] => {
  if (Array.isArray(value)) return [leaf, ...withEachLeaf(value[0], leaf).map((part) => [part, ...(value.slice(1) as unknown[])])];
  if (value === null || typeof value !== 'object') return [leaf];
  return Object.entries(value).flatMap(([name, part]) => withEachLeaf(part, leaf).map((changed) => ({ ...value, [name]: changed })));
};

describe('A patient who was told in the wrong place', () => {
  const jsonRoutes = allRoutes.filter(({ body }) => body !== undefined);

  it.each(jsonRoutes.map((route) => [route.id, route] as const))('is in no log line and no error of %s: right, wrong and broken JSON', async (_id, route) => {
    const right = bodyFor(route, canaryText);
    const text = JSON.stringify(right);
    const bodies: [string, unknown][] = [
      ['every text a canary', right],
      ...withEachLeaf(right, `${family} ${born}`).map((body): [string, unknown] => ['a wrong leaf', body]),
      ...withEachLeaf(right, { [family]: { [birthDate]: phone } }).map((body): [string, unknown] => ['names as keys', body]),
      ['more than asked for', { ...(right as object), [family]: told, patient: { name: told } }],
      ['a list', [told]], ['a text', JSON.stringify(told)], ['cut off', text.slice(0, -2)], ['text before it', `${told}${text}`], ['text after it', `${text}${told}`],
      ['no JSON', told], ['something like a stack', asFrame], ['quotes that do not close', `{"name":"${family}`], ['a single quote', `{'${family}': '${born}'}`], ['nothing', ''],
    ];
    for (const caller of callersOf(route)) for (const [what, body] of bodies) await sweep.send(what, route, caller, { body });
    for (const caller of [stranger, nobody]) await sweep.send('by somebody who may not', route, caller, { body: right });
    expect(sweep.found()).toEqual([]);
  });

  it.each(allRoutes.map((route) => [route.id, route] as const))('is in no log line and no error of %s: path, query, headers', async (_id, route) => {
    const names = Object.fromEntries(Object.keys(paramsOf(route, {})).map((param) => [param, `${family} ${born}`]));
    for (const caller of [...callersOf(route), stranger, nobody]) {
      await sweep.send('path', route, caller, { params: names, body: bodyFor(route, () => 'x') });
      await sweep.send('query', route, caller, { query: { ...Object.fromEntries(Object.keys(queryFor(route, () => 'x')).map((name) => [name, told])), cursor: told, [family]: told }, body: bodyFor(route, () => 'x') });
      await sweep.send('headers', route, caller, { headers: { 'Idempotency-Key': `${family}-${born}`, 'If-Match': `"${told}"`, 'X-Patient': told, 'Content-Type': told, 'User-Agent': told }, body: bodyFor(route, canaryText) });
    }
    await sweep.send('a route that does not exist', route, nurse, {}, (event) => ({ ...event, resource: '/{proxy+}', path: `/patients/${family} ${born}` }));
    expect(sweep.found()).toEqual([]);
  });

  it('is in no log line, acknowledgement or key when any field of a message holds her', async () => {
    const hl7 = routeNamed('reportHl7');
    const lines = hl7Message('field').split('\r').filter((line) => line !== '');
    for (const [at, line] of lines.entries()) {
      const fields = line.split('|');
      for (let field = at === 0 ? 2 : 1; field < fields.length + 2; field += 1) {
        const changed = [...fields];
        while (changed.length <= field) changed.push('');
        changed[field] = field % 2 === 0 ? `${family}^${given}^${born}` : `${family} ${born}`;
        await sweep.send(`${line.slice(0, 3)}-${at === 0 ? field + 1 : field}`, hl7, machine, { body: [...lines.slice(0, at), changed.join('|'), ...lines.slice(at + 1), ''].join('\r') });
      }
    }
    expect(sweep.found()).toEqual([]);
  });

  it('is in no log line or acknowledgement when the message is broken', async () => {
    const hl7 = routeNamed('reportHl7');
    const right = hl7Message('broken');
    const broken = [
      told, '', asFrame, right.slice(3), right.slice(0, 40), right.slice(0, right.indexOf(born)), right.replaceAll('\r', ' '), right.replace('|^~\\&|', `|${family.slice(0, 4)}|`), right.replace('VXU^V04', family),
      right.replace('2.5.1', birthDate), `\u000b${right}\u001c\r`, `${right}${right}`, `${right}ZZZ|${told}\r`, `${right}${told}\r`, right.replace('PID|', `${family}|`), JSON.stringify(jsonDoses()), `<Envelope>${told}</Envelope>`,
      Buffer.from(right, 'utf16le').toString('latin1'), right.replace(family, `\\X${Buffer.from(family).toString('hex')}\\`), right.replace(family, `${family}\\Xzz\\`), 'MSH|'.padEnd(5000, `${family}^`),
    ];
    for (const caller of [machine, nurse, stranger, nobody]) for (const [index, body] of broken.entries()) await sweep.send(`broken message ${index}`, hl7, caller, { body });
    await sweep.send('base64 that is none', hl7, machine, { body: told }, (event) => ({ ...event, isBase64Encoded: true }));
    expect(sweep.found()).toEqual([]);
  });

  const fhirRoutes = allRoutes.filter(({ accepts }) => accepts === 'application/fhir+json');
  it.each(fhirRoutes.map((route) => [route.id, route] as const))('is in no log line and no error of %s: every element, and what is no FHIR', async (_id, route) => {
    const patient = fhirPatient(given, { name: [{ use: 'official', family, given: [given] }], birthDate: '1961-05-09', identifier: [{ system: 'urn:oid:1.2.3', value: 'sweep' }] });
    const bodies = [told, '', asFrame, JSON.stringify(told), { resourceType: told }, { resourceType: 'Bundle', type: told, entry: [{ fullUrl: told, resource: { resourceType: told } }], [family]: told }];
    const resources = [...withEachLeaf(patient, told), ...withEachLeaf(fhirDose('sweep', '#p', { contained: [{ ...patient, id: 'p' }], [family]: told }), told)] as { resourceType?: unknown }[];
    const asSent = (resource: { resourceType?: unknown }): unknown =>
      (route.id === 'transactFhir' ? transaction([post(resource.resourceType === 'Patient' ? 'Patient' : 'Immunization', 'urn:uuid:1', resource)], { identifier: { system: told, value: told } }) : resource);
    const ofRoute = resources.filter(({ resourceType }) => route.id === 'transactFhir' || String(resourceType) === route.id.slice('createFhir'.length));
    for (const [index, body] of [...bodies, ...ofRoute.map(asSent)].entries()) await sweep.send(`resource ${index}`, route, machine, { body });
    expect(sweep.found()).toEqual([]);
  });

  const fileRoutes = allRoutes.filter(({ accepts }) => accepts === 'text/csv');
  it.each(fileRoutes.map((route) => [route.id, route] as const))('is in no log line and no error of %s: cells, headers, quotes', async (_id, route) => {
    const header = headers[route.id];
    if (header === undefined) throw new Error(`Say what a file of ${route.id} looks like`);
    const cells = header.split(',');
    const files = [
      told, '', header, `${header}\n${cells.map(() => `"${family}, ${given}"`).join(',')}`, `${header}\n"${family}`, `${header}\n${family},"${born}"x"`, `${header},${family}\n${cells.map(() => birthDate).join(',')}`, `${family},${given}\n${born},1`,
      `${header}\n${told}`, `\ufeff${header}\r\n${cells.map((_cell, at) => (at % 2 === 0 ? phone : street)).join(',')}\r\n`, asFrame, JSON.stringify(jsonDoses()), 
      ...cells.filter((column) => !tradeKeys.has(column)).map((column) => `${header}\n${goodRow(route.id).map((cell, at) => (cells[at] === column ? family : cell)).join(',')}`),
    ];
    for (const caller of [...callersOf(route), stranger, nobody]) for (const [index, body] of files.entries()) await sweep.send(`file ${index}`, route, caller, { body });
    expect(sweep.found()).toEqual([]);
  });

  it('is in no log line and no answer of SOAP: signed in or not, in the wrong place, broken', async () => {
    const soap = routeNamed('submitSoap');
    const password = String((JSON.parse((await sweep.send('a password', routeNamed('issueSoapPassword'), nurse, { params: { interfaceId: near.interfaceId } })).text) as { password?: string }).password);
    const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\r', '&#xD;');
    const envelope = (parts: Record<string, string>, more = ''): string => `<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope">${more}<Body><submitSingleMessage xmlns="urn:cdc:iisb:2011">${
      Object.entries({ username: near.interfaceId, password, facilityID: '', hl7Message: hl7Message('soap'), ...parts }).map(([name, text]) => `<${name}>${escaped(text)}</${name}>`).join('')}</submitSingleMessage></Body></Envelope>`;
    const right = envelope({});
    const sent = [
      right, envelope({ hl7Message: hl7Message('soap', { lot: family }) }), envelope({ hl7Message: told }), envelope({ hl7Message: `${hl7Message('soap')}${hl7Message('soap2')}` }), envelope({ facilityID: told }), envelope({ username: family }), envelope({ username: told, password: told }), envelope({ password: family }),
      envelope({ [family]: told }), envelope({}, `<Header><MessageID xmlns="http://www.w3.org/2005/08/addressing">x</MessageID><x xmlns="urn:${family}" m:mustUnderstand="1" xmlns:m="http://www.w3.org/2003/05/soap-envelope">${escaped(told)}</x></Header>`),
      right.replace('</Body>', ''), right.replace('submitSingleMessage xmlns', `${family} xmlns`), `<!DOCTYPE x [<!ENTITY a "${family}">]>${right}`, right.replace('<hl7Message>', `<hl7Message>&${family};`), right.replace('<Body>', `<Body ${family}="${born}" ${family}="">`), told, asFrame, hl7Message('soap'), right.padEnd(1_600_000, ` ${family}`),
    ];
    const statuses = new Set<number>();
    for (const [index, body] of sent.entries()) {
      const { text, status } = await sweep.send(`envelope ${index}`, soap, nobody, { body });
      sweep.leaked(`the answer to envelope ${index}`, text.replace(/MSH\|[^]*?&#xD;MSA\|[^]*?&#xD;/, ''));
      statuses.add(status);
    }
    expect([...statuses].sort()).toEqual([200, 400, 500]);
    expect(sweep.found()).toEqual([]);
  });

  it.each(lambdas.filter(({ trigger }) => trigger.kind !== 'api').map(({ name, trigger }) => [name, trigger.kind] as const))('is in no log line of %s (%s) when what it is handed is wrong', async (name, kind) => {
    const values: unknown[] = [told, asFrame, { [family]: told }, [told], null, { type: 'record', name: told }, { type: family, pk: told, sk: told }, { type: 'dose', lot: told, siteId: { name: told } }, { type: 'person', recordIds: told, personId: told }];
    const types = ['record', 'person', 'dose', 'dose-version', 'order', 'shipment-line', 'site'];
    if (kind === 'queue') for (const body of [...values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))), JSON.stringify({ Records: [{ s3: { object: { key: `uploads/${family}/${born}` } } }] }), JSON.stringify({ Records: [{ s3: { object: { key: `%${family}` } } }] }), JSON.stringify({ goOnWith: told }), JSON.stringify({ table: family, day: birthDate, requestedAt: told })])
      await sweep.work(name, { Records: [{ messageId: 'm1', body, attributes: { SentTimestamp: '1615215600000' } }] });
    if (kind === 'queue') await sweep.work(name, { Records: [{ messageId: 'm1', body: '{}', attributes: { SentTimestamp: told } }] });
    if (kind === 'stream') {
      const images = [...values.filter((value) => typeof value === 'object' && value !== null && !Array.isArray(value)) as object[], ...types.map((type) => ({ pk: `RECORD#${family}`, sk: told, type, schema: 1, version: 1, names: told, supply: 'jurisdiction', siteId: near.siteId, awardId: told }))];
      for (const image of images) for (const side of ['NewImage', 'OldImage'])
        await sweep.work(name, { Records: [{ eventID: 'e1', eventName: 'MODIFY', dynamodb: { ApproximateCreationDateTime: 1615215600, SequenceNumber: '1', [side]: marshall(image, { removeUndefinedValues: true }) } }] });
      await sweep.work(name, { Records: [{ eventID: 'e1', dynamodb: { NewImage: { pk: { X: told } } } }] });
    }
    if (kind === 'schedule') for (const event of [...values, { scheduledTime: told }, { scheduledTime: '2021-03-10T08:00:00.000Z', day: told }]) await sweep.work(name, event);
    expect(sweep.found()).toEqual([]);
  });

  it('is in no key, queue or object after all that, and in no attribute but where she was put', async () => {
    expect(sweep.asked).toBeGreaterThan(2000);
    expect([...await leaksInTables(sweep.house, misplaced), ...await leaksInBuckets(sweep.house, objects)]).toEqual([]);
    expect((await leaksInQueues(sweep.house)).leaks).toEqual([]);
  });
});

const headers: Readonly<Record<string, string>> = {
  takeOrderResponses: 'ORDER_REFERENCE,STATUS,ORDER_NUMBER,ORDER_LINE_NUMBER,REASON',
  reportDoseFile: doseColumns.map(({ name }) => name).join(','),
  importShipments: 'PROVIDER_NAME,CITY_SHP,STATE_SHP,ZIPCODE_SHP,AWARDEE,NDC,LOT_NUMBER,LOT_EXPIRATION_DATE,ORDER_SHIPPED_DATE,DOSES_SHIPPED,ORDER_NUMBER,ORDER_LINE_NUMBER',
};
/** Columns whose words are keys of the trade, and of our items: a name that somebody types there becomes one. */
const tradeKeys = new Set(['AWARDEE', 'LOT_NUMBER', 'ORDER_NUMBER']);

/** A row that is taken. */
const goodRow = (id: string): string[] =>
  id === 'reportDoseFile' ? doseColumns.map(({ example }) => example) : (id === 'importShipments'
    ? 'ELM CLINIC,HARTFORD,CT,06106,Connecticut,59676-0580-15,042A21A,2021-06-25,2021-03-31,100.000,0508970444,000010'
    : `ord_${'a'.repeat(26)}-1,ACCEPTED,5089,000010,none`).split(',');
