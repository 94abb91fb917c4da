/** Clusters of more than eight blocks need the kernel's attribute, and more than sixteen do not exist. */
import { evaluate } from '../expression.ts';
import { defineKernelRule } from '../kernel-rule.ts';
import { onceEach } from './shared/once-each.ts';

const portable = 8;
const firstWithClusters = 90;

export const clusterOverLimit = defineKernelRule({
  id: 'cluster-over-limit',
  severity: 'error',
  languages: ['cuda'],
  check({ configurations, devices, isDeviceNamed, text, report }) {
    for (const { kernel, scope } of onceEach(configurations, (one) => one.kernel)) {
      const factors = kernel.cluster.flatMap((factor) => evaluate(factor, scope) ?? []);
      if (kernel.cluster.length === 0 || factors.length !== kernel.cluster.length) continue;
      const blocks = factors.reduce((all, one) => all * one, 1);
      const without = devices.filter(({ architecture }) => Number(architecture.id.slice('sm_'.length)) < firstWithClusters);
      if (isDeviceNamed && without.length > 0 && blocks > 1) {
        report({
          range: kernel.nameRange,
          what: `Clusters of ${blocks} blocks, which ${without.map(({ label }) => label).join(', ')} does not have`,
          why: 'thread block clusters exist from compute capability 9.0 on',
        });
      } else if (blocks > 16 || (blocks > portable && !/NonPortableClusterSizeAllowed/.test(text))) {
        report({
          range: kernel.nameRange,
          what: `Clusters of ${blocks} blocks, ${blocks > 16 ? '16 are the most' : `above ${portable} without the attribute for it`}`,
          why: 'the launch fails with "invalid cluster size"',
          ...(blocks <= 16
            ? { advice: 'set cudaFuncAttributeNonPortableClusterSizeAllowed for the kernel, and look at cudaOccupancyMaxActiveClusters' }
            : {}),
        });
      }
    }
  },
});
