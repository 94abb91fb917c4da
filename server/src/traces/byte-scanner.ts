/**
 * Finds the events of a Chrome trace in a stream of bytes without building the document: either a list of events, or an object whose
 * `traceEvents` is one. Every event is handed over as the bytes it stands in; other members of the object as text, when they are short. Made
 * for this one shape since general stream parsers make an object of every token and are some ten times slower.
 */

export interface Heard {
  /** The bytes of one event, valid during the call. */
  readonly event: (bytes: Buffer, start: number, end: number) => void;
  /** A member of the object beside the events. */
  readonly member: (key: string, text: string) => void;
}

/** Nothing a profiler writes about one event is as long. */
const longestEvent = 32 * 2 ** 20;
/** Longer members are skipped. */
const longestMember = 4 * 2 ** 20;

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const colon = 0x3a;
const comma = 0x2c;

/** `outside`: between things. `value`: in something that is handed over whole. `skipped`: in something too long to keep. */
type State = 'begin' | 'members' | 'key' | 'events' | 'value' | 'skipped' | 'end' | 'broken';

export class ByteScanner {
  private readonly heard: Heard;
  private state: State = 'begin';
  /** Depth of brackets and quotes inside the value at hand. */
  private depth = 0;
  private inString = false;
  private escaped = false;
  private carried: Buffer = Buffer.alloc(0);
  private key = '';
  private isObject = false;
  private inEvents = false;
  events = 0;

  constructor(heard: Heard) {
    this.heard = heard;
  }

  /** True once the bytes can be no trace. */
  get isBroken(): boolean {
    return this.state === 'broken';
  }

  /** True when the outermost bracket was closed. */
  get isComplete(): boolean {
    return this.state === 'end';
  }

  push(chunk: Buffer): void {
    const bytes = this.carried.length > 0 ? Buffer.concat([this.carried, chunk]) : chunk;
    // What was carried over was looked at already, up to its end.
    let at = this.carried.length;
    let start = 0;
    this.carried = Buffer.alloc(0);
    while (at < bytes.length) {
      if (this.state === 'value' || this.state === 'key' || this.state === 'skipped') {
        const end = this.advance(bytes, at);
        if (end < 0) {
          at = bytes.length;
          break;
        }
        this.finishValue(bytes, start, end);
        at = end;
        start = end;
      } else {
        at = this.between(bytes, at);
        start = at;
        if (this.state === 'broken' || this.state === 'end') return;
        if (this.state !== 'members' && this.state !== 'events' && this.state !== 'begin') at = this.begin(bytes, at);
      }
    }
    this.carry(bytes, start);
  }

  /** The rest of an unfinished value waits for the next bytes, unless it is too long for anything. */
  private carry(bytes: Buffer, start: number): void {
    if (this.state !== 'value' && this.state !== 'key') return;
    const length = bytes.length - start;
    if (this.state === 'value' && length > (this.inEvents ? longestEvent : longestMember)) this.state = 'skipped';
    // A copy: the stream uses its buffers again.
    else this.carried = Buffer.from(bytes.subarray(start));
  }

  /** Skips what stands between values; sets the state for the value that begins there. */
  private between(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte <= 0x20 || byte === comma || byte === 0xef || byte === 0xbb || byte === 0xbf) continue;
      if (this.state === 'begin') {
        if (byte === openBracket) this.enterEvents();
        else if (byte === openBrace) {
          this.isObject = true;
          this.state = 'members';
        } else this.state = 'broken';
        if (this.state === 'broken') return at;
      } else if (byte === closeBracket && this.inEvents) {
        this.inEvents = false;
        this.state = this.isObject ? 'members' : 'end';
        if (this.state === 'end') return at;
      } else if (byte === closeBrace && !this.inEvents) {
        this.state = 'end';
        return at;
      } else if (this.inEvents) {
        this.state = 'value';
        return at;
      } else if (byte === colon) {
        // The value after a key.
      } else if (this.key === '') {
        this.state = byte === quote ? 'key' : 'broken';
        return at;
      } else if (this.key === 'traceEvents' && byte === openBracket) {
        this.key = '';
        this.enterEvents();
      } else {
        this.state = 'value';
        return at;
      }
    }
    return bytes.length;
  }

  private enterEvents(): void {
    this.inEvents = true;
    this.state = 'events';
  }

  /** The first byte of a value. */
  private begin(bytes: Buffer, at: number): number {
    this.depth = 0;
    this.escaped = false;
    this.inString = bytes[at] === quote;
    return this.inString ? at + 1 : at;
  }

  /** Where the value ends, after its last byte, or -1 when the bytes run out first. */
  private advance(bytes: Buffer, from: number): number {
    let { depth, inString, escaped } = this;
    let at = from;
    const { length } = bytes;
    for (; at < length; at++) {
      const byte = bytes[at] as number;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) {
          inString = false;
          if (depth === 0) {
            at++;
            break;
          }
        }
      } else if (byte === quote) inString = true;
      else if (byte === openBrace || byte === openBracket) depth++;
      else if (byte === closeBrace || byte === closeBracket) {
        // A bracket that was not opened here ends a bare number or word.
        if (depth === 0) break;
        depth--;
        if (depth === 0) {
          at++;
          break;
        }
      } else if (byte === comma && depth === 0) break;
    }
    const ended = at < length || (at === length && depth === 0 && !inString && isClosing(bytes[length - 1] ?? 0));
    this.depth = depth;
    this.inString = inString;
    this.escaped = escaped;
    return ended ? at : -1;
  }

  private finishValue(bytes: Buffer, start: number, end: number): void {
    if (this.state === 'key') {
      this.key = textOf(bytes, start + 1, end - 1) || '?';
      this.state = 'members';
      return;
    }
    const kept = this.state === 'value';
    if (this.inEvents) {
      this.state = 'events';
      if (!kept) return;
      this.events++;
      this.heard.event(bytes, start, end);
      return;
    }
    this.state = 'members';
    const { key } = this;
    this.key = '';
    if (kept && end - start <= longestMember) this.heard.member(key, textOf(bytes, start, end));
  }
}

const isClosing = (byte: number): boolean => byte === closeBrace || byte === closeBracket || byte === quote;
const textOf = (bytes: Buffer, start: number, end: number): string => bytes.toString('utf8', start, end);
