from ray import serve
from ray.serve.llm import LLMConfig, build_openai_app

TP = 4

llm_config = LLMConfig(
    model_loading_config=dict(
        model_id="llama-70b",
        model_source="meta-llama/Llama-3.1-70B-Instruct",
    ),
    deployment_config=dict(num_replicas=2),
    accelerator_type="H100",
    engine_kwargs=dict(
        tensor_parallel_size=TP,
        max_model_len=16384,
        gpu_memory_utilization=0.9,
    ),
)

app = build_openai_app({"llm_configs": [llm_config]})
serve.run(app, blocking=True)
