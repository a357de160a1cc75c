import type { Backend } from '../backend.ts';
export async function createFusedBackend(_precision: 'float32' | 'float64'): Promise<Backend | undefined> { return undefined; }
