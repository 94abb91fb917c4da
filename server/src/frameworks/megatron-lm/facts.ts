/** Facts of a Megatron-LM script that are worth reporting and are no job field. */
import type { Draft } from '../draft.ts';
import { settingText } from '../setting.ts';
import type { Find } from './precision.ts';
import { factFlags } from './rows.ts';

export function readFacts(draft: Draft, find: Find): void {
  for (const [flag, { fact, parse }] of Object.entries(factFlags)) {
    const setting = find(flag);
    if (setting === undefined || (setting.given && setting.scalar === undefined)) continue;
    const parsed = parse(setting);
    if (parsed !== 'absent' && 'value' in parsed) setFact(draft.facts, fact, parsed.value);
  }
  readBatchRamp(draft, find);
  readRecomputeWords(draft, find);
  if (find('multi-latent-attention') !== undefined) {
    draft.job['model.attentionKind'] = 'MLA';
    const setting = find('multi-latent-attention');
    if (setting !== undefined) {
      const { key, value, spelling } = setting;
      draft.sources['model.attentionKind'] = { kind: 'key', uri: draft.document.uri, key, value, spelling };
    }
  }
}

/** Stores a fact under its dotted name: `model.mtp_layers` goes into the object `model`. */
function setFact(facts: Record<string, unknown>, name: string, value: unknown): void {
  const [group, key] = name.split('.');
  if (group === undefined || key === undefined) {
    facts[name] = value;
    return;
  }
  const inner = facts[group];
  facts[group] = { ...(typeof inner === 'object' ? inner : {}), [key]: value };
}

function readBatchRamp(draft: Draft, find: Find): void {
  const rampup = find('rampup-batch-size');
  if (rampup !== undefined) {
    const first = settingText(rampup);
    if (first !== undefined) draft.facts.batch_ramp = [first, ...rampup.rest].join(' ');
  }
  const schedule = find('step-batch-size-schedule');
  const first = settingText(schedule);
  if (first !== undefined) draft.facts.batch_ramp = ['step-batch-size-schedule', first, ...(schedule?.rest ?? [])].join(' ');
}

/** The recomputation in the words of the flags that ask for it. */
function readRecomputeWords(draft: Draft, find: Find): void {
  if (find('checkpoint-activations', 'deepspeed-activation-checkpointing') !== undefined) draft.facts.activation_checkpointing = true;
  const old = settingText(find('activations-checkpoint-method'));
  if (old !== undefined) draft.facts.recompute = `${old} (activations-checkpoint-method)`;
  else if (find('recompute-activations') !== undefined) draft.facts.recompute = 'activations';
}
