#!/usr/bin/env node
// Stands in for nvcc in tests: says its version, and for a source what `ptxas -v` would say of its kernels. Comments in the
// source tell it what to do: `// fake: fail`, `// fake: hang`, `// fake: silent`, `// fake: registers 96`. Each start is noted
// in the file that FAKE_NVCC_LOG names, and in a hang the process and the child it starts.
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

const words = process.argv.slice(2);
const note = (line) => process.env.FAKE_NVCC_LOG && appendFileSync(process.env.FAKE_NVCC_LOG, `${line}\n`);

if (words.includes('--version')) {
  note('version');
  console.log('nvcc: NVIDIA (R) Cuda compiler driver\nCuda compilation tools, release 12.4, V12.4.131');
} else {
  const source = words.at(-1);
  const text = readFileSync(source, 'utf8');
  const wish = /\/\/ fake: (\w+)/.exec(text)?.[1];
  note(`compile ${words.join(' ')}`);
  if (wish === 'hang') {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    note(`hangs ${process.pid} ${child.pid}`);
    setInterval(() => {}, 1000);
  } else if (wish === 'fail') {
    console.error(`${source}(3): error: identifier "nothing" is undefined\n\n1 error detected in the compilation of "${source}".`);
    process.exitCode = 2;
  } else {
    const architecture = words.find((word) => word.startsWith('-arch='))?.slice('-arch='.length);
    const registers = /\/\/ fake: registers (\d+)/.exec(text)?.[1] ?? '40';
    for (const [, name] of wish === 'silent' ? [] : text.matchAll(/__global__[^(]*?\bvoid (\w+)\(/g)) {
      const symbol = `_Z${name.length}${name}Pfi`;
      console.error(
        [
          `ptxas info    : Compiling entry function '${symbol}' for '${architecture}'`,
          `ptxas info    : Function properties for ${symbol}`,
          '    8 bytes stack frame, 16 bytes spill stores, 24 bytes spill loads',
          `ptxas info    : Used ${registers} registers, used 1 barriers, 1024 bytes smem, 360 bytes cmem[0]`,
        ].join('\n'),
      );
    }
    writeFileSync(words[words.indexOf('-o') + 1], '');
  }
}
