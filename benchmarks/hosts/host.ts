/** A Node contender's own process. Arguments: the contender's name, the placed problem as JSON, and the measure. */
import { serve } from '../../src/bench/serve.ts';
import type { SessionMeasure } from '../contender.ts';
import { findSession } from '../contenders.ts';
import { loadProblem, type PlacedProblem } from '../generate.ts';

const [name, placed, measure] = process.argv.slice(2);
const data = loadProblem(JSON.parse(placed!) as PlacedProblem);
await serve(() => findSession(name!).open!(data, measure as SessionMeasure));
