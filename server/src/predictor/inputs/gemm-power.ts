/** Inputs of the model of the board's power while a product is repeated. A share of the limit may fall where a product grows. */
import { chips } from '../device.ts';
import { bytesOf, type GemmCase, gemm, workInputs, writeWork } from './gemm.ts';
import { gemmFormats, trainedFormat } from './gemm-formats.ts';
import { engines, type Family, writeChip } from './inputs.ts';
import { beyondCache } from './memory.ts';

/** Rows that fill whole units of so many: full ones draw other power than one row more. */
const rowUnits = [2, 16, 32, 64, 128, 256] as const;

export const gemmPower: Family<GemmCase> = {
  ...gemm,
  grow: [...workInputs, 'bytes', 'bytes of B', 'bytes of A and C', 'bytes against L2', 'bytes beyond L2', 'm', 'n', 'k', 'work and bytes'],
  free: [...chips, ...gemmFormats.slice(1), ...engines, 'rows of whole blocks', ...rowUnits.map((unit) => `rows in whole ${unit}`)],
  write(into, shape, device) {
    const { format, engine, batch, m, n, k } = shape;
    const { first, second, written } = bytesOf(shape, device);
    const bytes = first + second + written;
    const best = writeWork(into, shape, device);
    const memory = bytes / device.bandwidth;
    into.time(memory);
    into.time(second / device.bandwidth);
    into.time((first + written) / device.bandwidth);
    into.add(Math.log1p(bytes / device.l2));
    into.time(1e-6 + beyondCache(bytes, device) / device.bandwidth);
    for (const size of [batch * m, n, k]) into.add(Math.log(size));
    into.time(Math.max(best, memory) + 0.2 * Math.min(best, memory) + 3e-6);
    writeChip(into, device);
    into.choice(gemmFormats.slice(1), trainedFormat(format));
    into.choice(engines, engine);
    into.flag(n % 64 === 0 && k % 128 === 0);
    for (const unit of rowUnits) into.flag(m % unit === 0);
  },
};
