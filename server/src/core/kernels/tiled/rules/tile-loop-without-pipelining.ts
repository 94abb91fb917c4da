/** A loop over tiles that loads each of them only when it is needed. */
import { evaluate } from '../../expression.ts';
import { defineTileRule } from '../tile-rule.ts';

export const tileLoopWithoutPipelining = defineTileRule({
  id: 'tile-loop-without-pipelining',
  severity: 'info',
  languages: ['tilelang'],
  check({ configurations, report }) {
    for (const { kernel, stages, scope, sharedPerStage } of configurations) {
      if (kernel.stages === undefined || kernel.stages === 'auto' || stages?.value === undefined) continue;
      if (stages.value > 1 || !sharedPerStage.value || evaluate(kernel.stages.expression, scope) === undefined) continue;
      report({
        range: kernel.stages.range,
        what: `The loop of ${kernel.name} is pipelined over ${stages.value} stage${stages.value === 1 ? '' : 's'}`,
        why: 'copies and products wait for each other in every iteration',
        advice: 'use num_stages 2 or more where shared memory allows it',
      });
    }
  },
});
