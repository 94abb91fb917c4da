/**
 * The name and the template arguments of a kernel from its symbol (Itanium C++ ABI, "Mangling", which nvcc and clang
 * follow). What is not followed, expressions above all, leaves the arguments unknown; the name is found all the same.
 */

export interface TakenApart {
  /** Without scope. */
  readonly name: string;
  /** Packs laid out; undefined where one of them is beyond this reader. */
  readonly templateArguments: readonly string[] | undefined;
}

const builtIn: { readonly [letter: string]: string | undefined } = {
  v: 'void',
  w: 'wchar_t',
  b: 'bool',
  c: 'char',
  a: 'signed char',
  h: 'unsigned char',
  s: 'short',
  t: 'unsigned short',
  i: 'int',
  j: 'unsigned int',
  l: 'long',
  m: 'unsigned long',
  x: 'long long',
  y: 'unsigned long long',
  f: 'float',
  d: 'double',
  DF16_: '_Float16',
  DF16b: '__bf16',
  Dn: 'decltype(nullptr)',
};

const standard: { readonly [letter: string]: string | undefined } = {
  t: 'std',
  a: 'std::allocator',
  b: 'std::basic_string',
  s: 'std::string',
  i: 'std::istream',
  o: 'std::ostream',
  d: 'std::iostream',
};

class NotFollowed extends Error {}

interface Name {
  /** With its scope. */
  readonly text: string;
  readonly last: string;
  readonly templateArguments: readonly string[];
}

class Reader {
  private at = 0;
  private readonly seen: string[] = [];
  private readonly symbol: string;
  /** Arguments of the name itself, which `T_` stands for. */
  private outer: readonly string[] = [];

  constructor(symbol: string) {
    this.symbol = symbol;
  }

  private peek(text: string): boolean {
    return this.symbol.startsWith(text, this.at);
  }

  private take(text: string): boolean {
    if (!this.peek(text)) return false;
    this.at += text.length;
    return true;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.symbol)?.[0];
    if (found === undefined) return undefined;
    this.at += found.length;
    return found;
  }

  private remember(text: string): string {
    this.seen.push(text);
    return text;
  }

  /** `_Z`, then the name; what the function takes does not matter. */
  encoding(): Name {
    if (!this.take('_Z')) throw new NotFollowed();
    return this.name();
  }

  private source(): string {
    const digits = this.match(/\d+/y);
    if (digits === undefined) throw new NotFollowed();
    const text = this.symbol.slice(this.at, this.at + Number(digits));
    this.at += Number(digits);
    return /^_GLOBAL__N/.test(text) ? '(anonymous)' : text;
  }

  private name(): Name {
    if (this.take('N')) return this.nested();
    if (this.peek('S') && !this.peek('St')) {
      const text = this.substitution();
      return { text, last: text, templateArguments: this.peek('I') ? this.arguments() : [] };
    }
    const scope = this.take('St') ? 'std::' : '';
    this.take('L');
    const last = this.source();
    const whole = `${scope}${last}`;
    if (!this.peek('I')) return { text: whole, last, templateArguments: [] };
    this.remember(whole);
    const templateArguments = this.arguments();
    return { text: `${whole}<${templateArguments.join(', ')}>`, last, templateArguments };
  }

  /** `N` has been taken; each prefix counts for later substitutions, the whole name does not. */
  private nested(): Name {
    this.match(/[rVK]*[RO]?/y);
    let text = '';
    let last = '';
    let templateArguments: readonly string[] = [];
    while (!this.take('E')) {
      if (this.peek('I')) {
        templateArguments = this.arguments();
        text = `${text}<${templateArguments.join(', ')}>`;
      } else if (this.peek('S') && !this.peek('St') && text === '') {
        text = this.substitution();
        last = text;
        continue;
      } else {
        const scope = this.take('St') ? 'std' : undefined;
        if (scope === undefined) this.take('L');
        last = scope ?? this.source();
        templateArguments = [];
        text = text === '' ? last : `${text}::${last}`;
        if (scope !== undefined) continue;
      }
      if (!this.peek('E')) this.remember(text);
    }
    return { text, last, templateArguments };
  }

  private arguments(): readonly string[] {
    if (!this.take('I')) throw new NotFollowed();
    const found: string[] = [];
    while (!this.take('E')) found.push(...this.argument());
    this.outer = found;
    return found;
  }

  private argument(): readonly string[] {
    if (this.take('J')) {
      const pack: string[] = [];
      while (!this.take('E')) pack.push(...this.argument());
      return pack;
    }
    if (this.take('L')) return [this.literal()];
    if (this.take('X')) return [this.address()];
    return [this.type()];
  }

  /** `XadL_Z3addiEE`: the address of a function; other expressions are beyond this reader. */
  private address(): string {
    if (!this.take('adL_Z')) throw new NotFollowed();
    const { text } = this.name();
    while (!this.take('E')) this.type();
    if (!this.take('E')) throw new NotFollowed();
    return `&${text}`;
  }

  /** `Li128E`, `Lb1E`, `LN2ns4KindE3E`. */
  private literal(): string {
    const type = this.type();
    const value = this.match(/n?[\da-f.]*/y) ?? '';
    if (!this.take('E')) throw new NotFollowed();
    const number = value.replace(/^n/, '-');
    if (type === 'bool') return number === '1' ? 'true' : 'false';
    return /^(?:unsigned |signed )?(?:char|short|int|long|long long)$/.test(type) ? number : `(${type})${number}`;
  }

  private substitution(): string {
    if (!this.take('S')) throw new NotFollowed();
    const letter = this.match(/[abdiost]/y);
    if (letter !== undefined) return standard[letter] ?? '';
    const digits = this.match(/[\dA-Z]*/y) ?? '';
    if (!this.take('_')) throw new NotFollowed();
    const index = digits === '' ? 0 : Number.parseInt(digits, 36) + 1;
    const text = this.seen[index];
    if (text === undefined) throw new NotFollowed();
    return text;
  }

  private type(): string {
    const short = this.match(/DF16[_b]|Dn|[vwbcahstijlmxyfd]/y);
    if (short !== undefined) return builtIn[short] ?? short;
    if (this.take('u')) return this.remember(this.source());
    if (this.take('P')) return this.remember(`${this.type()}*`);
    if (this.take('R')) return this.remember(`${this.type()}&`);
    if (this.take('O')) return this.remember(`${this.type()}&&`);
    if (this.take('K')) return this.remember(`${this.type()} const`);
    if (this.take('V')) return this.remember(`${this.type()} volatile`);
    if (this.take('T')) {
      const digits = this.match(/\d*/y) ?? '';
      if (!this.take('_')) throw new NotFollowed();
      const meant = this.outer[digits === '' ? 0 : Number(digits) + 1];
      if (meant === undefined) throw new NotFollowed();
      return this.remember(meant);
    }
    if (this.take('A')) {
      const size = this.match(/\d+/y);
      if (size === undefined || !this.take('_')) throw new NotFollowed();
      return this.remember(`${this.type()}[${size}]`);
    }
    if (this.peek('S') && !this.peek('St')) {
      const text = this.substitution();
      return this.peek('I') ? this.remember(`${text}<${this.arguments().join(', ')}>`) : text;
    }
    if (/^[N\d]|^St/.test(this.symbol.slice(this.at, this.at + 2))) {
      const { text } = this.name();
      return this.remember(text);
    }
    throw new NotFollowed();
  }
}

/** The first name with a length in front of it that is no scope: what is left when the rest cannot be followed. */
function nameAlone(symbol: string): string | undefined {
  let at = /^_ZN?[rVK]*L?/.exec(symbol)?.[0].length ?? 0;
  let last: string | undefined;
  for (;;) {
    const digits = /^L?(\d+)/.exec(symbol.slice(at));
    if (!digits) return last;
    at += digits[0].length;
    last = symbol.slice(at, at + Number(digits[1]));
    at += Number(digits[1]);
    if (!symbol.startsWith('_ZN')) return last;
  }
}

/** @returns the symbol itself as the name where it is no C++ name. Never throws. */
export function takeApart(symbol: string): TakenApart {
  if (!symbol.startsWith('_Z')) return { name: symbol, templateArguments: [] };
  try {
    const { last, templateArguments } = new Reader(symbol).encoding();
    return { name: last, templateArguments };
  } catch {
    return { name: nameAlone(symbol) ?? symbol, templateArguments: undefined };
  }
}
