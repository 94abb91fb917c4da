from mlc_llm import MLCEngine
from mlc_llm.serve.config import EngineConfig

engine = MLCEngine("HF://mlc-ai/Qwen2.5-7B-Instruct-q4f16_1-MLC", mode="server", engine_config=EngineConfig(max_num_sequence=32, prefill_chunk_size=2048))
