/**
 * The README's code blocks, executed as they stand, in order, in the folder where the packed library is
 * installed. The two commands on top are run by CI itself (.ci/run); here it is checked that it does.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, inject, test } from 'vitest';

const readme = readFileSync('README.md', 'utf8');
const blocks = [...readme.matchAll(/```(sh|ts)\n(.*?)```/gs)].map(([, language, code]) => ({
  language: language!,
  code: code!,
}));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

test('every block of code runs, and prints what its comments say', () => {
  const folder = mkdtempSync(join(inject('installed'), 'readme-'));
  copyFileSync('examples/data/titanic.csv', join(folder, 'titanic.csv'));
  const outputs = blocks.map(({ language, code }, k) => {
    if (code.includes('npm install')) return '';
    if (language === 'sh')
      return execFileSync('sh', ['-ec', code], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    writeFileSync(join(folder, `block-${k}.ts`), code);
    return execFileSync(process.execPath, ['--import', tsx, `block-${k}.ts`], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  });
  expect(blocks.map(({ language }) => language)).toEqual([...Array(5).fill('sh'), ...Array(4).fill('ts')]);
  const [, , , commands = '', formula = '', node = '', arrays = '', tensors = '', scoring = ''] = outputs;
  expect(commands).toContain('sex=male');
  expect(readFileSync(join(folder, 'scores.csv'), 'utf8').split('\n')).toHaveLength(893);
  expect(formula).toContain('sex=male:pclass');
  expect(readFileSync(join(folder, 'titanic.html'), 'utf8')).toContain('Logistic regression of survived');
  expect(node).toContain("'sex=male': -2.");
  expect(arrays).toContain('-1.09861228866');
  expect(
    arrays.replace(/0\.(74999999\d+|25000000\d+|24999999\d+|75000000\d+)/g, (p) => Number(p).toFixed(2)),
  ).toContain('[ [ 0.75, 0.25 ], [ 0.25, 0.75 ] ]');
  expect(arrays).toContain("[ 'b', 'c' ]\nc\n");
  expect(arrays).toMatch(/mean: \d\.\d+,\s+standardDeviation/);
  expect(tensors).toMatch(
    /^1\.3202\d+ Float32Array\(2\) \[ 1\.0586\d+, -0\.9070\d+ \] Float32Array\(1\) \[ 0\.1945\d+ \]$/m,
  );
  expect(scoring).toContain("[ 'pclass', 'sex', 'age' ]");
  expect(scoring).toContain("{ problem: 'sex: unseen category `unknown`' }");
});

test('the two commands on top are those that CI runs', () => {
  const ci = readFileSync('.ci/run', 'utf8');
  expect(blocks[0]!.code).toBe('npm install && npm start\n');
  expect(blocks[1]!.code).toBe('npm install && npm test\n');
  expect(ci).toContain('npm install && npm start');
  expect(ci).toContain('npm install && bash .ci/tfjs-node.sh && npm test'); // the backend `node` is no package of ours
});
