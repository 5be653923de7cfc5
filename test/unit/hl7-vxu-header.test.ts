import { describe, expect, it } from '@jest/globals';
import { HL7_LIMITS } from '../../shared/hl7/index.ts';
import { readVxu } from '../../functions/doses/domain/vxu/read.ts';
import { faultLines, report, vxu, vxuContext } from '../support/vxu.ts';
import type { Changes } from '../support/vxu.ts';

it('the clean message has no fault and is taken (negative control of every table below)', () => {
  const clean = report();
  expect(clean.faults).toEqual([]);
  expect(clean).toMatchObject({
    answer: 'AA', accepted: true, controlId: 'CTRL-1', processingId: 'P', sentAt: '2021-04-01T16:00:00.000Z', ordersSent: 1,
    sender: { responsible: 'CLINIC-1', responsibleFrom: 'MSH-22', application: { name: 'EHR' }, facility: { name: 'CLINIC-1' } },
  });
});

describe('the header check refuses or rejects before anything is stored (HL7-13 to HL7-18)', () => {
  it.each<[string, Changes, 'AR' | 'AE', string]>([
    ['an unknown type', { 'MSH-9': 'VXQ^V01' }, 'AR', 'E HL7-13 MSH^1^9^1^1 200'],
    ['VXUX', { 'MSH-9': 'VXUX^V04^VXU_V04' }, 'AR', 'E HL7-13 MSH^1^9^1^1 200'],
    ['two types', { 'MSH-9': 'VXU~ADT' }, 'AR', 'E HL7-13 MSH^1^9^1^1 200'],
    ['a type with sub-components', { 'MSH-9': 'VXU&HI' }, 'AR', 'E HL7-13 MSH^1^9^1^1 200'],
    ['no type', { 'MSH-9': '' }, 'AR', 'E HL7-13 MSH^1^9^1^1 200'],
    ['an acknowledgement', { 'MSH-9': 'ACK^V04^ACK' }, 'AR', 'E HL7-13 MSH^1^9^1^1 200'],
    ['a type named like a property of every object', { 'MSH-9': 'constructor' }, 'AR', 'E HL7-13 MSH^1^9^1^1 200'],
    ['another event', { 'MSH-9': 'VXU^V01' }, 'AR', 'E HL7-13 MSH^1^9^1^2 201'],
    ['version 2.4', { 'MSH-12': '2.4' }, 'AR', 'E HL7-14 MSH^1^12^1^1 203'],
    ['processing id X', { 'MSH-11': 'X' }, 'AR', 'E HL7-15 MSH^1^11^1^1 202'],
    ['a query, which another door answers', { 'MSH-9': 'QBP^Q11^QBP_Q11', 'MSH-21': 'Z34^CDCPHINVS' }, 'AR', 'E HL7-16 MSH^1^9 207'],
    ['no control id', { 'MSH-10': '' }, 'AE', 'E HL7-17 MSH^1^10 101'],
    ['a null control id (HL7-75)', { 'MSH-10': '""' }, 'AE', 'E HL7-17 MSH^1^10 101'],
    ['a null version (HL7-75)', { 'MSH-12': '""' }, 'AE', 'E HL7-17 MSH^1^12 101'],
    ['no processing id', { 'MSH-11': '' }, 'AE', 'E HL7-17 MSH^1^11 101'],
    ['no version', { 'MSH-12': '' }, 'AE', 'E HL7-17 MSH^1^12 101'],
  ])('%s', (_, set, answer, line) => {
    const found = report({ set });
    expect(faultLines(found)).toEqual([line]);
    expect(found).toMatchObject({ answer, accepted: false, orders: [] });
    expect(found.patient).toBeUndefined();
  });

  it('no MSH at all (HL7-18)', () => {
    const found = readVxu('PID|1\r', vxuContext);
    expect(faultLines(found)).toEqual(['E HL7-18 ^ 100']);
    expect(found).toMatchObject({ answer: 'AE', accepted: false, controlId: '' });
  });
  it('a message beyond the limits (HL7-12)', () => {
    const found = readVxu(`${vxu()}NTE|1||${'x'.repeat(HL7_LIMITS.messageBytes)}`, vxuContext);
    expect(faultLines(found)).toEqual(['E HL7-12 ^ 999']);
    expect(found).toMatchObject({ answer: 'AE', accepted: false, controlId: 'CTRL-1' });
  });
  it('two messages in one (HL7-86)', () => {
    expect(readVxu(vxu() + vxu(), vxuContext)).toMatchObject({ answer: 'AE', accepted: false });
  });
  it.each(['constructor', 'toString', '__proto__', 'valueOf'])('a segment called %s, as every object has one, costs nothing (HL7-09)', (name) => {
    expect(report({ append: [`${name}|1|x`] })).toMatchObject({ answer: 'AA', accepted: true });
  });
  it('another list of versions may be set (HL7-14)', () => {
    expect(report({ set: { 'MSH-12': '2.4^x' } }, { versions: ['2.5.1', '2.4'] }).answer).toBe('AA');
  });
});

describe('faults of the header that most senders have cost nothing (HL7-04, HL7-13, HL7-17, HL7-19, HL7-79)', () => {
  it.each<[string, Changes, 'AA' | 'AE', string[]]>([
    ['VXU^V04 alone', { 'MSH-9': 'VXU^V04' }, 'AE', ['W HL7-13 MSH^1^9 101']],
    ['VXU alone', { 'MSH-9': 'VXU' }, 'AE', ['W HL7-13 MSH^1^9 101']],
    ['VXU with a blank', { 'MSH-9': 'VXU ' }, 'AE', ['W HL7-13 MSH^1^9 101']],
    ['MSH-15, 16, 21 missing', { 'MSH-15': '', 'MSH-16': '', 'MSH-21': '' }, 'AA', ['I HL7-19 MSH^1^15 101', 'I HL7-19 MSH^1^16 101', 'I HL7-19 MSH^1^21 101']],
    ['MSH-15 and 16 swapped', { 'MSH-15': 'AL', 'MSH-16': 'ER' }, 'AA', ['I HL7-19 MSH^1^15 103', 'I HL7-19 MSH^1^16 103']],
    ['another profile (HL7-40)', { 'MSH-21': 'Z99^CDCPHINVS' }, 'AA', ['I HL7-19 MSH^1^21 103']],
    ['a day without a time of the day', { 'MSH-7': '20210401' }, 'AA', ['I HL7-79 MSH^1^7 102']],
    ['a month alone', { 'MSH-7': '202104' }, 'AE', ['W HL7-17 MSH^1^7 102']],
    ['no time of the message', { 'MSH-7': '' }, 'AE', ['W HL7-17 MSH^1^7 101']],
    ['an impossible time', { 'MSH-7': '20210230120000-0400' }, 'AE', ['W HL7-17 MSH^1^7 102']],
    ['a time without zone', { 'MSH-7': '20210401120000' }, 'AA', ['I HL7-79 MSH^1^7 102']],
    ['odd separators', { 'MSH-2': '^~\\\\&' }, 'AE', ['W HL7-04 MSH^1^2 102']],
    ['processing id with a mode', { 'MSH-11': 'T^' }, 'AA', []],
    ['nobody responsible', { 'MSH-4': '', 'MSH-22': '' }, 'AE', ['W HL7-99 MSH^1^22 101']],
  ])('%s', (_, set, answer, lines) => {
    const found = report({ set });
    expect(faultLines(found)).toEqual(lines);
    expect(found).toMatchObject({ answer, accepted: true });
  });

  it.each([
    ['20210401120000', '2021-04-01T16:00:00.000Z'], ['202104011200-500', '2021-04-01T17:00:00.000Z'], ['20210401120000.1234-05 00', '2021-04-01T17:00:00.000Z'],
    ['20210115120000', '2021-01-15T17:00:00.000Z'], ['20210401', vxuContext.receivedAt], ['yesterday', vxuContext.receivedAt],
  ])('MSH-7 %s is the instant %s (HL7-79)', (sent, instant) => { expect(report({ set: { 'MSH-7': sent } }).sentAt).toBe(instant); });

  it.each<[Changes, string, string]>([
    [{ 'MSH-22': 'Org^^^^^A&1.2&ISO^XX^^^ORG-9' }, 'ORG-9', 'MSH-22'], [{ 'MSH-22': '' }, 'CLINIC-1', 'MSH-4'],
    [{ 'MSH-22': '', 'MSH-4': '^1.2.3^ISO' }, '1.2.3', 'MSH-4'], [{ 'MSH-22': '', 'MSH-4': '' }, 'client-7', 'authenticated'],
  ])('who answers for %j (HL7-99)', (set, responsible, responsibleFrom) => {
    expect(report({ set }, { authenticatedSender: 'client-7' }).sender).toMatchObject({ responsible, responsibleFrom });
  });
});
