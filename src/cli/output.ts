/** What goes to standard output, waited for, so that nothing is lost when the process ends. */
import { writeTo } from '../platform/write-file.ts';

export const printText = (text: string): Promise<void> => writeTo(process.stdout, text);

export const printJson = (value: unknown): Promise<void> => printText(`${JSON.stringify(value, null, 2)}\n`);
