/** What goes to standard error: warnings, remarks and errors, a line each, in colour on a terminal that has it. */
import pc from 'picocolors';
import { onOneLine } from './visible.ts';

const colors = pc.createColors(process.stderr.isTTY === true && pc.isColorSupported);

export function warn(message: string): void {
  process.stderr.write(`${colors.yellow('warning:')} ${onOneLine(message)}\n`);
}

export function say(message: string): void {
  process.stderr.write(`${onOneLine(message)}\n`);
}

export function fail(message: string): void {
  process.stderr.write(`logit: ${onOneLine(message)}\n`);
}
