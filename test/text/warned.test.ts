/** T07: what was to be warned of goes along with the error that it explains. */
import { expect, test } from 'vitest';
import { LogisticRegression } from '../../src/node.ts';
import { failure, write } from '../support/text-files.ts';

test('labels that were read as missing', async () => {
  const path = write('x,y\n0,-\n0,-\n1,-\n0,+\n1,+\n1,+\n');
  const error = await failure(new LogisticRegression().fit(path, 'y'));
  expect(error).toMatchObject({ code: 'one-class', details: { warnings: [{ code: 'missing-token-share' }] } });
});
