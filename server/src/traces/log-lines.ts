/** A log read line by line, of whichever program its lines are. */
import { StringDecoder } from 'node:string_decoder';
import { isMegatronLine, MegatronLog } from '../core/measured/megatron-log.ts';
import type { ServingLog, TraceFormat, TrainingLog } from '../core/measured/trace.ts';
import { isVllmLine, VllmLog } from '../core/measured/vllm-log.ts';

/** Longer lines are no lines of these programs. */
const longestLine = 64 * 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals' colours start with one.
const colours = /\u001b\[[\d;]*m/g;

export class LogLines {
  private readonly decoder = new StringDecoder('utf8');
  private readonly megatron = new MegatronLog();
  private readonly vllm = new VllmLog();
  private rest = '';
  private megatronLines = 0;
  private vllmLines = 0;
  lines = 0;

  push(chunk: Buffer): void {
    const pieces = (this.rest + this.decoder.write(chunk)).split(/\r\n|\n|\r/);
    this.rest = pieces.pop() ?? '';
    for (const piece of pieces) this.line(piece);
    if (this.rest.length > longestLine) this.rest = '';
  }

  /** What the log told; undefined when its lines are of no program that is known. */
  finish(): { readonly format: TraceFormat; readonly log: TrainingLog | ServingLog } | undefined {
    if (this.rest !== '') this.line(this.rest + this.decoder.end());
    this.rest = '';
    if (this.megatronLines === 0 && this.vllmLines === 0) return undefined;
    return this.megatronLines >= this.vllmLines
      ? { format: 'megatron-log', log: this.megatron.finish() }
      : { format: 'vllm-log', log: this.vllm.finish() };
  }

  private line(raw: string): void {
    this.lines++;
    if (raw.length > longestLine) return;
    const line = raw.includes('\u001b') ? raw.replaceAll(colours, '') : raw;
    if (isMegatronLine(line)) this.megatronLines++;
    if (isVllmLine(line)) this.vllmLines++;
    this.megatron.line(line);
    this.vllm.line(line);
  }
}
