/** Raw rows → log-odds, probabilities and classes, against formulas written out in model-2.ts. */
import { describe, expect, test } from 'vitest';
import { loadScorer, type RowScore } from '../../src/predict.ts';
import { byHand, expected2, golden2, threeClasses, twoClasses } from './model-2.ts';

const u = 2 ** -53;
const scoreOf = (score: object): RowScore => {
  expect(score).not.toHaveProperty('problem');
  return score as RowScore;
};
const row = { mass: 4000, bill: 45, island: 'Dream', tagged: 'yes' };

describe('three classes', () => {
  const scorer = loadScorer(golden2);

  test('the golden rows have their golden log-odds and probabilities', () => {
    const { rows, logOdds, probabilities } = expected2;
    rows.forEach((row, i) => {
      const score = scoreOf(scorer.scoreRow(row));
      score.logOdds.forEach((z, c) => {
        // Seven terms of size up to 10, each of some four roundings.
        expect(Math.abs(z - logOdds[i]![c]!)).toBeLessThanOrEqual(8 * 4 * 10 * u);
      });
      score.probabilities.forEach((p, c) => {
        expect(Math.abs(p / probabilities[i]![c]! - 1)).toBeLessThanOrEqual(2 * 8 * 4 * 10 * u);
      });
      expect(score.notes).toEqual([]);
    });
    expect(scorer.predict(rows)).toEqual(['adelie', 'gentoo', 'chinstrap', 'chinstrap', 'gentoo']);
  });

  test('raw coefficients give the same by hand, products of columns among them', () => {
    for (const island of ['Biscoe', 'Dream', 'Torgersen']) {
      for (const mass of [0, 2700.25, 6300]) {
        const cells = { mass, bill: 41.75, island, tagged: 'no' };
        const { logOdds, probabilities } = scoreOf(scorer.scoreRow(cells));
        const hand = byHand(scorer.model, cells);
        hand.forEach(({ z, size }, c) => {
          expect(Math.abs(logOdds[c]! - z)).toBeLessThanOrEqual(8 * 4 * size * u);
        });
        const powers = [1, ...hand.map(({ z }) => Math.exp(z))];
        const total = powers.reduce((sum, power) => sum + power, 0);
        powers.forEach((power, c) => {
          const tolerance = 8 * 4 * 2 * Math.max(...hand.map(({ size }) => size)) * u;
          expect(Math.abs(probabilities[c]! / (power / total) - 1)).toBeLessThanOrEqual(tolerance);
        });
      }
    }
  });

  test('the reference may be any class: score vectors belong to the others in order', () => {
    const { standardizedIntercepts: b } = threeClasses();
    const flat = { ...threeClasses(), terms: [] };
    const inMiddle = { ...flat, target: { ...flat.target, reference: 'chinstrap' } };
    const [first, last] = [loadScorer(flat), loadScorer(inMiddle)];
    const powers = [1, Math.exp(b[0]), Math.exp(b[1])];
    const total = powers[0]! + powers[1]! + powers[2]!;
    const [adelie, chinstrap, gentoo] = powers.map((power) => power / total);
    const close = (found: readonly number[], truth: readonly number[]): void => {
      truth.forEach((p, c) => {
        expect(Math.abs(found[c]! / p - 1)).toBeLessThanOrEqual(8 * u);
      });
    };
    close(first.predictProba(row), [adelie!, chinstrap!, gentoo!]);
    close(last.predictProba(row), [chinstrap!, adelie!, gentoo!]);
    expect(last.logOdds(row)).toEqual(b);
  });

  test('of equally probable classes the first is predicted, whichever the reference is', () => {
    const equal = { ...threeClasses(), terms: [], intercepts: [0, 0], standardizedIntercepts: [0, 0] };
    for (const reference of ['adelie', 'chinstrap', 'gentoo']) {
      expect(loadScorer({ ...equal, target: { ...equal.target, reference } }).predict(row)).toBe('adelie');
    }
    const lastTwo = { ...equal, standardizedIntercepts: [3, 3] };
    expect(loadScorer(lastTwo).predict(row)).toBe('chinstrap');
  });

  test('log-odds beyond what e^z can hold give probabilities that are none the worse', () => {
    const far = (...b: number[]) => loadScorer({ ...threeClasses(), terms: [], standardizedIntercepts: b });
    expect(far(800, -800).predictProba(row)).toEqual([0, 1, 0]);
    expect(far(-800, -900).predictProba(row)).toEqual([1, 0, 0]);
    const [, second, third] = far(1000, 1000).predictProba(row);
    expect([second, third]).toEqual([0.5, 0.5]);
    const [small] = far(700, 0).predictProba(row);
    // e^(0 − 700) over 1 + 2·e^(−700): one division besides.
    expect(Math.abs(small! / Math.exp(-700) - 1)).toBeLessThanOrEqual(2 * u);
  });

  test('numbers that overflow are a problem and no NaN', () => {
    const cells = { ...row, mass: 1e200, bill: 1e200 };
    expect(scorer.scoreRow(cells)).toEqual({ problem: 'mass:bill is not a finite number' });
    expect(() => scorer.predict([row, cells])).toThrow('row 2: mass:bill is not a finite number');
  });

  test('the probability of one class for one row', () => {
    const [adelie, chinstrap, gentoo] = scorer.predictProba(row);
    expect(scorer.probability(row, 'adelie')).toBe(adelie);
    expect(scorer.probability([4000, 45, 'Dream', 'yes'], 'chinstrap')).toBe(chinstrap);
    expect(scorer.probability(row, 'gentoo')).toBe(gentoo);
  });
});

describe('two classes', () => {
  const positiveSecond = loadScorer<string>(twoClasses({ classes: ['a', 'b'], reference: 'a' }));
  const positiveFirst = loadScorer<string>(twoClasses({ classes: ['a', 'b'], reference: 'b' }));
  const fixed = (z: number, threshold = 0.5) =>
    loadScorer<number>({
      ...twoClasses({ classes: [0, 1], reference: 0 }),
      terms: [],
      standardizedIntercepts: [z],
      threshold,
    });

  test('probabilities are σ(z) and σ(−z), the small one never by subtraction', () => {
    for (const z of [0, 0.3, -2, 40, -40, 700, -745, 1e5]) {
      const e = Math.exp(-Math.abs(z));
      const [small, large] = [e / (1 + e), 1 / (1 + e)];
      expect(fixed(z).predictProba(row)).toEqual(z >= 0 ? [small, large] : [large, small]);
    }
    expect(fixed(40).probability(row, 0)).toBeGreaterThan(0);
  });

  test('the class that is not the reference is the positive one, first or second', () => {
    const z = positiveSecond.decisionFunction(row);
    expect(positiveFirst.decisionFunction(row)).toBe(z);
    expect(positiveSecond.logOdds([row])).toEqual([[z]]);
    expect(positiveFirst.predictProba(row)).toEqual(positiveSecond.predictProba(row).reverse());
    expect(positiveSecond.probability(row)).toBe(positiveSecond.predictProba(row)[1]);
    expect(positiveFirst.probability(row)).toBe(positiveFirst.predictProba(row)[0]);
    expect(positiveFirst.probability(row, 'b')).toBe(positiveFirst.predictProba(row)[1]);
    expect(z).toBeGreaterThan(0);
    expect([positiveSecond.predict(row), positiveFirst.predict(row)]).toEqual(['b', 'a']);
  });

  test('the positive class is predicted from the threshold on: the model’s, or the one of the call', () => {
    expect(fixed(0).predict(row)).toBe(1);
    expect(fixed(-1e-15).predict(row)).toBe(0);
    expect(fixed(0, 0.6).predict(row)).toBe(0);
    expect(fixed(0, 0.6).predict(row, { threshold: 0.5 })).toBe(1);
    expect(fixed(0).predict(row, { threshold: 0.5000001 })).toBe(0);
    expect(fixed(0, 0.6).predict(row, { threshold: undefined })).toBe(0);
    expect([fixed(-800).predict(row, { threshold: 0 }), fixed(9).predict(row, { threshold: 1 })]).toEqual([1, 0]);
  });

  test('labels keep their type', () => {
    const of = (classes: readonly (string | number | boolean)[]) =>
      loadScorer(twoClasses({ classes, reference: classes[0]! })).predict([row, { ...row, island: 'Biscoe' }]);
    expect(of([false, true])).toEqual([true, false]);
    expect(of([-1, 1])).toEqual([1, -1]);
    expect(of(['', 'x'])).toEqual(['x', '']);
  });
});

describe('cells', () => {
  const scorer = loadScorer(golden2);
  const same = (cells: object, like: object): void => {
    expect(scorer.scoreRow({ ...row, ...cells })).toEqual(scoreOf(scorer.scoreRow({ ...row, ...like })));
  };

  test('a missing cell takes the imputed value of its feature, or is a problem', () => {
    for (const gap of [null, undefined, '', ' ', 'NA', Number.NaN]) {
      same({ mass: gap }, { mass: 4207 });
      same({ island: gap }, { island: 'Dream' });
      same({ tagged: gap }, { tagged: 'yes' });
      expect(scorer.scoreRow({ ...row, bill: gap })).toEqual({ problem: 'bill is missing' });
    }
  });

  test('numbers are read whole; bigints, booleans and strings like numbers', () => {
    same({ mass: '4e3', bill: ' 45.0 ' }, {});
    same({ mass: 4000n }, {});
    expect(scorer.scoreRow({ ...row, mass: true })).toEqual(scorer.scoreRow({ ...row, mass: 1 }));
    for (const bad of ['4,000', '4000g', Number.POSITIVE_INFINITY, '1e999', 'true']) {
      expect(scorer.scoreRow({ ...row, mass: bad })).toEqual({ problem: `mass: \`${bad}\` is not a finite number` });
    }
    const file = threeClasses();
    file.features[1].style = { decimal: ',', thousands: '' };
    const comma = loadScorer(file);
    expect(comma.scoreRow({ ...row, bill: '45,5' })).toEqual(comma.scoreRow({ ...row, bill: 45.5 }));
    expect(comma.scoreRow({ ...row, bill: '45.5' })).toHaveProperty('problem');
  });

  test('a boolean is matched in any case, by its words or by true and false', () => {
    // `tagged` has weight 0 in the file; here it has some.
    const file = threeClasses();
    file.terms[4].standardized = [1, 2];
    const weighty = loadScorer(file);
    const of = (tagged: unknown) => weighty.scoreRow({ ...row, tagged } as typeof row);
    for (const yes of ['YES', ' yes', 'true', true]) expect(of(yes)).toEqual(of('yes'));
    for (const no of ['No', 'FALSE', false]) expect(of(no)).toEqual(of('no'));
    expect(of('no')).not.toEqual(of('yes'));
    expect(of('ja')).toEqual({ problem: 'tagged: unseen category `ja`' });
    expect(of(1)).toEqual({ problem: 'tagged: unseen category `1`' });
  });

  test('a term may indicate the false word of a boolean, and the first level of a category', () => {
    const file = threeClasses();
    file.terms[4].factors[0].basis.level = 'no';
    file.terms[4].standardized = [1, 2];
    file.terms[3].factors[0].basis.level = 'Biscoe';
    const other = loadScorer(file);
    const z = (cells: object): number[] => other.logOdds({ ...row, ...cells } as typeof row);
    const close = (found: number, truth: number): void => {
      // Differences of sums of seven terms of size up to 10.
      expect(Math.abs(found - truth)).toBeLessThanOrEqual(2 * 8 * 4 * 10 * u);
    };
    close(z({ tagged: 'no' })[0]! - z({})[0]!, 1);
    close(z({ tagged: false })[1]! - z({})[1]!, 2);
    close(z({ island: 'Biscoe' })[0]! - z({ island: 'Torgersen' })[0]!, -0.625 / 0.357);
  });

  test('an unseen category is a problem, or the reference with a note: all its indicators are 0', () => {
    const unseen = { ...row, island: 'Anvers' };
    expect(scorer.scoreRow(unseen)).toEqual({ problem: 'island: unseen category `Anvers`' });
    const ignored = scoreOf(scorer.scoreRow(unseen, { unseen: 'ignore' }));
    const reference = scoreOf(scorer.scoreRow({ ...row, island: 'Biscoe' }));
    expect(ignored).toEqual({ ...reference, notes: ['island: unseen category `Anvers`, taken as the reference'] });
    const lenient = loadScorer({ ...threeClasses(), unseen: 'ignore' });
    expect(lenient.scoreRow(unseen)).toEqual(ignored);
    expect(lenient.scoreRow(unseen, { unseen: 'error' })).toEqual({ problem: 'island: unseen category `Anvers`' });
    expect(lenient.scoreRow({ ...unseen, mass: 'heavy' })).toEqual({
      problem: 'mass: `heavy` is not a finite number',
    });
  });
});

describe('rows', () => {
  const scorer = loadScorer(golden2);
  const list = [4000, 45, 'Dream', 'yes'] as const;
  const second = { ...row, island: 'Biscoe' };

  test('objects in any order of keys, lists in the order of the columns, and anything that yields them', () => {
    const truth = scorer.predictProba([row, second]);
    expect(truth[0]).not.toEqual(truth[1]);
    const turned = { tagged: 'yes', island: 'Dream', extra: 1, bill: 45, mass: 4000 };
    expect(scorer.predictProba([turned, [4000, 45, 'Biscoe', 'yes']])).toEqual(truth);
    expect(scorer.predictProba(new Set([row, second]))).toEqual(truth);
    function* generate() {
      yield row;
      yield second;
    }
    expect(scorer.predictProba(generate())).toEqual(truth);
    expect(scorer.predict([])).toEqual([]);
    expect(scorer.columns).toEqual(['mass', 'bill', 'island', 'tagged']);
  });

  test('one row as an object gives one result, in every method', () => {
    expect(scorer.predict(row)).toBe(scorer.predict([row])[0]);
    expect(scorer.predictProba(row)).toEqual(scorer.predictProba([list])[0]);
    expect(scorer.logOdds(row)).toEqual(scorer.logOdds([row])[0]);
    const two = loadScorer(twoClasses({ classes: ['a', 'b'], reference: 'a' }));
    expect(two.decisionFunction(row)).toEqual(two.decisionFunction([row])[0]);
    expect(scorer.predict({ ...row, island: 'Anvers' }, { unseen: 'ignore' })).toBe(scorer.predict(second));
    const bare = Object.assign(Object.create(null), row);
    expect(scorer.predict(bare)).toBe(scorer.predict(row));
    class Bird {
      mass = 4000;
      bill = 45;
      get island() {
        return 'Dream';
      }
      tagged = true;
    }
    expect(scorer.predictProba({ ...row })).toEqual(scorer.predictProba(new Bird() as unknown as typeof row));
  });

  test('results are the caller’s own: changing one changes no later one', () => {
    const first = scorer.predictProba(row);
    first[0] = 7;
    scorer.logOdds(row)[0] = 7;
    expect(scorer.predictProba(row)[0]).not.toBe(7);
    expect(scorer.logOdds(row)[0]).not.toBe(7);
  });

  test('a column called like something that every object inherits is missing where it is missing', () => {
    const file = threeClasses();
    const text = JSON.stringify(file).replaceAll('"island"', '"constructor"');
    const odd = loadScorer(text);
    const { island, ...rest } = row;
    expect(() => odd.predict(rest)).toThrow('the model needs the column "constructor", which the row lacks');
    expect(odd.predictProba({ ...rest, constructor: island })).toEqual(scorer.predictProba(row));
  });
});
