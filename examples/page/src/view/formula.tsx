/** MathML of the library or of the build, with every symbol in its colour. Text of data in it has been escaped there. */

/** Letters of the derivation get the class of their symbol, matrices that of their entries; an index takes the colour of its letter. */
export function coloured(mathml: string): string {
  return mathml
    .replace(/<msub><mi>([xwbza])<\/mi>/g, '<msub class="s-$1"><mi>$1</mi>')
    .replace(/<mi>(d?)([xwbzayLXWZAY])<\/mi>/g, (_, d: string, letter: string) => {
      const symbol = letter === 'L' ? letter : letter.toLowerCase();
      return `<mi class="s-${symbol}">${d}${letter}</mi>`;
    });
}

export function Formula({ mathml, block = false }: { readonly mathml: string; readonly block?: boolean }) {
  const html = { __html: coloured(mathml) };
  return <span class={block ? 'formula block' : 'formula'} dangerouslySetInnerHTML={html} />;
}
