from lmdeploy import GenerationConfig, TurbomindEngineConfig, pipeline

backend_config = TurbomindEngineConfig(tp=2, session_len=16384, cache_max_entry_count=0.4, quant_policy=4)
pipe = pipeline("internlm/internlm2_5-7b-chat", backend_config=backend_config)
print(pipe(["Hello"], gen_config=GenerationConfig(max_new_tokens=64)))
