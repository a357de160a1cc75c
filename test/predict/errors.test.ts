/** One class of error across bundles and module systems, each of which has a copy of its own. */
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import * as original from '../../src/predict.ts';

const { LogisticError, loadScorer } = original;

/** src/predict.ts once more, as a bundle of its own. */
async function copy(): Promise<typeof original> {
  const entryPoints = [new URL('../../src/predict.ts', import.meta.url).pathname];
  const { outputFiles } = await build({ entryPoints, bundle: true, minify: true, format: 'esm', write: false });
  const code = Buffer.from(outputFiles[0]!.contents).toString('base64');
  return import(/* @vite-ignore */ `data:text/javascript;base64,${code}`);
}

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('LogisticError', () => {
  test('of another bundle is an instance, both ways', async () => {
    const other = await copy();
    expect(other.LogisticError).not.toBe(LogisticError);
    const [here, there] = [thrown(() => loadScorer('')), thrown(() => other.loadScorer(''))];
    expect(Object.getPrototypeOf(there)).not.toBe(Object.getPrototypeOf(here));
    for (const error of [here, there]) {
      expect(error instanceof LogisticError).toBe(true);
      expect(error instanceof other.LogisticError).toBe(true);
      expect(error instanceof Error).toBe(true);
      expect(error).toMatchObject({ name: 'LogisticError', code: 'bad-model' });
    }
  });

  test('is not any other value', () => {
    const others = [undefined, null, 0, '', 'LogisticError', Symbol('x'), {}, [], new Error('x'), new TypeError('x')];
    for (const value of others) expect(value instanceof LogisticError, String(value)).toBe(false);
    expect({ name: 'LogisticError', code: 'bad-model' } instanceof LogisticError).toBe(false);
    expect(Object.create(null) instanceof LogisticError).toBe(false);
  });

  test('can be subclassed: a subclass has its own instances, which are LogisticErrors of every copy', async () => {
    const other = await copy();
    class FileError extends LogisticError {}
    class OtherError extends other.LogisticError {}
    const [plain, file] = [new LogisticError('x', 'plain'), new FileError('x', 'file')];
    expect([plain instanceof FileError, file instanceof FileError]).toEqual([false, true]);
    expect([file instanceof LogisticError, file instanceof other.LogisticError]).toEqual([true, true]);
    expect([file instanceof OtherError, new OtherError('x', 'y') instanceof FileError]).toEqual([false, false]);
    expect(new OtherError('x', 'y') instanceof LogisticError).toBe(true);
  });

  test('holds code, hint and details, and nothing else that can be seen', () => {
    const error = new LogisticError('some-code', 'message', { hint: 'do this', details: { row: 1 } });
    expect({ ...error }).toEqual({ name: 'LogisticError', code: 'some-code', hint: 'do this', details: { row: 1 } });
    expect(Object.getOwnPropertySymbols(error)).toEqual([]);
    expect(new LogisticError('some-code', 'message')).toMatchObject({ hint: undefined, details: {} });
    expect(String(error)).toBe('LogisticError: message');
  });

  test('narrows: code is known after instanceof', () => {
    const error: unknown = thrown(() => loadScorer(''));
    if (!(error instanceof LogisticError)) throw error;
    const code: string = error.code;
    expect(code).toBe('bad-model');
  });
});
