/** Rows for the load on a server. */
import { count, type FieldInfo } from '../field-info.ts';
import type { JobField } from '../job-fields.ts';

export type LoadField = Extract<JobField, `load.${string}`>;

const source = 'your settings';

export const loadFields: { readonly [F in LoadField]: FieldInfo } = {
  'load.requestRate': {
    label: 'Requests per second',
    short: 'requests/s',
    fact: 'request_rate',
    unit: 'requests/s',
    range: { min: 0 },
    what: 'Requests that arrive at the whole deployment each second, at random; its replicas share them.',
    source,
  },
  'load.concurrency': {
    label: 'Concurrent requests',
    short: 'concurrency',
    fact: 'concurrency',
    unit: 'requests',
    range: count,
    what: 'Requests under way at most at the whole deployment; the next one is sent when one is answered.',
    source: 'vLLM, vllm/benchmarks/serve.py (--max-concurrency)',
  },
  'load.inputTokens': {
    label: 'Prompt length',
    short: 'input',
    fact: 'input_tokens',
    unit: 'tokens',
    range: count,
    what: 'Tokens of a usual prompt, the system prompt included.',
    source,
  },
  'load.outputTokens': {
    label: 'Answer length',
    short: 'output',
    fact: 'output_tokens',
    unit: 'tokens',
    range: count,
    what: 'Tokens of a usual answer.',
    source,
  },
  'load.firstTokenLimit': {
    label: 'TTFT limit',
    short: 'TTFT limit',
    fact: 'ttft_limit',
    unit: 's',
    range: { min: 0 },
    what: 'The longest acceptable mean time from a request to its first token.',
    source,
  },
  'load.perTokenLimit': {
    label: 'TPOT limit',
    short: 'TPOT limit',
    fact: 'tpot_limit',
    unit: 's',
    range: { min: 0 },
    what: 'The longest acceptable mean time from one token of an answer to the next.',
    source,
  },
};
