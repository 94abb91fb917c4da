/**
 * A model in a folder of the container, whose name on the Hub only the name it is served as tells: `--model /model-cache/r1
 * --served-model-name deepseek-ai/DeepSeek-R1`.
 */
import type { Reading } from '../adapter.ts';
import { settingText } from '../setting.ts';

const isFolder = /^(?:\/|\$|pvc:|s3:|gs:|oci:)/;
const isHubName = /^[\w.-]+\/[\w.-]+$/;

export function withServedModel(reading: Reading): Reading {
  const name = reading.job['model.name'];
  const hidden = reading.sources['model.name']?.kind === 'unresolved';
  const setting = reading.written.findLast((one) => /^(?:served-model-name|served_model_name)$/.test(one.setting.name))?.setting;
  const served = settingText(setting);
  if (setting === undefined || served === undefined || !isHubName.test(served)) return reading;
  if (name === undefined ? !hidden : !isFolder.test(name)) return reading;
  const { key, value, spelling } = setting;
  const origin = reading.sources['model.name'];
  const uri = origin !== undefined && 'uri' in origin ? origin.uri : undefined;
  if (uri === undefined) return reading;
  const links = reading.links.map((link) => (link.role === 'model' ? { ...link, target: served, range: value } : link));
  return {
    ...reading,
    job: { ...reading.job, 'model.name': served },
    sources: { ...reading.sources, 'model.name': { kind: 'key', uri, key, value, spelling } },
    links: hidden && !links.some(({ role }) => role === 'model') ? [...links, { range: value, target: served, role: 'model' }] : links,
  };
}
