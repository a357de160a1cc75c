/** What goes to standard error: warnings and remarks, in colour on a terminal that has it. */
import pc from 'picocolors';

const colors = pc.createColors(process.stderr.isTTY === true && pc.isColorSupported);

export function warn(message: string): void {
  process.stderr.write(`${colors.yellow('warning:')} ${message}\n`);
}

export function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
