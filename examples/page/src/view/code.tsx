/** Lines of the library's source, quoted at build time, with the symbols of the derivation in their colours. */
import type { Quoted } from '../../code-of.ts';

/** What identifiers of the source mean in the derivation. */
const meanings: Readonly<Record<string, string>> = {
  ...{
    z: 'z',
    negativeMargin: 'z',
    a: 'a',
    y: 'y',
    dz: 'z',
    theta: 'w',
    columns: 'x',
    gradient: 'w',
    softplus: 'L',
    sigmoid: 'a',
  },
};

export function Code({ quoted, what }: { readonly quoted: Quoted; readonly what: string }) {
  const parts = quoted.text.split(/(\b[A-Za-z]+\b)/);
  return (
    <figure class="code">
      <pre tabIndex={0}>
        {parts.map((part, i) => {
          const meaning = Object.hasOwn(meanings, part) ? meanings[part] : undefined;
          return meaning ? (
            <span key={i} class={`s-${meaning}`}>
              {part}
            </span>
          ) : (
            part
          );
        })}
      </pre>
      <figcaption>
        <code>{quoted.name}</code> in <code>{quoted.path}</code> {what}
      </figcaption>
    </figure>
  );
}
