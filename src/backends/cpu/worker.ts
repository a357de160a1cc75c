/**
 * What runs in a worker thread: a host behind messages. build-kernels.ts bundles it into worker.generated.ts, so that it
 * loads wherever the library does.
 */
import { serve } from '../../runtime/serve.ts';
import { createHost } from './host.ts';

/** What a reply hands over instead of copying: arrays by themselves and those of sums. */
serve(createHost(), (value) => {
  const values = value instanceof Float64Array ? [value] : Object.values(value ?? {});
  return values.flatMap((array) => (array instanceof Float64Array ? [array.buffer as ArrayBuffer] : []));
});
