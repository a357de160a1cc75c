/** Packages that a user may not have installed: one of them missing is an error that says what to install. */
import { createRequire } from 'node:module';
import { LogisticError } from '../errors.ts';

/** By require, not import(), which reads through all files of a CommonJS package for names first: twice the time. */
export function loadOptional<T>(name: string, who: string): T {
  try {
    return createRequire(import.meta.url)(name) as T;
  } catch (error) {
    if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error;
    throw new LogisticError('package-missing', `${who} the package ${name}`, { hint: `npm install ${name}` });
  }
}
