/** Rows of kernels to times, bands and power: what `rooflint predict` prints. */
import { accelerators, findAccelerator } from '../data/index.ts';
import { bandFactor, type Footing } from './bands.ts';
import { Row, RowProblem } from './cases/row.ts';
import { type DeviceFigures, deviceFigures } from './device.ts';
import { type FamilyName, families, familyOf, type Question } from './families.ts';
import { InputWriter } from './inputs/inputs.ts';
import { loadNetwork, type Network } from './network.ts';
import { type NativeRuntime, runBatch } from './runtime.ts';

export interface Prediction {
  readonly id: string | number | null;
  readonly latency_ms: number | null;
  readonly power_w: number | null;
  /** Ends of the band in milliseconds: nine of ten measurements of the kind lie inside. */
  readonly low: number | null;
  readonly high: number | null;
  /** Which model answered, and on what footing; null where none did. */
  readonly model: string | null;
  readonly error?: string;
}

interface Asked {
  readonly index: number;
  readonly question: Question;
  readonly device: DeviceFigures;
  readonly powerLimit: number | undefined;
  /** The question about the power, where there is one. */
  readonly power: Question | undefined;
}

export class Predictor {
  private readonly folder: string;
  private readonly native: NativeRuntime | undefined;
  private readonly networks = new Map<FamilyName, Network>();
  private readonly devices = new Map<string, DeviceFigures | string>();

  /** `folder`: where the .onnx files are. `native`: absent, the reader alone works everything out. */
  constructor(folder: string, native?: NativeRuntime) {
    this.folder = folder;
    this.native = native;
  }

  /** One prediction per row, in the order of the rows. A row that cannot be answered says why. */
  async predict(rows: readonly unknown[]): Promise<readonly Prediction[]> {
    const answers: Prediction[] = new Array(rows.length);
    const asked = new Map<FamilyName, Asked[]>();
    for (const [index, row] of rows.entries()) {
      try {
        const { family, ...answer } = this.ask(row);
        const list = asked.get(family);
        if (list) list.push({ index, ...answer });
        else asked.set(family, [{ index, ...answer }]);
      } catch (error) {
        if (!(error instanceof RowProblem)) throw error;
        answers[index] = refusal(idOf(row), error.message);
      }
    }
    for (const [family, list] of asked) {
      try {
        await this.answer(family, list, rows, answers);
      } catch (error) {
        // A model file that is missing or damaged costs only the rows that ask it.
        const reason = error instanceof Error ? error.message : String(error);
        for (const { index } of list) answers[index] = refusal(idOf(rows[index]), `the model of ${family} cannot be used: ${reason}.`);
      }
    }
    return answers;
  }

  network(family: FamilyName): Network {
    const known = this.networks.get(family);
    if (known) return known;
    const network = loadNetwork(this.folder, families[family].model, families[family].inputs);
    this.networks.set(family, network);
    return network;
  }

  private ask(content: unknown): Omit<Asked, 'index'> & { readonly family: FamilyName } {
    if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new RowProblem('a row is an object of columns.');
    const row = new Row(content);
    const family = familyOf(row);
    const device = this.device(row);
    const powerLimit = row.size(['power_limit_w'], 1, 0) || undefined;
    const power = family === 'gemm' ? families.gemm_power.ask(row, device) : undefined;
    return { family, question: families[family].ask(row, device), device, powerLimit, power };
  }

  private device(row: Row): DeviceFigures {
    const name = row.text('device', 'system', 'gpu', 'accelerator', 'hardware');
    if (name === undefined) throw new RowProblem('the column device is missing.');
    let device = this.devices.get(name);
    if (device === undefined) {
      const accelerator = findAccelerator(name);
      device = accelerator ? deviceFigures(accelerator, accelerators) : `the device "${name}" is not among the data sheets`;
      this.devices.set(name, device);
    }
    if (typeof device === 'string') throw new RowProblem(`${device}.`);
    return device;
  }

  private async answer(family: FamilyName, asked: readonly Asked[], rows: readonly unknown[], answers: Prediction[]): Promise<void> {
    const network = this.network(family);
    const seconds = await this.grown(network, asked, await this.logarithms(network, asked));
    const watts = family === 'gemm' ? await this.watts(asked) : undefined;
    for (const [at, { index, question, device }] of asked.entries()) {
      const time = seconds[at] as number;
      const footing = footingOf(network, device);
      const factor = bandFactor(network.bands, footing, question.group, time);
      answers[index] = {
        id: idOf(rows[index]),
        latency_ms: rounded(time * 1e3),
        power_w: watts === undefined ? null : rounded(watts[at] as number, 4),
        low: rounded(Math.max(question.bound, time / factor) * 1e3),
        high: rounded(time * factor * 1e3),
        model: `${families[family].model}.onnx, ${footingWords(footing, device)}`,
      };
    }
  }

  /** The network's logarithms, corrected by its trees where the device, or one with its multiprocessors, was measured. */
  private async logarithms(network: Network, asked: readonly Pick<Asked, 'question' | 'device'>[]): Promise<Float64Array> {
    const writer = new InputWriter(asked.length, network.width);
    for (const { question } of asked) question.write(writer);
    const [outputs, corrections] = await runBatch(network, writer.values, this.native);
    return Float64Array.from(asked, ({ device }, at) => {
      const correction = footingOf(network, device) === 'unmeasured' ? 0 : (corrections?.[at] ?? 0);
      return (outputs?.[at] ?? Number.NaN) + correction;
    });
  }

  /**
   * Seconds, never below the bound. Trees may fall where sizes grow; where a kernel is far from its bound, so that work is not
   * what its time is made of, a question with half of one dimension must not take longer.
   */
  private async grown(network: Network, asked: readonly Asked[], logarithms: Float64Array): Promise<Float64Array> {
    const seconds = Float64Array.from(asked, ({ question }, at) => Math.max(question.bound, Math.exp(logarithms[at] as number) / 1e6));
    const smaller: { at: number; question: Question; device: DeviceFigures }[] = [];
    for (const [at, { question, device }] of asked.entries()) {
      if ((seconds[at] as number) < farFromBound * question.bound) continue;
      for (const half of question.smaller()) smaller.push({ at, question: half, device });
    }
    if (smaller.length === 0) return seconds;
    const theirs = await this.logarithms(network, smaller);
    for (const [index, { at }] of smaller.entries()) seconds[at] = Math.max(seconds[at] as number, Math.exp(theirs[index] as number) / 1e6);
    return seconds;
  }

  /** Mean board power while the product is repeated, from the limit of the row or of the data sheet; none without its model. */
  private async watts(asked: readonly Asked[]): Promise<Float64Array | undefined> {
    try {
      this.network('gemm_power');
    } catch {
      return undefined;
    }
    const questions = asked.map(({ question, power, device }) => ({ question: power ?? question, device }));
    const shares = await this.logarithms(this.network('gemm_power'), questions);
    return Float64Array.from(
      asked,
      ({ device, powerLimit }, at) => (powerLimit ?? device.watts) * Math.min(1, Math.exp(shares[at] as number)),
    );
  }
}

/** How many times its bound a kernel takes when its time is mostly not work. */
const farFromBound = 3;

function footingWords(footing: Footing, device: DeviceFigures): string {
  if (footing === 'measured') return 'trained on this device';
  return footing === 'chip' ? `trained on another device with the chip of ${device.chip}` : 'not trained on this device';
}

function footingOf(network: Network, device: DeviceFigures): Footing {
  return network.measured.has(device.id)
    ? 'measured'
    : device.chip === undefined || !network.chips.has(device.chip)
      ? 'unmeasured'
      : 'chip';
}

const rounded = (value: number, digits = 6): number => Number(value.toPrecision(digits));

function idOf(row: unknown): string | number | null {
  if (typeof row !== 'object' || row === null || !('id' in row)) return null;
  return typeof row.id === 'string' || typeof row.id === 'number' ? row.id : null;
}

export function refusal(id: string | number | null, error: string): Prediction {
  return { id, latency_ms: null, power_w: null, low: null, high: null, model: null, error };
}
