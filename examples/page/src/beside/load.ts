/**
 * Scripts that lie beside the page, loaded when they are needed. Each defines a function whose text can go on to the worker:
 * a page that was opened from a folder may load scripts, but read no file, and its workers not even that.
 */
import { LogisticError } from '../../../../src/errors.ts';
import { call } from '../worker/client.ts';

export type Beside = 'formats' | 'tensorflow';

declare global {
  var besides: Partial<Record<Beside, () => unknown>> | undefined;
}

const loading = new Map<Beside, Promise<void>>();

/** Loads it for the page and for the worker. Rejects with LogisticError 'unreadable' where it is not there. */
export function loadBeside(name: Beside): Promise<void> {
  const known = loading.get(name);
  if (known) return known;
  const loaded = new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${name}.js`;
    script.onload = () => resolve();
    script.onerror = () => {
      loading.delete(name);
      reject(
        new LogisticError('unreadable', `${name}.js does not lie beside this page`, {
          hint: 'npm run page makes it, in the folder of index.html',
        }),
      );
    };
    document.head.append(script);
  }).then(() => call('provide', [name, String(globalThis.besides![name])]));
  loading.set(name, loaded);
  return loaded;
}

const magic: readonly (readonly number[])[] = [
  [0x50, 0x41, 0x52, 0x31], // PAR1
  [0x28, 0xb5, 0x2f, 0xfd], // zstd
];

/** What reading a file needs. */
export async function loadFor(file: Blob): Promise<void> {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  if (magic.some((bytes) => bytes.every((byte, i) => head[i] === byte))) await loadBeside('formats');
}
