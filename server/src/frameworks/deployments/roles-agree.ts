/**
 * Where prefill and decode contradict each other. vLLM's NIXL connector compares a hash of model, dtype and cache dtype when
 * the servers meet (nixl/metadata.py: "NIXL compatibility hash mismatch"); SGLang compares page size and cache dtype
 * (disaggregation/common/conn.py: "Both servers must use the same --page-size value", "... --kv-cache-dtype value").
 */
import type { ConfigDocument, Problem } from '../../syntax/document.ts';
import type { Reading } from '../adapter.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';

interface Demand {
  readonly engine: string;
  /** Names of the flag, canonical. */
  readonly names: readonly string[];
  readonly flag: string;
  /** What holds where the flag is not written; undefined when that depends on the model and the GPU. */
  readonly otherwise?: string;
  readonly refusal: string;
}

const demands: readonly Demand[] = [
  {
    engine: 'vllm',
    names: ['kv-cache-dtype'],
    flag: '--kv-cache-dtype',
    otherwise: 'auto',
    refusal: 'the NIXL connector refuses the other server: "NIXL compatibility hash mismatch"',
  },
  {
    engine: 'vllm',
    names: ['dtype'],
    flag: '--dtype',
    refusal: 'the NIXL connector refuses the other server: "NIXL compatibility hash mismatch"',
  },
  {
    engine: 'sglang',
    names: ['kv-cache-dtype'],
    flag: '--kv-cache-dtype',
    refusal: 'SGLang stops with "KV cache dtype mismatch"',
  },
  { engine: 'sglang', names: ['page-size'], flag: '--page-size', refusal: 'SGLang stops with "Page size mismatch"' },
];

const find = ({ written }: Reading, names: readonly string[]): Setting | undefined =>
  written.findLast(({ setting }) => names.includes(setting.name))?.setting;

/** True when NIXL hands the cache over and its check is not switched off. */
function checksHash(reading: Reading): boolean {
  const transfer = reading.written.filter(({ setting }) => setting.name.startsWith('kv-transfer-config'));
  const text = transfer.map(({ setting }) => `${setting.name}=${settingText(setting) ?? ''}`).join(' ');
  return /Nixl/i.test(text) && !/enforce_handshake_compat\W+false/i.test(text);
}

function differs(document: ConfigDocument, demand: Demand, prefill: Reading, decode: Reading): Problem | undefined {
  if (prefill.runsAs !== demand.engine || decode.runsAs !== demand.engine) return undefined;
  if (demand.engine === 'vllm' && !(checksHash(prefill) && checksHash(decode))) return undefined;
  const [here, there] = [find(prefill, demand.names), find(decode, demand.names)];
  const [a, b] = [here, there].map((setting) => (setting === undefined ? demand.otherwise : settingText(setting)));
  const at = here ?? there;
  if (a === undefined || b === undefined || a === b || at === undefined) return undefined;
  const message = `Prefill has ${demand.flag} ${a} and decode ${b}: ${demand.refusal}`;
  const other = here ? there : undefined;
  const related = other ? [{ place: { uri: document.uri, range: other.value }, message: 'decode has another' }] : [];
  return { range: at.value, severity: 'error', code: 'roles-differ', message, related };
}

/** The readings with what their roles contradict; each contradiction is told once, with prefill. */
export function rolesAgree(document: ConfigDocument, readings: readonly Reading[]): readonly Reading[] {
  const decode = readings.find(({ job }) => job['serving.role'] === 'decode');
  if (!decode) return readings;
  return readings.map((reading) => {
    if (reading.job['serving.role'] !== 'prefill') return reading;
    const problems = demands.flatMap((demand) => differs(document, demand, reading, decode) ?? []);
    return problems.length === 0 ? reading : { ...reading, problems: [...reading.problems, ...problems] };
  });
}
