/**
 * Triton with TensorRT-LLM over several nodes: the script `server.py` of Triton's tutorials for Kubernetes, whose leader starts one
 * process for each rank of TP x PP (Deployment/Kubernetes/EKS_Multinode_Triton_TRTLLM of triton-inference-server/tutorials).
 */
import type { ConfigDocument, Word } from '../../syntax/document.ts';
import type { EngineCommand } from '../engines/start.ts';

/** Flags of the script that say nothing of the engine. */
const own = /^--(?:stateful_set_group_key|triton_model_repo_dir|enable_nsys|log-file|verbose|timeout|namespace|workers)(?:=|$)/;

const named = (word: Word): Word =>
  /^--gpu_per_node(?==|$)/.test(word.text ?? '') ? { ...word, text: (word.text ?? '').replace('gpu_per_node', 'gpus_per_node') } : word;

/** The leaders among the commands of a document. */
export function leadersOf({ commands }: ConfigDocument): readonly EngineCommand[] {
  return commands.flatMap((command): readonly EngineCommand[] => {
    const at = command.words.findIndex(
      ({ text }, index) => text === 'leader' && /(?:^|\/)server\.py$/.test(command.words[index - 1]?.text ?? ''),
    );
    const words = command.words.slice(at + 1);
    if (at < 0 || !words.some(({ text }) => text?.startsWith('--triton_model_repo_dir') === true)) return [];
    return [{ command, started: 'leader', words: withoutOwn(words), front: command.words.slice(0, at) }];
  });
}

function withoutOwn(words: readonly Word[]): readonly Word[] {
  return words.flatMap((word, index) => {
    const before = words[index - 1]?.text ?? '';
    const isValue = own.test(before) && !before.includes('=') && word.text?.startsWith('--') !== true;
    return own.test(word.text ?? '') || isValue ? [] : [named(word)];
  });
}
