/** Forward, backward, update, back; training; and the scrubber through all steps so far. */
import { useEffect, useState } from 'preact/hooks';
import { goTo, reset, stepBack, train, update } from './actions.ts';
import { short, subscript } from './numbers.ts';
import { backward, forward } from './passes.ts';
import * as lab from './state.ts';

export function Steering() {
  const busy = lab.busy.value;
  const ready = lab.step.value !== undefined;
  return (
    <section class="steering" aria-label="Steps">
      <div class="bar">
        <button type="button" onClick={stepBack} disabled={lab.stage.value < 0 && lab.at.value === 0}>
          ← Back
        </button>
        <button type="button" onClick={forward} disabled={!ready}>
          Forward
        </button>
        <button type="button" onClick={backward} disabled={!ready}>
          Backward
        </button>
        <button type="button" onClick={update} disabled={!ready || busy !== undefined}>
          Update
        </button>
        {busy?.what === 'training' ? (
          <button type="button" class="main" onClick={busy.stop}>
            Stop
          </button>
        ) : (
          <button type="button" class="main" onClick={train} disabled={!ready || busy !== undefined}>
            Train
          </button>
        )}
      </div>
      <Scrubber />
      <Numbers />
    </section>
  );
}

function Scrubber() {
  const [playing, setPlaying] = useState(false);
  const last = lab.steps.value.length - 1;
  useEffect(() => {
    if (!playing) return undefined;
    let frame = 0;
    // Three seconds for the whole path, however long it is; at least ten frames a step where it is short.
    const pace = Math.max(0.1, lab.steps.value.length / 180);
    let exact = lab.at.value >= lab.steps.value.length - 1 ? 0 : lab.at.value;
    const tick = (): void => {
      exact += pace;
      goTo(Math.floor(exact));
      if (exact >= lab.steps.value.length - 1) setPlaying(false);
      else frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [playing]);
  return (
    <div class="scrub">
      <button type="button" class="quiet" disabled={last < 1} onClick={() => setPlaying(!playing)}>
        {playing ? 'Pause' : 'Play'}
      </button>
      <input
        type="range"
        min="0"
        max={Math.max(last, 0)}
        value={lab.at.value}
        aria-label="Step"
        aria-valuetext={`step ${lab.at.value} of ${Math.max(last, 0)}`}
        disabled={last < 1}
        onInput={({ currentTarget }) => goTo(Number(currentTarget.value))}
      />
      <button type="button" class="quiet" onClick={reset}>
        Start over
      </button>
      <output class="count">
        <b>{lab.at.value}</b> of {Math.max(last, 0)}
      </output>
    </div>
  );
}

/** Loss, gradient and weights at the step that is shown. */
function Numbers() {
  const step = lab.step.value;
  const size = step?.gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  const names = [...lab.features.value.slice(0, 2).map((_, j) => `w${subscript(j + 1)}`), 'b'];
  const shown = step ? [...step.theta.slice(0, names.length - 1), step.theta.at(-1)!] : [];
  return (
    <p class="numbers">
      loss <b>{step ? short(step.value) : '…'}</b> · largest |gradient| <b>{size === undefined ? '…' : short(size)}</b>
      {names.map((name, j) => (
        <span key={name}>
          {' '}
          · <span class={name === 'b' ? 's-b' : 's-w'}>{name}</span>{' '}
          <b>{shown[j] === undefined ? '…' : short(shown[j]!)}</b>
        </span>
      ))}
    </p>
  );
}
