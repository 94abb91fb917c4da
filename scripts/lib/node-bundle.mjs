// What every bundle for Node needs of esbuild, those that are shipped and those that a script runs in memory.
import { root } from './paths.mjs';

export const nodeBundle = {
  absWorkingDir: root,
  platform: 'node',
  format: 'cjs',
  // The CommonJS entry of jsonc-parser loads its parts by a computed name and breaks in a bundle; its ES entry does not.
  mainFields: ['module', 'main'],
  // The ES builds of these read import.meta.url, which is empty in CommonJS output.
  alias: {
    'web-tree-sitter': './node_modules/web-tree-sitter/web-tree-sitter.cjs',
    highs: './node_modules/highs/build/highs.js',
    tinyglobby: './node_modules/tinyglobby/dist/index.cjs',
  },
};
