/** What the environment says to any engine: which GPUs it may see. */
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

const devices: Parse<number> = (setting) => {
  const written = String(setting.scalar ?? '');
  if (written === '' || /^(?:all|none|void)$/.test(written) || written.startsWith('-')) return 'absent';
  return { value: written.split(',').filter((id) => id.trim() !== '').length };
};

export const visibleGpuRows: readonly Row[] = [
  row({ field: 'cluster.gpusPerNode', keys: ['CUDA_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES'], parse: devices }),
];
