/** The page; and in a worker, what the worker does. All run this one script. */
import { render } from 'preact';
import { followAddress } from './address.ts';
import { Page } from './page.tsx';
import { role } from './script.ts';
import { serve } from './worker/serve.ts';

if (role === 'sums') void import('../../../src/backends/cpu/worker.ts');
else if (role === 'text') void import('../../../src/text/worker.ts');
else if (role === 'lab') serve(globalThis as unknown as Parameters<typeof serve>[0]);
else {
  followAddress();
  render(<Page />, document.getElementById('page')!);
}
