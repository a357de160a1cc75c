/** #runtime of the page: workers of the library run the page's own script, where their scripts are names of roles. */
import { runtime as web } from '../../../src/runtime/web.ts';
import { type Role, scriptFor } from './script.ts';

export const runtime: typeof web = {
  ...web,
  startWorker: (script, listener) => web.startWorker(scriptFor(script as Role), listener),
};
