/**
 * Packages that modules of a workspace import without holding them: those of Python itself and the libraries of the field.
 * They are not looked for, since each look asks the disk once for every folder above; frameworks are known by their names.
 */
const ofPython =
  '__future__ abc argparse ast asyncio base64 bisect builtins collections concurrent contextlib copy csv ctypes dataclasses datetime ' +
  'decimal difflib email enum errno fcntl fnmatch functools gc getpass glob gzip hashlib heapq html http importlib inspect io itertools ' +
  'json logging math mimetypes multiprocessing operator os pathlib pdb pickle platform pprint queue random re resource select shlex ' +
  'shutil signal site socket sqlite3 ssl statistics string struct subprocess sys tarfile tempfile textwrap threading time timeit ' +
  'tomllib traceback types typing unicodedata unittest urllib uuid warnings weakref xml yaml zipfile zlib';

const ofTheField =
  'absl accelerate apex autoawq auto_gptq bitsandbytes boto3 click colossalai composer cv2 datasets dateutil deepspeed diffusers einops ' +
  'evaluate fairscale fastapi fire flash_attn flax fsspec gradio h5py huggingface_hub hydra internlm jax jinja2 jsonargparse lightning ' +
  'lightning_fabric liger_kernel litdata llmfoundry loguru lm_eval matplotlib megatron mlflow mmengine modelopt nemo nemo_run nltk numba ' +
  'numpy nvidia olmo olmo_core omegaconf optimum packaging pandas peft PIL pip pkg_resources prettytable psutil pyarrow pydantic ' +
  'pynvml pytest pytorch_lightning ray regex requests rich safetensors sacrebleu scipy sentencepiece setuptools six sklearn streaming ' +
  'tabulate tensorboard tensorboardX tensorflow tiktoken tokenizers tomli toml torch torch_npu torch_xla torchao torchaudio torchdata ' +
  'torchmetrics torchtitan torchtune torchvision tqdm transformer_engine transformers triton trl typer typing_extensions unsloth vllm ' +
  'wandb wrapt xformers xtuner';

export const externalPackages: ReadonlySet<string> = new Set(`${ofPython} ${ofTheField}`.split(' '));
