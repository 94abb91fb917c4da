from tensorrt_llm import LLM, SamplingParams
from tensorrt_llm.llmapi import CudaGraphConfig, KvCacheConfig, MTPDecodingConfig


def main():
    kv_cache_config = KvCacheConfig(free_gpu_memory_fraction=0.6, enable_block_reuse=True, tokens_per_block=64)
    llm = LLM(
        model="deepseek-ai/DeepSeek-V3",
        tensor_parallel_size=8,
        moe_expert_parallel_size=8,
        max_batch_size=128,
        kv_cache_config=kv_cache_config,
        cuda_graph_config=CudaGraphConfig(max_batch_size=64),
        speculative_config=MTPDecodingConfig(num_nextn_predict_layers=1),
    )
    print(llm.generate(["Hello"], SamplingParams(max_tokens=8)))


main()
