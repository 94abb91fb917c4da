// The native ONNX runtime in a bundle. It looks for its binding in its own package folder; bundled, it takes the one in
// native/ beside the bundle, which a package for one platform carries, or else that of an installed package.
import { readFileSync } from 'node:fs';

const finding = `module.require(((beside) => require('fs').existsSync(beside) ? beside
  : ['onnxruntime-node/bin/napi-v6', process.platform, process.arch, 'onnxruntime_binding.node'].join('/'))(
    require('path').join(__dirname, 'native', 'onnxruntime_binding.node')))`;

/** For esbuild. */
export const nativeBinding = {
  name: 'native-binding',
  setup(bundler) {
    bundler.onLoad({ filter: /onnxruntime-node[\\/]dist[\\/]binding\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text.replace(/require\(`[^`]*onnxruntime_binding\.node`\)/, () => finding);
      if (contents === text) throw new Error('onnxruntime-node loads its binding in another way than expected');
      return { contents, loader: 'js' };
    });
  },
};
