/** A formula as text → its tokens, each with its place. It knows no grammar. */
import { LogisticError } from '../errors.ts';

export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign' | 'end';
  readonly text: string;
  /** Of its first character, from 1. */
  readonly at: number;
}

export const isSign = (token: Token | undefined, text: string): token is Token =>
  token?.kind === 'sign' && token.text === text;

const pattern =
  /\s*(?:(?<name>[\p{L}_][\p{L}\p{N}_.]*|\.[\p{L}_][\p{L}\p{N}_.]*)|`(?<quoted>(?:[^`\\]|\\.)*)`|(?<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|"(?<text>(?:[^"\\]|\\.)*)"|'(?<single>(?:[^'\\]|\\.)*)'|(?<sign>[-+*:^()~.,=]))/uy;

/** Throws LogisticError 'bad-formula'. */
export function tokensOf(formula: string): Token[] {
  const tokens: Token[] = [];
  const end = formula.trimEnd().length;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const found = pattern.exec(formula);
    if (found === null) {
      const at = from + formula.slice(from).search(/\S/) + 1;
      const odd = formula[at - 1]!;
      const open = ['`', '"', "'"].includes(odd);
      throw badFormula(formula, open ? `${odd} is not closed` : `unexpected ${JSON.stringify(odd)}`, at, oddHints[odd]);
    }
    const { name, quoted, number, text, single, sign } = found.groups!;
    const at = from + found[0].search(/\S/) + 1;
    const unescaped = (quoted ?? text ?? single)?.replaceAll(/\\(.)/g, '$1');
    if (name !== undefined || quoted !== undefined) tokens.push({ kind: 'name', text: name ?? unescaped!, at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, at });
    else tokens.push({ kind: 'text', text: unescaped!, at });
  }
  return [...tokens, { kind: 'end', text: '', at: end + 1 }];
}

export function badFormula(formula: string, message: string, at: number, hint?: string): LogisticError {
  const text = formula.trim();
  return new LogisticError('bad-formula', `formula, character ${at}: ${message}${text && `, in ${text}`}`, {
    hint,
    details: { position: at },
  });
}

const oddHints: Readonly<Record<string, string>> = {
  '/': 'a/b is a + a:b',
  '%': 'a %in% b is a:b',
  '|': 'there are no random effects',
  '!': 'a name with other characters than letters, digits, . and _ stands in backquotes',
};
