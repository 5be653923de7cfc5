import { localDay } from '../../shared/kernel/dates.ts';
import { decideMove } from '../../shared/kernel/transitions.ts';
import type { WritableBucket } from '../../shared/platform/bucket-writer.ts';
import { writeCvrsFiles } from './domain/cvrs-file.ts';
import type { CvrsRow } from './domain/cvrs-columns.ts';
import { submissionIdOf, submissionMachine } from './domain/submission-machine.ts';
import { folderOf } from './freeze-manifest.ts';
import { bySubmissionDay, type SubmissionStore } from './store-submissions.ts';
import type { ManifestLine, SubmissionItem } from './schemas.ts';

export interface BuildDeps {
  readonly submissions: Pick<SubmissionStore, 'submission' | 'create' | 'replace' | 'events' | 'hold'>;
  readonly claim: (submission: SubmissionItem, now: string) => Promise<'claimed' | 'sealed'>;
  readonly frozen: (submission: SubmissionItem, today: string) => AsyncIterable<ManifestLine>;
  readonly restate: (submission: SubmissionItem, now: string) => Promise<number>;
  readonly bucket: Pick<WritableBucket, 'open'>;
  readonly zone: string;
  /** Submitting entity of the file name: the awardee's code. */
  readonly entity: string;
  readonly recordLimit?: number;
}

const actor = 'scheduler';
const kind = 'new';
const sequence = 1;

/** What the files of a submission turned out to hold. */
type Files = NonNullable<SubmissionItem['files']>;

/**
 * Builds the submission of a day, from wherever an earlier run stopped: claim its events and seal it, freeze what they say, write the
 * files from what is frozen, enter what changed since it was sent, and only then call it built. Every step before the last can be done
 * again and comes to the same, so nothing need be known of how far the other run came.
 */
export const makeBuildSubmission = (deps: BuildDeps) => {
  const { submissions, zone } = deps;

  const begun = async (day: string, now: string): Promise<SubmissionItem> => {
    const submissionId = submissionIdOf(day, kind, sequence);
    const found = await submissions.submission(submissionId);
    if (found !== undefined) return found;
    await submissions.create(
      {
        type: 'submission', schema: 1, version: 1, submissionId, day, kind, sequence, state: submissionMachine.initial, sealed: false, claimedAt: now,
        ...bySubmissionDay(day, kind, sequence),
      },
      { at: now, actor, action: 'create', to: submissionMachine.initial, version: 1 },
    );
    return reread(submissionId);
  };
  const reread = async (submissionId: string): Promise<SubmissionItem> => {
    const found = await submissions.submission(submissionId);
    if (found === undefined) throw new Error(`The submission ${submissionId} is not there`);
    return found;
  };

  const sealed = async (submission: SubmissionItem, now: string): Promise<SubmissionItem> => {
    if (submission.sealed) return submission;
    await deps.claim(submission, now);
    const next = { ...submission, sealed: true, version: submission.version + 1 };
    // Another run may have sealed it first: what it holds is settled either way.
    await submissions.replace(next, { at: now, actor, action: 'seal', version: next.version });
    const found = await reread(submission.submissionId);
    if (!found.sealed) throw new Error(`The submission ${found.submissionId} was changed while it was sealed`);
    return found;
  };

  /** Rows of the file; events that cannot be sent are let go on the way. */
  const written = async (submission: SubmissionItem): Promise<{ files: Files; held: number }> => {
    let held = 0;
    const lines = deps.frozen(submission, localDay(submission.claimedAt, zone));
    async function* rows(): AsyncGenerator<CvrsRow> {
      for await (const line of lines) {
        if ('row' in line) yield line.row;
        else {
          held += 1;
          await submissions.hold(submission.submissionId, line);
        }
      }
    }
    const files: Files = [];
    let open: { key: string; file: ReturnType<WritableBucket['open']> } | undefined;
    const options = { day: submission.day, entity: deps.entity, ...(deps.recordLimit === undefined ? {} : { recordLimit: deps.recordLimit }) };
    for await (const part of writeCvrsFiles(rows(), options)) {
      if (part.kind === 'open') {
        const key = `${folderOf(submission)}/${part.name}`;
        open = { key, file: deps.bucket.open(key, 'text/plain; charset=utf-8', { once: true }) };
      } else if (part.kind === 'bytes') await open?.file.write(part.bytes);
      else if (open !== undefined) {
        await open.file.close();
        files.push({ name: part.name, key: open.key, sequence: part.sequence, records: part.records, bytes: part.bytes, sha256: part.sha256 });
      }
    }
    return { files, held };
  };

  return async (day: string, now: string): Promise<SubmissionItem> => {
    const submission = await begun(day, now);
    const outcome = decideMove(submissionMachine, 'build', submission.state);
    if (outcome.kind === 'illegal-move') return submission;
    const settled = await sealed(submission, now);
    const { files, held } = await written(settled);
    await deps.restate(settled, now);
    const records = files.reduce((sum, file) => sum + file.records, 0);
    const next: SubmissionItem = {
      ...settled,
      state: outcome.to,
      version: settled.version + 1,
      builtAt: now,
      events: records + held,
      records,
      held,
      files,
      manifestKey: `${folderOf(settled)}/manifest/`,
    };
    const { kind: built } = await submissions.replace(next, {
      at: now,
      actor,
      action: 'build',
      from: settled.state,
      to: outcome.to,
      version: next.version,
    });
    return built === 'committed' ? next : reread(next.submissionId);
  };
};
