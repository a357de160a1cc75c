import { LogisticRegression } from '/work/trees/statistics/src/node.ts';
import { DuckDBInstance } from '@duckdb/node-api';
const X = Array.from({length: 30}, (_, i) => [Math.sin(i), i%4]); const y = X.map((_, i) => i % 3 === 0 ? 1 : 0);
const m = await new LogisticRegression({ terms: [], inference: true }).fit(X, y);
console.log(m.predictProba([[], []]), m.columns);
try { console.log(m.predictProba(X.slice(0,2))) } catch (e: any) { console.log(e.message) }
const big = await new LogisticRegression({ terms: ['x1'], inference: true }).fit(X, y);
try { console.log(await m.compare(big), big.summary().likelihoodRatio) } catch (e: any) { console.log(e.message) }
const { openDuckdb } = {} as any;
for (const rows of ['there','memory','disk'] as const)
try { const q = await new LogisticRegression({ formula: 'y ~ 1', inference: true, rows }).fit({ query: "select i % 3 as y, sin(i) as x from range(5000) t(i)", connection: 'duckdb::memory:' } as any, 'y');
console.log(q.byClass, q.warnings, q.summary().logLikelihood); } catch (e: any) { console.log(e.code, e.message, e.hint) }
process.exit(0);
