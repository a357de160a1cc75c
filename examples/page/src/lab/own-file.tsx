/** A CSV, JSON or Parquet file, picked or dropped: it is read here and goes nowhere. Then which column is to be learned. */

import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { loadFor } from '../beside/load.ts';
import { call } from '../worker/client.ts';
import type { FileProfile } from '../worker/messages.ts';
import { attempt, chooseFile } from './actions.ts';

interface Opened {
  readonly file: File;
  readonly profile: FileProfile;
}

const opened = signal<Opened | undefined>(undefined);

function open(file: File): void {
  void attempt(`reading ${file.name}`, async () => {
    await loadFor(file);
    opened.value = { file, profile: await call('read', [file]) };
  });
}

export function OwnFile() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hover = (event: DragEvent): void => {
      event.preventDefault();
      setOver(event.type === 'dragover');
    };
    const drop = (event: DragEvent): void => {
      hover(event);
      const file = event.dataTransfer?.files[0];
      if (file) open(file);
    };
    const listeners = { dragover: hover, dragleave: hover, drop } as const;
    for (const [name, listener] of Object.entries(listeners)) addEventListener(name as 'drop', listener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) removeEventListener(name as 'drop', listener);
    };
  }, []);
  return (
    <>
      <label class={over ? 'picker over' : 'picker'}>
        Your own file
        <input
          class="unseen"
          type="file"
          accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.gz,.zst"
          onChange={({ currentTarget }) => currentTarget.files?.[0] && open(currentTarget.files[0])}
        />
      </label>
      {opened.value && <Roles {...opened.value} key={opened.value.file.name} />}
    </>
  );
}

/** Which column is learned, and from which. */
function Roles({ file, profile }: Opened) {
  const two = profile.columns.filter(({ levels }) => levels === 2);
  const [target, setTarget] = useState((two.at(-1) ?? profile.columns.at(-1))!.name);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const features = profile.columns.filter(({ name }) => name !== target);
  const use = (): void => {
    opened.value = undefined;
    const only = features.filter(({ name }) => !left.has(name)).map(({ name }) => name);
    void chooseFile({ kind: 'file', file, target, ...(left.size > 0 && { only }) });
  };
  return (
    <dialog open class="roles" aria-label={`Columns of ${file.name}`}>
      <p>
        <b>{file.name}</b>, {profile.rows.toLocaleString('en')} rows. It stays in this browser.
      </p>
      <label>
        learn{' '}
        <select value={target} onChange={({ currentTarget }) => setTarget(currentTarget.value)}>
          {profile.columns.map(({ name, levels }) => (
            <option key={name} value={name}>
              {name}
              {levels ? ` (${levels})` : ''}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>from</legend>
        {features.map(({ name }) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={!left.has(name)}
              onChange={() =>
                setLeft(
                  left.has(name) ? new Set([...left].filter((other) => other !== name)) : new Set([...left, name]),
                )
              }
            />
            {name}
          </label>
        ))}
      </fieldset>
      <div class="bar">
        <button type="button" class="main" onClick={use} disabled={left.size >= features.length}>
          Use these columns
        </button>
        <button
          type="button"
          onClick={() => {
            opened.value = undefined;
          }}
        >
          Cancel
        </button>
      </div>
    </dialog>
  );
}
