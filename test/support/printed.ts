/** What a command prints, kept: in the place of src/cli/output.ts and talk.ts, by vi.mock(…, () => import(…)). */
export const printed = { text: '', said: '' };

export const printText = async (text: string): Promise<void> => {
  printed.text += text;
};
export const printJson = async (value: unknown): Promise<void> => printText(JSON.stringify(value));
export const say = (text: string): void => {
  printed.said += `${text}\n`;
};
export const warn = (text: string): void => say(text);
