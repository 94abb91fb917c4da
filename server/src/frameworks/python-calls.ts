/** The calls of a module, wherever they stand. */
import type { PythonBody, PythonCall, PythonModule } from '../syntax/python-module.ts';
import { remember } from './remember.ts';

/** Every call of the file, in functions and methods too, in the order of the text. */
export const allCalls = remember((module: PythonModule): readonly PythonCall[] => {
  const bodies: readonly PythonBody[] = [module, ...module.functions, ...module.classes.flatMap(({ functions }) => functions)];
  return bodies.flatMap(({ calls }) => calls).sort((a, b) => a.range.start - b.range.start);
});
