import type { Problem } from './types';

/** The hub answered, and refused. */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
  get code(): string {
    return this.problem.code;
  }
}

/** The hub was not reached. */
export class NoConnection extends Error {
  constructor(options?: ErrorOptions) {
    super('no connection', options);
  }
}

export function codeOf(error: unknown): string {
  if (error instanceof ApiError) return error.code;
  return error instanceof NoConnection ? 'no_connection' : 'internal';
}
