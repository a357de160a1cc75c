/** The lab: rows, the graph of one of them, steps; below, what the steps lead to. */
import { useEffect, useState } from 'preact/hooks';
import { wanted } from '../address.ts';
import { begin } from './actions.ts';
import { BatchPart } from './batch.tsx';
import { nodeOf } from './explained.ts';
import { Graph } from './graph.tsx';
import { Inspector } from './inspector.tsx';
import { LossesPart } from './losses.tsx';
import { looked } from './passes.ts';
import { PenaltyPart } from './penalty.tsx';
import { Picture } from './picture.tsx';
import { RatesPart } from './rates.tsx';
import { RowsBar } from './rows-bar.tsx';
import { Settings } from './settings.tsx';
import * as lab from './state.ts';
import { Steering } from './steering.tsx';
import { SurfacePart } from './surface.tsx';
import { TakeAwayPart } from './take-away.tsx';
import { TensorCheck } from './tensor-check.tsx';

export function Lab() {
  const [adding, setAdding] = useState<0 | 1>(1);
  useEffect(() => {
    if (lab.steps.value.length === 0) void begin(wanted.value);
  }, []);
  const looking = nodeOf(looked.value) ?? nodeOf('z');
  return (
    <main class="lab">
      <header>
        <h1>The lab</h1>
        <p>Move a row, take a step, and watch what every derivative does.</p>
      </header>
      <RowsBar adding={adding} setAdding={setAdding} />
      <Settings />
      <div class="two">
        <Picture adding={adding} />
        <div>
          <Graph />
          <TensorCheck />
          {looking && <Inspector node={looking} />}
        </div>
      </div>
      <BatchPart />
      <SurfacePart />
      <RatesPart />
      <LossesPart />
      <PenaltyPart />
      <TakeAwayPart />
      <Steering />
      <p class="unseen" aria-live="polite">
        {lab.said.value}
      </p>
    </main>
  );
}
