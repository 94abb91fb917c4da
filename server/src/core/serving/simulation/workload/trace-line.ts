/**
 * One line of a request trace. Read are JSONL as Mooncake publishes it (`timestamp` in milliseconds, `input_length`, `output_length`,
 * `hash_ids` of 512-token blocks) and CSV with a head that names a time, the prompt's and the answer's tokens, as Azure
 * (TIMESTAMP,ContextTokens,GeneratedTokens), BurstGPT and Vidur publish it. Times of CSV are seconds or dates.
 */

export interface TraceRequest {
  /** Seconds on the trace's own clock. */
  readonly time: number;
  readonly prompt: number;
  readonly output: number;
  readonly blocks?: readonly number[];
}

/** How the lines of one file are read; chosen by its first line. */
export type LineReader = (line: string) => TraceRequest | { readonly problem: string };

const columns = {
  time: ['timestamp', 'arrived_at', 'arrival_time', 'time'],
  prompt: ['contexttokens', 'request tokens', 'num_prefill_tokens', 'input_length', 'prompt_tokens', 'input_tokens'],
  output: ['generatedtokens', 'response tokens', 'num_decode_tokens', 'output_length', 'output_tokens', 'completion_tokens'],
} as const;

const problem = (text: string) => ({ problem: text });

/** The reader for a file that begins with this line, whether that line is a head, or what is wrong. */
export function readerFor(firstLine: string): { readonly read: LineReader; readonly head: boolean } | { readonly problem: string } {
  const first = firstLine.replace(/^\uFEFF/, '').trim();
  if (first.startsWith('{')) return { read: readJson, head: false };
  const names = cells(first).map((name) => name.toLowerCase());
  const place = (wanted: readonly string[]) => names.findIndex((name) => wanted.includes(name));
  const [time, prompt, output] = [place(columns.time), place(columns.prompt), place(columns.output)];
  if (time < 0 || prompt < 0 || output < 0) {
    return problem('neither a JSON object nor a head with columns such as TIMESTAMP,ContextTokens,GeneratedTokens');
  }
  return { read: (line) => readCsv(line, time, prompt, output), head: true };
}

const cells = (line: string): string[] => line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));

function readCsv(line: string, timeAt: number, promptAt: number, outputAt: number): TraceRequest | { readonly problem: string } {
  const row = cells(line);
  const time = timeOf(row[timeAt] ?? '');
  if (time === undefined)
    return problem(`"${shown(row[timeAt])}" is no time; seconds or a date such as 2023-11-16 18:17:03.9799600 is wanted`);
  const [prompt, output] = [countOf(row[promptAt]), countOf(row[outputAt])];
  if (prompt === undefined) return problem(`"${shown(row[promptAt])}" is no number of prompt tokens`);
  if (output === undefined) return problem(`"${shown(row[outputAt])}" is no number of answer tokens`);
  return { time, prompt, output };
}

function readJson(line: string): TraceRequest | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return problem('not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return problem('not a JSON object');
  const row = value as Readonly<Record<string, unknown>>;
  const { timestamp, input_length: inputLength, output_length: outputLength, hash_ids: blocks } = row;
  if (typeof timestamp !== 'number' || !Number.isFinite(timestamp)) return problem('"timestamp" must be a number of milliseconds');
  const [prompt, output] = [countOf(inputLength), countOf(outputLength)];
  if (prompt === undefined) return problem('"input_length" must be a whole number of tokens');
  if (output === undefined) return problem('"output_length" must be a whole number of tokens');
  if (blocks === undefined || blocks === null) return { time: timestamp / 1000, prompt, output };
  if (!Array.isArray(blocks) || !blocks.every((block) => Number.isInteger(block) && block >= 0)) {
    return problem('"hash_ids" must be a list of whole numbers');
  }
  return { time: timestamp / 1000, prompt, output, blocks: blocks as number[] };
}

const shown = (text: string | undefined): string => (text ?? '').slice(0, 40);

function countOf(value: unknown): number | undefined {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 && count < 2 ** 30 ? count : undefined;
}

/** Seconds, of a number or of a date and time in the proleptic Gregorian calendar; undefined when it is neither. */
function timeOf(text: string): number | undefined {
  if (text !== '' && Number.isFinite(Number(text))) return Number(text);
  const match = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d(?:\.\d+)?)\s*(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const zone = /^([+-])(\d\d):?(\d\d)$/.exec(match[7] ?? '');
  const offset = zone ? (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 3600 + Number(zone[3]) * 60) : 0;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second >= 61) return undefined;
  return daysSince1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
}

/** Days of the civil calendar, counted in years that begin in March. */
function daysSince1970(year: number, month: number, day: number): number {
  const from = month <= 2 ? year - 1 : year;
  const era = Math.floor(from / 400);
  const inEra = from - era * 400;
  const inYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + inEra * 365 + Math.floor(inEra / 4) - Math.floor(inEra / 100) + inYear - 719468;
}
