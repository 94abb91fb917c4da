/**
 * The child process that holds the native ONNX runtime, so that a fault in native code ends nothing but itself. It loads the
 * runtime with the first question and answers every one, with the outputs or with why there are none.
 */
import type { InferenceSession } from 'onnxruntime-node';
import type { ChildReply, ChildRequest } from './predictor/runtime.ts';

const sessions = new Map<string, Promise<InferenceSession>>();

async function answer({ id, file, width, inputs }: ChildRequest): Promise<ChildReply> {
  try {
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 as const };
    const session = sessions.get(file) ?? InferenceSession.create(file, options);
    sessions.set(file, session);
    const rows = inputs.length / width;
    const { outputNames } = await session;
    const values = await (await session).run({ inputs: new Tensor('float32', inputs, [rows, width]) });
    return { id, outputs: outputNames.map((name) => values[name]?.data as Float32Array) };
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (request: ChildRequest) => {
  void answer(request).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));
