/** How a field is written as a Megatron-LM flag, for quick fixes that add one. */
import type { JobField } from '../../core/job-fields.ts';
import { megatronSwitches } from './flag-names.ts';
import { megatronRows } from './rows.ts';

/** Switches whose presence means `true`, besides those that are rows. */
const switches: { readonly [F in JobField]?: string } = {
  'precision.bf16': 'bf16',
  'precision.fp16': 'fp16',
};

/** The flag with its value, or undefined when the framework has none or the flag cannot say that value. */
export function spellMegatron(field: JobField, value: string | number | boolean): string | undefined {
  if (field === 'zero.stage') return value === 1 ? '--use-distributed-optimizer' : undefined;
  if (field === 'precision.compute') return value === 'bf16' || value === 'fp16' ? `--${value}` : undefined;
  if (field === 'recompute.granularity') return value === 'none' ? undefined : `--recompute-granularity ${value}`;
  if (field === 'attention.kernel') return value === 'flash' ? '--attention-backend flash' : undefined;
  const name = switches[field] ?? megatronRows.find((row) => row.field === field)?.keys[0];
  if (name === undefined) return undefined;
  if (!megatronSwitches.has(name)) return typeof value === 'boolean' ? undefined : `--${name} ${value}`;
  const meansFalse = /^(no-|untie-|disable-)/.test(name);
  return value === !meansFalse ? `--${name}` : undefined;
}
