import { createServer, type Server, type Socket } from 'node:net';

/** MLLP: a message stands between 0x0B and 0x1C 0x0D. */
const startByte = 0x0b;
const endByte = 0x1c;
const carriageReturn = 0x0d;
/** One byte more than the registry takes, so that it sees that the message is too long and says so itself. */
export const maxFrameBytes = 1_000_001;

/**
 * Cuts a stream of bytes into messages. Pieces may be of any size; what stands between messages is dropped (the 0x0D after the end among it), a
 * message that starts anew before it ended is begun again, and of one that is too long only as much is kept as shows it.
 */
export class FrameReader {
  #pieces: Buffer[] | undefined;
  #length = 0;

  push(bytes: Buffer): Buffer[] {
    const messages: Buffer[] = [];
    let from = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === startByte) {
        this.#pieces = [];
        this.#length = 0;
        from = at + 1;
      } else if (byte === endByte && this.#pieces !== undefined) {
        this.#keep(bytes.subarray(from, at));
        messages.push(Buffer.concat(this.#pieces));
        this.#pieces = undefined;
      }
    }
    if (this.#pieces !== undefined) this.#keep(bytes.subarray(from));
    return messages;
  }

  #keep(piece: Buffer): void {
    const room = maxFrameBytes - this.#length;
    // Copied: the socket's buffer is larger than what is kept of it, and would be held with it.
    if (room > 0 && piece.length > 0) this.#pieces?.push(Buffer.from(piece.subarray(0, room)));
    this.#length += piece.length;
  }
}

export const framed = (answer: string): Buffer =>
  Buffer.concat([Buffer.from([startByte]), Buffer.from(answer), Buffer.from([endByte, carriageReturn])]);

export interface MllpOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly apiUrl: string;
  /** The token of the interface as which everything on this port is sent. */
  readonly token: () => Promise<string>;
  /** Told when the API gave no HL7 answer; the connection is closed then, so that the sender sends again. */
  readonly onTrouble?: (what: string) => void;
}

const forward = async (message: Buffer, { apiUrl, token }: MllpOptions): Promise<string> => {
  const answer = await fetch(`${apiUrl}/hl7`, {
    method: 'POST', headers: { authorization: `Bearer ${await token()}`, 'content-type': 'x-application/hl7-v2+er7' }, body: new Uint8Array(message),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`the API answered ${answer.status}`);
  return text;
};

const serve = (socket: Socket, options: MllpOptions): void => {
  const reader = new FrameReader();
  // One after the other: an answer belongs to the message before it, and MLLP has no other way to tell.
  const work = async (bytes: Buffer): Promise<void> => {
    for (const message of reader.push(bytes)) socket.write(framed(await forward(message, options)));
  };
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    socket.pause();
    work(bytes).then(() => socket.resume(), (cause: unknown) => {
      options.onTrouble?.(cause instanceof Error ? cause.message : 'no answer');
      socket.destroy();
    });
  });
};

/** Listens for HL7 over MLLP on this machine only and hands each message to the API: for EHR test tools. In production, MLLP needs a VPN and is not offered. */
export const startMllp = async (options: MllpOptions): Promise<{ readonly port: number; stop(): Promise<void> }> => {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    stop: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    }),
  };
};
