/** Rows of kernels to times, bands and power: what `rooflint predict` prints. */
import type { Accelerator } from '../core/hardware.ts';
import { accelerators, findAccelerator } from '../data/index.ts';
import { activeShare } from './activity.ts';
import { type AnalyticAnswer, analyticAnswer } from './analytic.ts';
import { bandFactor, unknownFactor } from './bands.ts';
import { Row, RowProblem } from './cases/row.ts';
import { type DeviceFigures, deviceFigures } from './device.ts';
import { type FamilyName, families, familyOf, type Question } from './families.ts';
import { footingOf, footingWords } from './footing.ts';
import { keepGrowing, type Sized } from './growth.ts';
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
  /** The question about the power of a product, which has a model of its own. */
  readonly power: Question | undefined;
}

export class Predictor {
  private readonly folder: string;
  private readonly native: NativeRuntime | undefined;
  private readonly networks = new Map<FamilyName, Network>();
  private readonly devices = new Map<string, Device | undefined>();

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
        const answer = this.ask(row, index);
        if ('latency_ms' in answer) answers[index] = answer;
        else {
          const list = asked.get(answer.family);
          if (list) list.push(answer);
          else asked.set(answer.family, [answer]);
        }
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

  /** The question of a row, or its answer where no model needs to be asked. */
  private ask(content: unknown, index: number): (Asked & { readonly family: FamilyName }) | Prediction {
    if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new RowProblem('a row is an object of columns.');
    const row = new Row(content);
    const family = familyOf(row);
    const { accelerator, figures } = this.device(row);
    const powerLimit = row.size(['power_limit_w'], 1, 0) || undefined;
    const known = analyticAnswer(family, row, accelerator, typeof figures !== 'string');
    if (known) return this.analytic(idOf(content), known, powerLimit ?? accelerator.tdpWatts?.value);
    if (typeof figures === 'string') throw new RowProblem(`${figures}.`);
    const power = family === 'gemm' ? families.gemm_power.ask(row, figures) : undefined;
    return { family, index, question: families[family].ask(row, figures), device: figures, powerLimit, power };
  }

  private analytic(id: Prediction['id'], { seconds, parts, model }: AnalyticAnswer, watts: number | undefined): Prediction {
    const share = seconds > 0 ? activeShare(this.activity(), parts, seconds) : undefined;
    return {
      id,
      latency_ms: rounded(seconds * 1e3),
      power_w: share === undefined || watts === undefined ? null : rounded(share * watts, 4),
      low: rounded((seconds * 1e3) / unknownFactor),
      high: rounded(seconds * 1e3 * unknownFactor),
      model,
    };
  }

  private device(row: Row): Device {
    const name = row.text('device', 'system', 'gpu', 'accelerator', 'hardware');
    if (name === undefined) throw new RowProblem('the column device is missing.');
    if (!this.devices.has(name)) {
      const accelerator = findAccelerator(name);
      this.devices.set(name, accelerator && { accelerator, figures: deviceFigures(accelerator, accelerators) });
    }
    const device = this.devices.get(name);
    if (device === undefined) throw new RowProblem(`the device "${name.slice(0, 60)}" is not among the data sheets.`);
    return device;
  }

  private async answer(family: FamilyName, asked: readonly Asked[], rows: readonly unknown[], answers: Prediction[]): Promise<void> {
    const network = this.network(family);
    const times = (questions: readonly Sized<DeviceFigures>[]) => this.seconds(network, questions);
    const seconds = await times(asked);
    await keepGrowing(asked, seconds, times);
    const watts = family === 'gemm' ? await this.watts(asked) : undefined;
    for (const [at, { index, question, device, powerLimit }] of asked.entries()) {
      const time = seconds[at] as number;
      const footing = footingOf(network, device, question);
      const factor = bandFactor(network.bands, footing, question.group, time);
      const share = activeShare(this.activity(), question.parts, time);
      const power = watts?.[at] ?? (share === undefined ? undefined : share * (powerLimit ?? device.watts));
      answers[index] = {
        id: idOf(rows[index]),
        latency_ms: rounded(time * 1e3),
        power_w: power === undefined ? null : rounded(power, 4),
        low: rounded(Math.max(question.bound, time / factor) * 1e3),
        high: rounded(time * factor * 1e3),
        model: `${families[family].model}.onnx, ${footingWords(footing, device, question)}`,
      };
    }
  }

  /** The network's logarithms, corrected by its trees where the kind was measured on the device or on its chip. */
  private async logarithms(network: Network, asked: readonly Sized<DeviceFigures>[]): Promise<Float64Array> {
    const writer = new InputWriter(asked.length, network.width);
    for (const { question } of asked) question.write(writer);
    const [outputs, corrections] = await runBatch(network, writer.values, this.native);
    return Float64Array.from(asked, ({ device, question }, at) => {
      const correction = footingOf(network, device, question) === 'unmeasured' ? 0 : (corrections?.[at] ?? 0);
      return (outputs?.[at] ?? Number.NaN) + correction;
    });
  }

  /** Seconds, never below the bound. */
  private async seconds(network: Network, asked: readonly Sized<DeviceFigures>[]): Promise<Float64Array> {
    const logarithms = await this.logarithms(network, asked);
    return Float64Array.from(asked, ({ question }, at) => Math.max(question.bound, Math.exp(logarithms[at] as number) / 1e6));
  }

  /** Mean board power while the product is repeated, from the limit of the row or of the data sheet; none without its model. */
  private async watts(asked: readonly Asked[]): Promise<Float64Array | undefined> {
    const network = this.powerNetwork();
    if (!network) return undefined;
    const shares = await this.logarithms(
      network,
      asked.map(({ question, power, device }) => ({ question: power ?? question, device })),
    );
    return Float64Array.from(
      asked,
      ({ device, powerLimit }, at) => (powerLimit ?? device.watts) * Math.min(1, Math.exp(shares[at] as number)),
    );
  }

  private powerNetwork(): Network | undefined {
    try {
      return this.network('gemm_power');
    } catch {
      return undefined;
    }
  }

  private activity(): readonly number[] | undefined {
    return this.powerNetwork()?.activity ?? undefined;
  }
}

/** A device by its name: the data sheet, and what the models know of it or why they cannot speak about it. */
interface Device {
  readonly accelerator: Accelerator;
  readonly figures: DeviceFigures | string;
}

const rounded = (value: number, digits = 6): number => Number(value.toPrecision(digits));

function idOf(row: unknown): string | number | null {
  if (typeof row !== 'object' || row === null || !('id' in row)) return null;
  return typeof row.id === 'string' || typeof row.id === 'number' ? row.id : null;
}

export function refusal(id: string | number | null, error: string): Prediction {
  return { id, latency_ms: null, power_w: null, low: null, high: null, model: null, error };
}
