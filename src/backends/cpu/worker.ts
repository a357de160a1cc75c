/**
 * What runs in a worker thread: a host behind messages. build-kernels.ts bundles it into worker.generated.ts, so that it
 * loads wherever the library does.
 */
import type { Files } from '../../runtime/contract.ts';
import { serve } from '../../runtime/serve.ts';
import { createHost } from './host.ts';

declare const self: { readonly files?: Files };

/** What a reply hands over instead of copying: arrays by themselves and those of sums. */
serve(createHost(self.files), (value) => {
  const values = value instanceof Float64Array ? [value] : Object.values(value ?? {});
  return values.flatMap((array) => (array instanceof Float64Array ? [array.buffer as ArrayBuffer] : []));
});
