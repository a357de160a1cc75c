/**
 * Texts from the data as a terminal can show them: names, levels and cells may hold line ends, control sequences that
 * would change the terminal, and thousands of letters.
 */

/** Characters that move the cursor, end the line or turn the direction of writing. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const spellings: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
/** The most characters of a message; a line of a table has cells of this width. */
const [longestMessage, widestCell] = [1500, 60];

/** A message as one line. */
export function onOneLine(message: string): string {
  return shortened(spelled(message), longestMessage);
}

/** A name or a level as a cell of a table, or within a sentence. */
export function visible(name: string): string {
  return shortened(spelled(name), widestCell);
}

function spelled(text: string): string {
  return text.replace(
    controls,
    (character) => spellings[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Without its middle: what a message is about stands first, what a name differs by often last. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor(most / 3);
  return `${text.slice(0, most - end - 1)}…${text.slice(-end)}`;
}
