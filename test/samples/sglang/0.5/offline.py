import os

import sglang as sgl

TP = 2


def main():
    engine = sgl.Engine(
        model_path="meta-llama/Llama-3.1-8B-Instruct",
        tp_size=TP,
        mem_fraction_static=0.7,
        context_length=8192,
        disable_radix_cache=True,
        attention_backend="flashinfer",
        max_running_requests=int(os.environ["MAX_REQUESTS"]),
    )
    print(engine.generate(["Hello"], {"max_new_tokens": 16}))
    engine.shutdown()


if __name__ == "__main__":
    main()
