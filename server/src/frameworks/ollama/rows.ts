/**
 * Ollama: parameters of a Modelfile and the server's environment. Names: ollama/ollama parser/parser.go, api/types.go (Runner) and
 * envconfig/config.go at fb307609.
 */
import { count, integer, text } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

/** -1 fits as many layers as there is memory for. */
const layers: Parse<number> = (setting) =>
  String(setting.scalar) === '-1' ? { filledBy: 'Ollama, from the free memory' } : integer(0)(setting);

export const ollamaRows: readonly Row[] = [
  row({ field: 'model.name', keys: ['from'], parse: text }),
  row({ field: 'serving.maxModelLen', keys: ['num_ctx'], parse: count }),
  row({ field: 'serving.maxBatchedTokens', keys: ['num_batch'], parse: count, fallback: 512, why: 'NumBatch in api/types.go' }),
  row({ field: 'serving.gpuLayers', keys: ['num_gpu'], parse: layers }),
  row({ field: 'serving.speculativeTokens', keys: ['draft_num_predict'], parse: integer(0) }),
  row({ field: 'serving.draftModel', keys: ['draft'], parse: text }),
];

/** Variables of the server; a Modelfile's own values go before them. */
export const ollamaEnvironmentRows: readonly Row[] = [
  row({ field: 'serving.maxModelLen', keys: ['OLLAMA_CONTEXT_LENGTH'], parse: count }),
  row({ field: 'serving.maxSequences', keys: ['OLLAMA_NUM_PARALLEL'], parse: count }),
];
