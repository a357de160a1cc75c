/** How steps are taken: solver, learning rate, penalty, the rows of a single update, the backend of the sums. */
import type { BackendName } from '../../../../src/backends/names.ts';
import type { SolverChoice } from '../worker/messages.ts';
import { setBackend, setPenalty } from './actions.ts';
import * as lab from './state.ts';

const solverNames: Readonly<Record<SolverChoice, string>> = {
  gd: 'gradient descent',
  lbfgs: 'L-BFGS',
  newton: 'Newton',
};

const backendTitles: Readonly<Partial<Record<BackendName, string>>> = {
  auto: 'cpu: WebAssembly',
  webgpu: 'webgpu: the graphics card',
  wasm: 'wasm: TensorFlow.js',
  reference: 'plain loops',
};

export function Settings() {
  return (
    <section class="bar settings" aria-label="Settings">
      <label>
        trained by{' '}
        <select
          value={lab.solver.value}
          onChange={({ currentTarget }) => {
            lab.solver.value = currentTarget.value as SolverChoice;
          }}
        >
          {Object.entries(solverNames).map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label title="Empty is 1/L, L the largest curvature">
        learning rate{' '}
        <input
          type="number"
          min="0"
          step="0.1"
          placeholder="1/L"
          value={lab.rate.value ?? ''}
          onInput={({ currentTarget: { value } }) => {
            lab.rate.value = Number(value) > 0 ? Number(value) : undefined;
          }}
        />
      </label>
      <label>
        l2{' '}
        <input
          type="number"
          min="0"
          step="0.01"
          value={lab.l2.value}
          onChange={({ currentTarget: { value } }) => setPenalty(Math.max(0, Number(value) || 0))}
        />
      </label>
      <label>
        updates over{' '}
        <select
          value={lab.scope.value}
          onChange={({ currentTarget }) => {
            lab.scope.value = currentTarget.value as 'row' | 'all';
          }}
        >
          <option value="all">all rows</option>
          <option value="row">this row</option>
        </select>
      </label>
      <label>
        sums on{' '}
        <select
          value={lab.backend.value}
          onChange={({ currentTarget }) => setBackend(currentTarget.value as BackendName)}
        >
          {Object.entries(backendTitles).map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}
