/** What passes between a pool and the thread that runs a function. Events and results travel as JSON, as they do on AWS. */
export interface ThreadData {
  readonly file: string;
  readonly exported: string;
}

export interface ThreadRequest {
  readonly event: string;
  readonly context: {
    readonly functionName: string;
    readonly invokedFunctionArn: string;
    readonly memoryLimitInMB: string;
    readonly logGroupName: string;
    readonly awsRequestId: string;
    readonly deadlineMs: number;
  };
}

export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unloadable'; readonly failure: FunctionFailure }
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'failure'; readonly failure: FunctionFailure };

export const failureOf = (error: unknown): FunctionFailure =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error) };
