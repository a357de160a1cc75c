/**
 * A formula as text → the tree of its terms (term-tree.ts), by the grammar of R's formulas:
 *
 *   [target ~] sum      sum: [-] product {+ product | - product}      product: chain {* chain}
 *   chain: power {: power}      power: atom [^ number]      atom: column | `column` | . | 0 | 1 | function(…) | (sum)
 *
 * Functions are those of a closed list, and nothing is evaluated. It sees no data.
 */
import { LogisticError, nearestName } from '../errors.ts';
import type { Label } from '../predict/model-file.ts';
import { badFormula, isSign, type Token, tokensOf } from './formula-tokens.ts';
import { bs, category, center, log, log1p, ns, offset, poly, sqrt, type TermTree, type Variable } from './term-tree.ts';

export interface Formula {
  /** The column on the left of ~; undefined where there is none. */
  readonly target: string | undefined;
  /** False where it says 0 or - 1. */
  readonly intercept: boolean;
  readonly tree: TermTree;
}

type Argument = number | string | boolean | readonly number[];

/** Each function with the names of the arguments that follow its column, in their order. */
const functions: Readonly<
  Record<string, { readonly names: readonly string[]; make(column: string, options: never): TermTree }>
> = {
  C: {
    names: ['ref'],
    make: (column, { ref }: { ref?: Label }) => category(column, ref === undefined ? {} : { reference: ref }),
  },
  poly: {
    names: ['degree', 'raw'],
    make: (column, { degree = 1, raw = false }: { degree?: number; raw?: boolean }) => poly(column, degree, { raw }),
  },
  ns: { names: ['df', 'knots'], make: (column, options: Parameters<typeof ns>[1]) => ns(column, options) },
  bs: { names: ['df', 'knots', 'degree'], make: (column, options: Parameters<typeof bs>[1]) => bs(column, options) },
  log: { names: [], make: (column) => log(column) },
  log1p: { names: [], make: (column) => log1p(column) },
  sqrt: { names: [], make: (column) => sqrt(column) },
  center: { names: [], make: (column) => center(column) },
};

/** What R and others call something, and what it is here. */
const translations: Readonly<Record<string, string>> = {
  factor: 'C(x)',
  relevel: 'C(x, ref="level")',
  I: 'poly(x, 2, raw=true) for a square',
  scale: 'center(x), or x itself: standard errors do not depend on its unit',
  exp: 'a column of its own in the file',
  s: 'ns(x, df=4) for a smooth curve',
  rcs: 'ns(x, df=4) for a natural cubic spline',
  log2: 'log(x), which differs by a factor',
  log10: 'log(x), which differs by a factor',
};

/** Throws LogisticError 'bad-formula' with the place, and 'bad-term'. */
export function parseFormula(text: string): Formula {
  return new Parser(text).formula();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #intercept = true;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  formula(): Formula {
    const target = this.#target();
    const tree = this.#sum(true);
    this.#take('end', '', 'an operator or the end');
    return { target, intercept: this.#intercept, tree };
  }

  #target(): string | undefined {
    const [first, second] = this.#tokens as [Token, Token?];
    if (first.kind === 'end') this.#fail('it is empty', first, 'name the terms: y ~ age + sex');
    if (first.kind === 'name' && isSign(second, '=')) this.#refuse('~', second, `write ${first.text} ~ and the terms`);
    const at = this.#tokens.findIndex((token) => isSign(token, '~'));
    this.#next = at + 1;
    if (at <= 0) return undefined;
    if (at === 1 && first.kind === 'name') return first.text;
    return this.#refuse('the name of the target', first, 'a target is a column as it is');
  }

  /** `outermost`: 0 and 1 may stand in it, for the intercept. */
  #sum(outermost = false): TermTree {
    let terms: TermTree[] = [];
    let sign = this.#found('-') ? '-' : '+';
    for (;;) {
      const { text, kind } = this.#token;
      if (outermost && kind === 'number' && (text === '0' || text === '1')) {
        this.#next++;
        this.#intercept = (text === '1') === (sign === '+');
      } else {
        const term = this.#product();
        if (sign === '+') terms.push(term);
        else terms = [{ kind: 'without', of: { kind: 'sum', of: terms }, out: term }];
      }
      if (this.#found('+')) sign = '+';
      else if (this.#found('-')) sign = '-';
      else return terms.length === 1 ? terms[0]! : { kind: 'sum', of: terms };
    }
  }

  #product(): TermTree {
    return this.#joined('*', 'cross', () => this.#joined(':', 'interaction', () => this.#power()));
  }

  #joined(sign: string, kind: 'cross' | 'interaction', part: () => TermTree): TermTree {
    const parts = [part()];
    while (this.#found(sign)) parts.push(part());
    return parts.length === 1 ? parts[0]! : { kind, of: parts };
  }

  #power(): TermTree {
    const start = this.#token;
    const base = this.#atom();
    const sign = this.#token;
    if (!this.#found('^')) return base;
    const token = this.#take('number', '', 'a whole number');
    const degree = Number(token.text);
    if (base.kind === 'variable') {
      const column = this.#text.slice(start.at - 1, sign.at - 1).trim();
      this.#refuse(
        '^ after a group in parentheses',
        sign,
        `poly(${column}, ${token.text}), or with raw=true for powers as they are`,
      );
    }
    if (!(Number.isInteger(degree) && degree >= 1 && degree <= 10)) this.#refuse('a whole number from 1 to 10', token);
    return { kind: 'power', of: base, degree };
  }

  #atom(): TermTree {
    const token = this.#token;
    if (this.#found('(')) {
      const tree = this.#sum();
      this.#take('sign', ')', 'a closing parenthesis');
      return tree;
    }
    if (this.#found('.')) return { kind: 'all' };
    if (token.kind === 'number') this.#refuse('a column or a function', token, '0 and 1 stand in the outermost sum');
    const { text } = this.#take('name', '', 'a column or a function');
    if (this.#text[token.at - 1] === '`' || !this.#found('(')) {
      return { kind: 'variable', column: text, transform: { kind: 'plain' } };
    }
    const tree = text === 'offset' ? this.#offset() : this.#call(token);
    this.#take('sign', ')', 'a closing parenthesis');
    return tree;
  }

  /** offset(column) or offset(log(column)) */
  #offset(): TermTree {
    const start = this.#token;
    return this.#checked(start, () => offset(this.#power() as Variable));
  }

  #call(name: Token): TermTree {
    const known = Object.hasOwn(functions, name.text) ? functions[name.text] : undefined;
    if (known === undefined) return this.#unknownFunction(name);
    const column = this.#take('name', '', 'a column').text;
    const options: Record<string, Argument> = {};
    for (let place = 0; this.#found(','); place++) {
      const token = this.#token;
      const isNamed = token.kind === 'name' && this.#tokens[this.#next + 1]?.text === '=';
      const own = isNamed ? token.text : known.names[place];
      if (own === undefined || !known.names.includes(own)) {
        const takes = known.names.length === 0 ? 'a column only' : `a column and ${known.names.join(', ')}`;
        this.#refuse(`what ${name.text} takes: ${takes}`, token);
      }
      if (isNamed) this.#next += 2;
      options[own] = this.#argument();
    }
    return this.#checked(name, () => known.make(column, options as never));
  }

  /** A number, a text, true or false, or c(1, 2). */
  #argument(): Argument {
    const token = this.#token;
    this.#next++;
    if (token.kind === 'number') return Number(token.text);
    if (token.kind === 'text') return token.text;
    if (token.text === '-') return -Number(this.#take('number', '', 'a number').text);
    if (token.kind === 'name') {
      if (/^(true|T)$/i.test(token.text)) return true;
      if (/^(false|F)$/i.test(token.text)) return false;
      if (token.text === 'c' && this.#found('(')) {
        const numbers: number[] = [];
        do numbers.push(this.#argument() as number);
        while (this.#found(','));
        this.#take('sign', ')', 'a closing parenthesis');
        return numbers;
      }
    }
    const unquoted = token.kind === 'name' && !isSign(this.#token, '(');
    this.#next--;
    const hint = unquoted ? `write it in quotes: ${JSON.stringify(token.text)}` : undefined;
    return this.#refuse('a number, a text in quotes, true, false or c(1, 2)', token, hint);
  }

  /** What a builder refuses is said with its place. */
  #checked(token: Token, make: () => TermTree): TermTree {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof LogisticError) || error.code !== 'bad-term') throw error;
      return this.#fail(error.message, token, error.hint);
    }
  }

  #unknownFunction(name: Token): never {
    const known = [...Object.keys(functions), 'offset'];
    const near = nearestName(name.text, known);
    const translation = Object.hasOwn(translations, name.text) ? `it is ${translations[name.text]}` : undefined;
    const hint = translation ?? (near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}()?`);
    return this.#fail(`there is no function ${name.text}()`, name, hint);
  }

  get #token(): Token {
    return this.#tokens[this.#next]!;
  }

  #found(sign: string): boolean {
    const found = isSign(this.#token, sign);
    if (found) this.#next++;
    return found;
  }

  #take(kind: Token['kind'], text: string, expected: string): Token {
    const token = this.#token;
    if (token.kind !== kind || (text !== '' && token.text !== text)) this.#refuse(expected, token);
    this.#next++;
    return token;
  }

  #fail(message: string, { at }: Pick<Token, 'at'>, hint?: string): never {
    throw badFormula(this.#text, message, at, hint);
  }

  #refuse(expected: string, token = this.#token, hint?: string): never {
    const found = token.kind === 'end' ? 'its end' : JSON.stringify(token.text);
    return this.#fail(`expected ${expected}, found ${found}`, token, hint);
  }
}
