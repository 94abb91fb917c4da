from vllm import LLM, SamplingParams
from vllm.config import KVTransferConfig

MODEL = "Qwen/Qwen2.5-32B-Instruct"

llm = LLM(
    MODEL,
    tensor_parallel_size=4,
    max_model_len=16384,
    gpu_memory_utilization=0.85,
    enable_lora=True,
    max_loras=4,
    max_lora_rank=64,
    speculative_config={"method": "ngram", "num_speculative_tokens": 5, "prompt_lookup_max": 4},
    compilation_config={"cudagraph_mode": "NONE"},
    hf_overrides={"rope_scaling": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}},
)
print(llm.generate("Hello", SamplingParams(max_tokens=16)))
