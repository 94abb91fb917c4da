/** The papers and files that several field rows cite, written once. */
export const megatronArguments = 'Megatron-LM, megatron/training/arguments.py';
export const megatronTensorParallel = 'Shoeybi et al. 2019, Megatron-LM (arXiv 1909.08053), section 3';
export const megatronPipeline = 'Narayanan et al. 2021, Efficient Large-Scale Language Model Training (arXiv 2104.04473), section 2';
export const korthikanti = 'Korthikanti et al. 2022, Reducing Activation Recomputation (arXiv 2205.05198)';
export const zeroPaper = 'Rajbhandari et al. 2020, ZeRO (arXiv 1910.02054), section 5';
export const deepspeedConfig = 'DeepSpeed, deepspeed/runtime/config.py';
export const deepspeedZeroConfig = 'DeepSpeed, deepspeed/runtime/zero/config.py';
export const transformersConfig = 'Transformers, the config.json of the model';
export const transformerPaper = 'Vaswani et al. 2017, Attention Is All You Need (arXiv 1706.03762), section 3';
export const mixedPrecision = 'Micikevicius et al. 2018, Mixed Precision Training (arXiv 1710.03740)';
export const vllmCache = 'vLLM, vllm/config/cache.py';
export const vllmScheduler = 'vLLM, vllm/config/scheduler.py';
export const vllmParallel = 'vLLM, vllm/config/parallel.py';
export const vllmModel = 'vLLM, vllm/config/model.py';
export const sglangArguments = 'SGLang, python/sglang/srt/server_args.py';
export const tensorRtLlmArguments = 'TensorRT-LLM, tensorrt_llm/llmapi/llm_args.py';
