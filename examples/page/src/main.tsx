/** The page; and in a worker, what the worker does. Both run this one script. */
import { render } from 'preact';
import { followAddress } from './address.ts';
import { Page } from './page.tsx';
import { serve } from './worker/serve.ts';

if (typeof document === 'undefined') serve(globalThis as unknown as Parameters<typeof serve>[0]);
else {
  followAddress();
  render(<Page />, document.getElementById('page')!);
}
