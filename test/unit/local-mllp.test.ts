import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FrameReader, framed, maxFrameBytes, startMllp } from '../../local/mllp.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const textsOf = (pieces: readonly Buffer[]): string[] => {
  const reader = new FrameReader();
  return pieces.flatMap((piece) => reader.push(piece)).map((message) => message.toString('latin1'));
};

describe('Frames', () => {
  it.each<[string, Buffer[], string[]]>([
    ['one message', [bytes('\x0bMSH|1\r\x1c\r')], ['MSH|1\r']],
    ['several in one piece', [bytes('\x0bA\x1c\r\x0bB\x1c\r\x0bC\x1c\r')], ['A', 'B', 'C']],
    ['one byte at a time', [...bytes('\x0bAB\rC\x1c\r\x0bD\x1c\r')].map((byte) => Buffer.from([byte])), ['AB\rC', 'D']],
    ['garbage before, between and after', [bytes('noise\r\n\x0bA\x1c\r???\x1c\r\x0bB\x1c\rrest')], ['A', 'B']],
    ['no CR after the end', [bytes('\x0bA\x1c\x0bB\x1c')], ['A', 'B']],
    ['a message that starts anew', [bytes('\x0bhalf\x0bwhole\x1c\r')], ['whole']],
    ['an empty one', [bytes('\x0b\x1c\r')], ['']],
    ['one without an end', [bytes('\x0bwaiting')], []],
  ])('%s', (_what, pieces, expected) => {
    expect(textsOf(pieces)).toEqual(expected);
  });

  it('a message that is too long is kept only as far as shows it', () => {
    const reader = new FrameReader();
    reader.push(bytes('\x0b'));
    for (let sent = 0; sent < 3 * maxFrameBytes; sent += 100_000) reader.push(Buffer.alloc(100_000, 'x'));
    expect(reader.push(bytes('\x1c\r')).map(({ length }) => length)).toEqual([maxFrameBytes]);
    expect(reader.push(bytes('\x0bnext\x1c\r')).map(String)).toEqual(['next']);
  });
});

describe('The listener', () => {
  let api: Server;
  let asked: { authorization: string | undefined; body: string }[] = [];
  let mllp: Awaited<ReturnType<typeof startMllp>>;
  const troubles: string[] = [];

  beforeAll(async () => {
    api = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => {
        const body = Buffer.concat(pieces).toString('utf8');
        asked.push({ authorization: request.headers.authorization, body });
        // The first is answered last, so that answers out of order would show.
        setTimeout(() => { response.writeHead(body.includes('forbidden') ? 403 : 200).end(`ACK of ${body}`); }, body === 'first' ? 80 : 1);
      });
    });
    await new Promise<void>((resolve) => { api.listen(0, '127.0.0.1', resolve); });
    mllp = await startMllp({ port: 0, apiUrl: `http://127.0.0.1:${(api.address() as AddressInfo).port}`, token: () => Promise.resolve('of sample-ehr'), onTrouble: (what) => troubles.push(what) });
  });
  afterAll(async () => {
    await mllp.stop();
    await new Promise((resolve) => { api.close(resolve); });
  });

  const speak = (write: (socket: Socket) => void, answers: number): Promise<string[]> => new Promise((resolve, reject) => {
    const reader = new FrameReader();
    const heard: string[] = [];
    const socket = connect(mllp.port, '127.0.0.1', () => { write(socket); });
    socket.on('data', (piece) => {
      heard.push(...reader.push(piece).map(String));
      if (heard.length >= answers) socket.end();
    });
    socket.on('close', () => { resolve(heard); });
    socket.on('error', reject);
  });

  it('hands each message to the API as its interface and sends the answers back in their order', async () => {
    asked = [];
    const heard = await speak((socket) => { socket.write(Buffer.concat([framed('first'), bytes('noise'), framed('second'), framed('träge')])); }, 3);
    expect(heard).toEqual(['ACK of first', 'ACK of second', 'ACK of träge']);
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer of sample-ehr', 'Bearer of sample-ehr', 'Bearer of sample-ehr']);
  });

  it('takes a message in pieces, and another on the same connection', async () => {
    const heard = await speak((socket) => {
      const whole = framed('slow');
      socket.write(whole.subarray(0, 3));
      setTimeout(() => { socket.write(whole.subarray(3)); }, 20);
      setTimeout(() => { socket.write(framed('after')); }, 60);
    }, 2);
    expect(heard).toEqual(['ACK of slow', 'ACK of after']);
  });

  it('closes the connection when there is no HL7 answer, so that the sender sends again', async () => {
    expect(await speak((socket) => { socket.write(framed('forbidden')); }, 1)).toEqual([]);
    expect(troubles).toEqual(['the API answered 403']);
  });

  it('says that its port is taken', async () => {
    await expect(startMllp({ port: mllp.port, apiUrl: 'http://127.0.0.1:1', token: () => Promise.resolve('') })).rejects.toThrow(/EADDRINUSE/);
  });
});
