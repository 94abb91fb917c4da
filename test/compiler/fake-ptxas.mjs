#!/usr/bin/env node
// Stands in for ptxas in tests: says its version, and of a PTX file what `ptxas -v` would say. Comments in the PTX tell it what to do:
// `// fake: registers 168`, `// fake: hang`, `// fake: newer` (only the program of that name knows it). Starts are noted in FAKE_PTXAS_LOG.
import { appendFileSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const words = process.argv.slice(2);
const note = (line) => process.env.FAKE_PTXAS_LOG && appendFileSync(process.env.FAKE_PTXAS_LOG, `${line}\n`);

if (words.includes('--version')) {
  console.log('ptxas: NVIDIA (R) Ptx optimizing assembler\nCuda compilation tools, release 12.8, V12.8.93');
} else {
  const text = readFileSync(words.find((word) => word.endsWith('.ptx')) ?? '', 'utf8');
  note(`${basename(process.argv[1])} ${words.join(' ')}`);
  if (text.includes('// fake: hang')) {
    note(`hangs ${process.pid}`);
    setInterval(() => {}, 1000);
  } else if (text.includes('// fake: newer') && !process.argv[1].endsWith('blackwell')) {
    console.error('ptxas k.ptx, line 1; fatal   : Unsupported .version 9.4; current version is 8.7');
    process.exitCode = 255;
  } else {
    const name = /\.entry (\w+)/.exec(text)?.[1];
    const target = words.find((word) => word.startsWith('--gpu-name='))?.slice('--gpu-name='.length);
    const registers = /\/\/ fake: registers (\d+)/.exec(text)?.[1] ?? '40';
    console.error(
      [
        'ptxas info    : 0 bytes gmem',
        `ptxas info    : Compiling entry function '${name}' for '${target}'`,
        `ptxas info    : Function properties for ${name}`,
        '    8 bytes stack frame, 16 bytes spill stores, 24 bytes spill loads',
        `ptxas info    : Used ${registers} registers, used 1 barriers, 8 bytes cumulative stack size`,
      ].join('\n'),
    );
  }
}
