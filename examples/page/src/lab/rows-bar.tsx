/** What the lab starts from: one of the sets, or a file of the reader's own. */
import { chooseSet } from './actions.ts';
import { setNames, setNotes, setTitles } from './data-sets.ts';
import { OwnFile } from './own-file.tsx';
import * as lab from './state.ts';

export function RowsBar({ adding, setAdding }: { readonly adding: 0 | 1; setAdding(y: 0 | 1): void }) {
  const { setName, problem, outcome, placed, file } = lab;
  const note = setName.value === 'file' ? undefined : setNotes[setName.value];
  return (
    <section aria-label="Rows">
      <div class="bar sets">
        <div class="choices">
          {setNames.map((name) => (
            <button key={name} type="button" aria-pressed={setName.value === name} onClick={() => chooseSet(name)}>
              {setTitles[name]}
            </button>
          ))}
          <OwnFile />
        </div>
        {setName.value !== 'file' && (
          <label>
            new rows are{' '}
            <select value={adding} onChange={({ currentTarget }) => setAdding(Number(currentTarget.value) as 0 | 1)}>
              <option value={1}>◆ class 1</option>
              <option value={0}>○ class 0</option>
            </select>
          </label>
        )}
      </div>
      <p class="note">
        {note ??
          `${file.value?.file.name}: ${placed.value?.rows.toLocaleString('en')} rows, ${placed.value?.features.length} features. ◆ is ${lab.classes.value[1]}, ○ is ${lab.classes.value[0]}.`}
        {placed.value?.notes.map((own) => (
          <span key={own}> {own}.</span>
        ))}
      </p>
      {problem.value && (
        <p class="note problem" role="alert">
          {problem.value}
        </p>
      )}
      {outcome.value && (
        <p class="note told">
          <b>{outcome.value.outcome}</b> after {outcome.value.iterations} iterations and {outcome.value.evaluations}{' '}
          sums over the rows: {outcome.value.rule}.
        </p>
      )}
    </section>
  );
}
