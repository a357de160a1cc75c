/** A table, or why there is none, as JSON of all its cells, made alike in Node and in a page, which imports this file. */
import type { Table } from '../../src/data/table.ts';
import type { LogisticError } from '../../src/errors.ts';

export async function tableJson(reading: Promise<Table>): Promise<string> {
  const spelled = (_: string, value: unknown): unknown => {
    if (value instanceof Float64Array) return Array.from(value, (x) => (Object.is(x, -0) ? '-0' : String(x)));
    return value instanceof Int32Array ? Array.from(value) : value;
  };
  const found = await reading.catch((error: LogisticError) => {
    if (error.name !== 'LogisticError') throw error;
    return { code: error.code, message: error.message, hint: error.hint };
  });
  return JSON.stringify(found, spelled);
}

/** By which long texts are compared. */
export async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
