/** Something that moves events from a source to a function until it is stopped. */
export interface EventWorker {
  readonly id: string;
  /** True when nothing is on its way: looks again at the source if it has to. */
  drained(): Promise<boolean>;
  /** True when nothing is left but messages whose delay has not run out. */
  isOnlyDelayed?(): boolean;
  /** Makes these messages due now. */
  skipDelays?(): void;
  /** Takes nothing more. */
  halt(): void;
  /** Resolves when what was under way has ended. */
  ended(): Promise<void>;
}

/** Sends a text to a queue by its ARN on behalf of a role; throws when there is no such queue or the role may not. */
export type SendTo = (queueArn: string, body: string, roleArn: string) => void;
