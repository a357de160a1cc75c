/** The derivation, to be read from top to bottom. */
export function Story() {
  return <main class="story">…</main>;
}
