/** FSDP wants the opposite of tensor parallelism: several hardware queues, so that gathers run beside computation. */
import { defineRule } from '../finding.ts';
import { onlyFix } from './shared/fixes.ts';

/** What CUDA takes when the variable is not set (CUDA C++ Programming Guide, environment variables). */
const cudaDefault = 8;

export const cudaDeviceMaxConnectionsOneWithFsdp = defineRule({
  id: 'cuda-device-max-connections-one-with-fsdp',
  group: 'communication',
  severity: 'error',
  frameworks: ['megatron-lm'],
  reads: ['environment.cudaDeviceMaxConnections', 'zero.implementation'],
  check({ job, report }) {
    if (job['environment.cudaDeviceMaxConnections'] !== 1 || job['zero.implementation'] !== 'fsdp2') return;
    report({
      at: 'environment.cudaDeviceMaxConnections',
      related: ['zero.implementation'],
      what: 'FSDP cannot run with CUDA_DEVICE_MAX_CONNECTIONS=1',
      why: 'with one hardware queue parameter gathers would wait behind computation, so Megatron-LM refuses it',
      advice: 'leave the variable unset or higher for FSDP; 1 is what tensor parallelism needs on Hopper and older',
      fixes: onlyFix(
        `Set CUDA_DEVICE_MAX_CONNECTIONS to ${cudaDefault}, CUDA's default`,
        'environment.cudaDeviceMaxConnections',
        cudaDefault,
      ),
    });
  },
});
