/** What one takes away: the model as the file that the command reads, and the same fit as code. */
import { useState } from 'preact/hooks';
import type { ModelFile } from '../../../../src/predict/model-file.ts';
import { call } from '../worker/client.ts';
import { attempt, rowsNow, say } from './actions.ts';
import { commandOf, csvOf, programOf } from './as-code.ts';
import { short } from './numbers.ts';
import * as lab from './state.ts';

export function TakeAwayPart() {
  const [model, setModel] = useState<string | undefined>(undefined);
  const fit = (): Promise<void> =>
    attempt('fitting', () => {
      const running = call('fit', [{ rows: rowsNow(), l2: lab.l2.value, backend: lab.backend.value }]);
      const saved = running.then((text) => {
        setModel(text);
        save('model.json', text, 'application/json');
        say('The model was fitted and saved as model.json.');
      });
      return Object.assign(saved, { stop: running.stop });
    });
  const own = lab.file.value === undefined;
  return (
    <section class="part">
      <h2>Take it with you</h2>
      <p>
        The estimator of the library fits the same rows, to a gradient of 10⁻¹⁰, and its model is one JSON file for the
        command, for Node and for pages.
      </p>
      <div class="bar">
        <button type="button" class="main" onClick={fit} disabled={lab.busy.value !== undefined}>
          Fit and save model.json
        </button>
        {own && (
          <button type="button" onClick={() => save('rows.csv', csvOf(lab.points.value), 'text/csv')}>
            Save rows.csv
          </button>
        )}
      </div>
      {model && <Summary model={JSON.parse(model) as ModelFile} />}
      <div class="even copies">
        <Copy title="With the command" text={commandOf()} />
        <Copy title="In Node" text={programOf()} />
      </div>
    </section>
  );
}

function save(name: string, text: string, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function Summary({ model }: { readonly model: ModelFile }) {
  const { terms, intercepts, certificate, madeBy } = model;
  return (
    <>
      <p class="note told">
        <b>{certificate.outcome}</b>, {certificate.rule}; {madeBy.backend}, {madeBy.detail}.
      </p>
      <ul class="coefficients">
        <li>
          intercept <b>{intercepts[0]!.toPrecision(10)}</b>
        </li>
        {terms.map(({ name, coefficients }) => (
          <li key={name}>
            {name} <b>{coefficients[0]!.toPrecision(10)}</b>
          </li>
        ))}
      </ul>
      <p class="note">
        In the units of the columns. One unit of {terms[0]?.name} multiplies the odds by{' '}
        {short(Math.exp(terms[0]?.coefficients[0] ?? 0))}.
      </p>
    </>
  );
}

function Copy({ title, text }: { readonly title: string; readonly text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => say('The browser does not allow copying here: select the text and copy it.'),
    );
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <figure class="figure code">
      <header>
        <h3>{title}</h3>
        <div class="tools">
          <button type="button" class="quiet" onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </button>
        </div>
      </header>
      <pre tabIndex={0}>{text}</pre>
    </figure>
  );
}
