/** Scheduling ahead of the GPU did not work with every way of drafting and splitting. */
import { defineRule } from '../finding.ts';
import { isOn, isThere, textIn } from './shared/keys.ts';
import { isBefore, isSince } from './shared/serving.ts';

const key = 'vllm/async-scheduling';
const method = 'vllm/speculative-config.method';
/** Drafts that need the last token on the host before the next step can be planned. */
const hostDrafts: readonly string[] = ['ngram', 'suffix', 'medusa', 'mlp_speculator'];

export const asyncSchedulingUnsupported = defineRule({
  id: 'async-scheduling-unsupported',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [key],
  reads: [],
  mayRead: ['serving.engineVersion', 'parallel.pipeline', 'serving.speculativeTokens'],
  check({ job, keys, report }) {
    if (!isOn(keys, key)) return;
    const version = job['serving.engineVersion'];
    const isEarly = isBefore(version, '0.12');
    const drafts = textIn(keys, method);
    const pipeline = isEarly && (job['parallel.pipeline'] ?? 1) > 1;
    const drafting = isEarly && (isThere(keys, method) || (job['serving.speculativeTokens'] ?? 0) > 0);
    const onHost = !isEarly && drafts !== undefined && hostDrafts.includes(drafts);
    if (!pipeline && !drafting && !onHost) return;
    const known = isEarly || (isSince(version, '0.12') && isBefore(version, '0.26'));
    report({
      at: key,
      related: pipeline ? ['parallel.pipeline'] : [method],
      severity: known ? 'error' : 'warning',
      what: `Asynchronous scheduling does not work with ${pipeline ? 'PP above 1 in this release' : onHost ? `drafts by ${drafts}` : 'speculative decoding in this release'}`,
      why: pipeline
        ? '"Async scheduling is not supported with pipeline-parallel-size > 1."'
        : onHost
          ? 'only "EAGLE/MTP/Draft Model kind of speculative decoding" is supported with it'
          : '"Currently, speculative decoding is not supported with async scheduling."',
      advice: 'leave --async-scheduling out: vLLM turns it on where it works',
      fixes: [{ title: 'Let vLLM decide', changes: [{ kind: 'remove', field: key }], preferred: true }],
    });
  },
});
