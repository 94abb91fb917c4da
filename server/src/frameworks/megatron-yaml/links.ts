/** Files a Primus configuration stands on: the model it names, the trainer's own configuration, and what those extend. */
import type { Link } from '../adapter.ts';
import type { Setting } from '../setting.ts';

const framework = 'megatron-yaml';

/** `model: llama3_8B.yaml` lies in primus/configs/models/megatron, `config: pre_trainer.yaml` in primus/configs/modules/megatron. */
export function moduleLinks(settings: readonly Setting[], module: string): readonly Link[] {
  return (['model', 'config'] as const).flatMap((key): readonly Link[] => {
    const setting = settings.find(({ name }) => name === `${module}.${key}`);
    if (typeof setting?.scalar !== 'string') return [];
    const file = setting.scalar.replace(/\$\{\w+:([^${}]*)\}/g, '$1');
    const folder = key === 'model' ? 'models' : 'modules';
    return [{ range: setting.value, target: `primus/configs/${folder}/megatron/${file}`, role: 'config', framework, overridden: true }];
  });
}

/** The files of an `extends:` list, which some models call `bases:`, beside the file itself. */
export function extendedLinks(settings: readonly Setting[]): readonly Link[] {
  return settings.flatMap((setting): readonly Link[] => {
    if (!/^(?:extends|bases)(?:\.\d+)?$/.test(setting.name) || typeof setting.scalar !== 'string') return [];
    return [{ range: setting.value, target: setting.scalar, role: 'config', framework, overridden: true }];
  });
}
