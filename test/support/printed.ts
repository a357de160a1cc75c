/** What a command prints, kept in the place of src/cli/output.ts and talk.ts. */
import { vi } from 'vitest';
import * as output from '../../src/cli/output.ts';
import * as talk from '../../src/cli/talk.ts';

export const printed = { text: '', said: '' };

const printText = async (text: string): Promise<void> => {
  printed.text += text;
};
const say = (text: string): void => {
  printed.said += `${text}\n`;
};

/** Before each test: nothing is printed yet, and from here on it is kept. */
export function keepPrinted(): void {
  Object.assign(printed, { text: '', said: '' });
  vi.spyOn(output, 'printText').mockImplementation(printText);
  vi.spyOn(output, 'printJson').mockImplementation((value) => printText(JSON.stringify(value)));
  vi.spyOn(talk, 'say').mockImplementation(say);
  vi.spyOn(talk, 'warn').mockImplementation(say);
}
