/** What a person is shown of standard errors, tests and intervals, or of why there are none. */
import { expect, test } from 'vitest';
import { summarise } from '../../src/cli/summary.ts';
import { LogisticRegression, type Options } from '../../src/node.ts';

const file = (name: string) => `test/reference/${name}.csv`;
const shown = async (name: string, target: string, options: Options = {}) =>
  summarise(await new LogisticRegression({ inference: true, ...options }).fit(file(name), target));

test('a row for each coefficient, one for each column of several levels, and the likelihood', async () => {
  const text = await shown('birthwt', 'low', { drop: ['bwt', 'ftv'], categorical: ['race'] });
  expect(text).toMatch(/^ +estimate +std\. error +z +p \(LR\) +95% interval \(profile\) +odds ratio$/m);
  expect(text).toMatch(/^lwt +-0\.0151826 +0\.00692790 +-2\.192 +0\.0204 +\[-0\.0295733, -0\.00225798\] +0\.984932$/m);
  expect(text).toMatch(/^\(intercept\) +0\.464403 +1\.20470 +0\.385 +0\.6990 +\[-1\.86789, 2\.87558\]$/m);
  expect(text).toMatch(/^race +2 +7\.344 +0\.0254 +likelihood ratio$/m);
  expect(text).toContain('log-likelihood -100.713, AIC 219.427, BIC 248.603, McFadden R² 0.14');
  expect(text).toContain('against the null model: chi-squared 33.2450 on 8 df, p 5.6e-5');
  expect(text).toContain('7.4 events per variable (59 rows of the rarest class, 8 coefficients): below 10, estimates');
});

test('odds ratios for so many units', async () => {
  const model = await new LogisticRegression({
    inference: true,
    only: ['age', 'lwt', 'race'],
    categorical: ['race'],
  }).fit(file('birthwt'), 'low');
  const [one, ten] = [model.summary(), model.summary({ per: { age: 10 } })].map(({ coefficients }) => coefficients[1]!);
  expect(ten!.per).toBe(10);
  expect(ten!.oddsRatio).toBe(Math.exp(10 * one!.estimate));
  expect(ten!.oddsRatioInterval).toEqual(one!.confidenceInterval!.map((end) => Math.exp(10 * end)));
  expect({ ...ten, per: 1, oddsRatio: 0, oddsRatioInterval: 0 }).toEqual({
    ...one,
    per: 1,
    oddsRatio: 0,
    oddsRatioInterval: 0,
  });
  expect(summarise(model, { age: 10 })).toMatch(/^age .* 0\.\d+ per 10$/m);
  const refused: [Record<string, number>, object][] = [
    [{ agee: 10 }, { code: 'unknown-column', hint: 'did you mean "age"?' }],
    [{ race: 10 }, { code: 'bad-option' }],
    [{ age: 0 }, { code: 'bad-option' }],
  ];
  for (const [per, error] of refused) expect(() => model.summary({ per })).toThrow(expect.objectContaining(error));
});

test('no finite estimate, Firth, robust errors, a penalty, three classes', async () => {
  expect(await shown('endometrial', 'HG')).toMatch(
    /^NV +22\.\d+ +no finite estimate: \+∞ +0\.0022 +\[1\.28411, \+∞\]$/m,
  );
  const firth = await shown('endometrial', 'HG', { firth: true });
  expect(firth).toMatch(/^NV +2\.92927 +1\.55076 +1\.889 +0\.0091 +\[0\.609724, 7\.85463\] +18\.7140$/m);
  expect(firth).toMatch(/^log-likelihood -24\.0373$/m);
  expect(await shown('mtcars', 'am', { robust: 'HC3' })).toMatch(/std\. error \(HC3\).*interval \(wald\)/);
  expect(await shown('endometrial', 'HG', { l2: 0.1 })).toContain('no standard errors: the fit is penalised');
  const three = await shown('iris', 'Species', { only: ['Sepal.Width'] });
  expect(three).toMatch(/^log-likelihood -/m);
  expect(three).toContain('logit inspect MODEL shows standard errors');
});
