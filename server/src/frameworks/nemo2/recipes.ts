/** Where NeMo 2 jobs stand in a module: recipes of the package, `run.Partial` of a training function, and the function itself. */
import { functionNamed, type PythonCall, type PythonModule } from '../../syntax/python-module.ts';
import { type PythonJob, pythonJobs } from '../python-jobs.ts';

const last = (name: string): string => name.split('.').at(-1) ?? name;

/** `llm.llama3_70b.pretrain_recipe(...)`, whatever the module is imported as. */
const isRecipeCall = (callee: string): boolean => /(?:^|\.)(?:\w+_)?(?:pretrain|finetune)_recipe$/.test(callee);

/** `llm.train(...)`, `llm.pretrain(...)`. */
const isTraining = (callee: string): boolean => /(?:^|\.)llm(?:\.api)?\.(?:train|pretrain|finetune)$/.test(callee);
const isExecutor = (callee: string): boolean => /Executor$/.test(callee);
const isWrapper = (callee: string): boolean => /^(?:nemo_run|run)\.(?:Config|Partial)$/.test(callee);

/** `run.Config(nl.Trainer, devices=8)` is `nl.Trainer(devices=8)`, and `run.Partial` likewise. */
function unwrap(call: PythonCall): PythonCall {
  const [first, ...rest] = call.arguments;
  if (!isWrapper(call.callee) || first === undefined || first.name !== undefined) return named(call);
  const target = first.value;
  return target.kind === 'name' ? named({ ...call, callee: target.name, arguments: rest }) : named(call);
}

/** The first argument of a model is its configuration, those of a data module are in its signature. */
function named(call: PythonCall): PythonCall {
  const kind = last(call.callee);
  const order = /Model$/.test(kind) ? ['config'] : /DataModule$/.test(kind) ? ['paths', 'seq_length'] : [];
  let next = 0;
  const names = call.arguments.map((one) => (one.name === undefined && next < order.length ? { ...one, name: order[next++] } : one));
  return { ...call, arguments: names };
}

/** A partial of anything that takes a trainer or data is a recipe. */
function isStart(call: PythonCall): boolean {
  const { callee, arguments: given } = unwrap(call);
  if (isRecipeCall(callee) || isTraining(callee)) return true;
  return /\.Partial$/.test(call.callee) && given.some(({ name }) => name === 'trainer' || name === 'data');
}

/** Every job of a module in order of the text. */
export function nemoJobs(module: PythonModule): readonly PythonJob[] {
  return pythonJobs(module, isStart, { unwrap });
}

/** `run.SlurmExecutor(...)`, made beside the recipe or by a function of the module; undefined when there are several. */
export function executorOf(module: PythonModule, beside: readonly PythonCall[]): PythonCall | undefined {
  const found = beside.flatMap((call): readonly PythonCall[] => {
    if (isExecutor(call.callee)) return [call];
    const returned = functionNamed(module, call.callee)?.returns.at(-1);
    return returned?.kind === 'call' && isExecutor(returned.call.callee) ? [returned.call] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}
