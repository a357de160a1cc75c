/** A folder that is the temporary one of all tests of a run, so that what they leave there goes with it. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-logistic-tests-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another user
  const before = { ...process.env };
  Object.assign(process.env, { TMPDIR: folder, TEMP: folder, TMP: folder });
  return () => {
    Object.assign(process.env, before);
    rmSync(folder, { recursive: true, force: true });
  };
}
