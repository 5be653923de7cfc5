import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { batchRemark, readMessage, splitBatch, type Message } from '../../shared/hl7/index.ts';
import { UsageError } from '../usage-error.ts';

/** Names under which messages lie in a folder; a file that is named by itself is read whatever its name. */
const messageNames = /\.(?:hl7|er7|hl7v2|msg|txt|dat)$/i;

export interface MessageFile {
  /** As given, or relative to the folder given. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** The file, or every file of messages in the folder and those below it, in the order of their names. */
export const readMessageFiles = (path: string): MessageFile[] => {
  if (!existsSync(path)) throw new UsageError(`There is no file or folder ${path}.`);
  if (!statSync(path).isDirectory()) return [{ file: path, bytes: readFileSync(path) }];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => messageNames.test(name) && statSync(join(path, name)).isFile())
    .sort();
  if (names.length === 0) throw new UsageError(`The folder ${path} holds no file of messages (.hl7, .er7, .msg, .txt, .dat).`);
  return names.map((file) => ({ file, bytes: readFileSync(join(path, file)) }));
};

/** The folder a file belongs to in a summary: the first part of its relative path. */
export const familyOf = (file: string): string =>
  file.includes('/') && !file.startsWith('/') && !file.startsWith('.') ? (file.split('/')[0] ?? '.') : '.';

/**
 * The messages of a file as the server would take them: a file of one message is that request to the byte, a batch or a stream gives
 * each of its messages (HL7-82). A file without any message is one that cannot be read (HL7-18).
 */
export const messagesOf = (bytes: Uint8Array): { text: Uint8Array | string; message: Message }[] => {
  const items = splitBatch(bytes);
  const texts = items.flatMap((item) => (item.kind === 'message' ? [item.text] : []));
  const isPlain = texts.length <= 1 && items.every(({ kind }) => kind === 'message' || kind === 'stray');
  return (isPlain || texts.length === 0 ? [bytes] : texts).map((text) => ({ text, message: readMessage(text) }));
};

/** What is odd about a file itself (HL7-83): wrong counts in its trailers, lines that belong to no message. The registry tells it in BTS-2 or on the upload. */
export interface FileRemarks {
  readonly file: string;
  readonly remarks: readonly string[];
}
export const fileRemarks = ({ file, bytes }: MessageFile): FileRemarks[] => {
  const items = splitBatch(bytes);
  // Lines before or after a single message that came without an envelope are read as its own.
  const isBatch = items.some(({ kind }) => kind === 'header' || kind === 'trailer') || items.filter(({ kind }) => kind === 'message').length > 1;
  const remarks = isBatch ? items.flatMap((item) => batchRemark(item) ?? []) : [];
  return remarks.length === 0 ? [] : [{ file, remarks }];
};
export const remarksText = (files: readonly FileRemarks[]): string =>
  files.flatMap(({ file, remarks }) => remarks.map((remark) => `${file}: ${remark} (HL7-83)`)).join('\n');
