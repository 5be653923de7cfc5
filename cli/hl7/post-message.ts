import { readMessage, type Message } from '../../shared/hl7/index.ts';
import { readSoapAnswer, soapMediaType, submitSingleMessage, type SoapCredentials } from './soap-request.ts';

export interface Endpoint {
  readonly url: string;
  /** With these the message goes by SOAP, else as it is (ER7). */
  readonly soap?: SoapCredentials;
  readonly token?: string | undefined;
  readonly timeoutMs: number;
  /** Tries in all; a message may be sent again, because the same message is stored once (HL7-20). */
  readonly mostAttempts: number;
  /** Waits before the nth try again. */
  readonly pauseMs: (attempt: number) => number;
}

export type Posted =
  | { readonly kind: 'answered'; readonly attempts: number; readonly text: string; readonly message: Message }
  /** The other side will not take it, however often it is sent: `why` says what came. `isStranger`: it does not know the caller, so no other message fares better. */
  | { readonly kind: 'refused'; readonly attempts: number; readonly why: string; readonly isStranger: boolean }
  /** No HL7 came back in all tries: `why` says what did. */
  | { readonly kind: 'failed'; readonly attempts: number; readonly why: string };

type WithoutAttempts<T> = T extends Posted ? Omit<T, 'attempts'> : never;
type Tried = { readonly isFinal: boolean; readonly posted: WithoutAttempts<Posted>; readonly waitMs?: number };

const isPassing = (status: number): boolean => status >= 500 || status === 429 || status === 408;
const failed = (why: string, isFinal: boolean, waitMs?: number): Tried => ({
  isFinal,
  posted: { kind: 'failed', why },
  ...(waitMs !== undefined && { waitMs }),
});
const refused = (why: string, isStranger = false): Tried => ({ isFinal: true, posted: { kind: 'refused', why, isStranger } });

/** AR with 207: sound, but the registry could not take it just then (HL7-16). */
const isBusy = (message: Message): boolean =>
  message.first('MSA')?.value(1) === 'AR' && message.all('ERR').some((err) => err.value(3) === '207' && /again/.test(err.value(8)));

const judge = (text: string): Tried => {
  const message = readMessage(text);
  if (message.first('MSA') === undefined) return failed('the answer is no HL7 acknowledgement', true);
  return { isFinal: !isBusy(message), posted: { kind: 'answered', text, message } };
};

const judgeSoap = (xml: string, status: number): Tried => {
  const answer = readSoapAnswer(xml);
  switch (answer.kind) {
    case 'message':
      return judge(answer.text);
    // A fault without a name of the contract is the other side's trouble; the named ones are ours and stay the same.
    case 'fault': {
      const why = `SOAP fault ${answer.name}: ${answer.text}`;
      return answer.name === 'fault' ? failed(why, false) : refused(why, answer.name === 'SecurityFault');
    }
    case 'unreadable':
      return isPassing(status) ? failed(`HTTP ${status} and no SOAP answer`, false) : refused(`HTTP ${status} and no SOAP answer`, status === 401);
  }
};

const longestWaitMs = 30_000;
const retryAfter = (response: Response): number | undefined => {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1_000, longestWaitMs) : undefined;
};

const attempt = async (bytes: Uint8Array | string, { url, soap, token, timeoutMs }: Endpoint): Promise<Tried> => {
  const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': soap === undefined ? 'x-application/hl7-v2+er7' : soapMediaType,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: soap === undefined ? Buffer.from(typeof bytes === 'string' ? Buffer.from(bytes) : bytes) : submitSingleMessage(text, soap),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = await response.text();
    if (soap !== undefined) return judgeSoap(answer, response.status);
    if (response.ok) return judge(answer);
    return isPassing(response.status)
      ? failed(`HTTP ${response.status}`, false, retryAfter(response))
      : refused(`HTTP ${response.status}`, response.status === 401);
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    return failed(name === 'TimeoutError' ? `no answer within ${timeoutMs / 1_000} s` : 'no connection', false);
  }
};

/** Sends one message and reads its answer; what may pass (5xx, 429, time-out, AR that asks for it) is tried again. */
export const postMessage = async (bytes: Uint8Array | string, endpoint: Endpoint, sleep: (ms: number) => Promise<void>): Promise<Posted> => {
  for (let attempts = 1; ; attempts += 1) {
    const { isFinal, posted, waitMs } = await attempt(bytes, endpoint);
    if (isFinal || attempts >= endpoint.mostAttempts) return { ...posted, attempts };
    await sleep(waitMs ?? endpoint.pauseMs(attempts));
  }
};
