/** Words that only files about training and serving have: a carrier without any of them is none of our business. */
const words = [
  /\b(?:(?:nvidia|amd|google|aws\.amazon|huawei)\.com|habana\.ai)\/(?:gpu|pgpu|mig-|tpu|neuron|gaudi|Ascend|rtx|[abhlvt]\d)|gpu\.intel\.com/,
  /\b(?:torchrun|deepspeed|accelerate|vllm|sglang|megatron|axolotl|llamafactory|mpirun|zero_optimization|text-generation-inference|text-generation-launcher|lmdeploy|llama-server|trtllm-serve|tritonserver|mlc_llm)\b|torch\.distributed/,
  /\bllama\.cpp:/,
  /\bpretrain_\w+\.py\b|\b(?:fine)?_?tun(?:e|ing)\w*\.py\b|\b(?:run_)?(?:train|sft|dpo|grpo)\w*\.py\b/,
  /capabilities:.*\b[gt]pu\b|^\s*-\s*gpu\b|^\s*gpus:|driver: nvidia/m,
];

export const isTelling = (text: string): boolean => words.some((pattern) => pattern.test(text));
