/**
 * Environment variables that change memory, time or whether a job starts: of CUDA, NCCL, PyTorch, Transformer Engine and
 * OpenMP. Names and defaults after the NCCL user guide 2.27, the PyTorch 2.8 notes on CUDA and ProcessGroupNCCL, the CUDA
 * programming guide 12.9 and the environment page of Transformer Engine 2.6.
 */
import { keyTable } from './key-table.ts';

const cuda = `
  CUDA_DEVICE_MAX_CONNECTIONS | integer | 8 | How many hardware queues a GPU has; 1 keeps kernels in the order they were launched, which tensor parallel overlap before Blackwell relies on
  CUDA_VISIBLE_DEVICES | list | - | Which GPUs a process sees, and so how many processes launchers without a count start
  HIP_VISIBLE_DEVICES | list | - | Which AMD GPUs a process sees
  ROCR_VISIBLE_DEVICES | list | - | Which AMD GPUs the runtime shows to a process
  ASCEND_RT_VISIBLE_DEVICES | list | - | Which NPUs of Ascend a process sees
  NVIDIA_VISIBLE_DEVICES | list | - | Which GPUs the container runtime shows to a container
  CUDA_LAUNCH_BLOCKING | boolean | 0 | Waits for every kernel, so that nothing overlaps; for finding faults only
  CUDA_MODULE_LOADING | EAGER,LAZY | LAZY | EAGER loads all kernels at the start, which takes some hundred megabytes of each GPU
  CUBLAS_WORKSPACE_CONFIG | text | - | Size and number of cuBLAS workspaces, which PyTorch takes from GPU memory
  OMP_NUM_THREADS | integer | - | CPU threads of each process; torchrun sets 1 when it is absent, which slows optimizers on the CPU`;

const nccl = `
  NCCL_IB_DISABLE | boolean | 0 | 1 leaves InfiniBand and RoCE unused, so that traffic between nodes goes through sockets
  NCCL_P2P_DISABLE | boolean | 0 | 1 leaves NVLink and PCIe peer access unused, so that GPUs of one node exchange through host memory
  NCCL_P2P_LEVEL | text | - | How far apart two GPUs may be to still exchange directly
  NCCL_SHM_DISABLE | boolean | 0 | 1 leaves shared memory unused, so that GPUs without peer access exchange through the network
  NCCL_NET | text | - | The network plugin: IB, Socket, or the name of one that is installed
  NCCL_NET_GDR_LEVEL | text | - | How far a GPU may be from a network card to write to it without host memory
  NCCL_SOCKET_IFNAME | text | - | Network interfaces for sockets and for finding each other
  NCCL_SOCKET_NTHREADS | integer | - | Threads a socket connection uses
  NCCL_IB_HCA | text | - | InfiniBand cards that are used; fewer than the node has divide its bandwidth
  NCCL_IB_GID_INDEX | integer | - | Index of the address RoCE uses
  NCCL_IB_TC | integer | 0 | Traffic class of InfiniBand packets
  NCCL_IB_TIMEOUT | integer | 20 | How long InfiniBand waits before it sends again, as a power of two
  NCCL_IB_QPS_PER_CONNECTION | integer | 1 | InfiniBand queues of one connection, for networks that spread load by queue
  NCCL_CROSS_NIC | 0,1,2 | 2 | Whether a ring may use different cards on different nodes
  NCCL_ALGO | text | - | Algorithms NCCL may choose from: Ring, Tree, CollnetDirect, CollnetChain, NVLS, NVLSTree
  NCCL_PROTO | text | - | Protocols NCCL may choose from: LL, LL128, Simple
  NCCL_MIN_NCHANNELS | integer | - | Fewest channels; each takes one SM and some buffer memory
  NCCL_MAX_NCHANNELS | integer | - | Most channels; few of them cap the bandwidth within a node
  NCCL_MIN_CTAS | integer | - | Fewest thread blocks a collective uses
  NCCL_MAX_CTAS | integer | - | Most thread blocks a collective uses, and so how many SMs it takes from computing
  NCCL_BUFFSIZE | integer | 4194304 | Bytes of the buffer of each channel between two GPUs
  NCCL_NVLS_ENABLE | integer | 2 | Sums inside the NVLink switch; it takes GPU memory for its buffers
  NCCL_CUMEM_ENABLE | integer | - | Whether NCCL allocates through CUDA's virtual memory, which NVLS needs
  NCCL_COLLNET_ENABLE | boolean | 0 | Sums inside network switches that can do it
  NCCL_TOPO_FILE | path | - | A file that describes the machine in place of what NCCL finds
  NCCL_DEBUG | VERSION,WARN,INFO,TRACE | - | How much NCCL writes to the log
  NCCL_LAUNCH_MODE | PARALLEL,GROUP | PARALLEL | How kernels of several GPUs of one process are launched`;

const torch = `
  PYTORCH_CUDA_ALLOC_CONF | text | - | How PyTorch's allocator divides GPU memory; expandable_segments:True lowers fragmentation
  PYTORCH_ALLOC_CONF | text | - | The newer name of PYTORCH_CUDA_ALLOC_CONF
  PYTORCH_HIP_ALLOC_CONF | text | - | The same for AMD GPUs
  PYTORCH_NO_CUDA_MEMORY_CACHING | boolean | 0 | Asks the driver for every tensor, which is slow; for finding faults only
  TORCH_NCCL_AVOID_RECORD_STREAMS | boolean | - | Lets memory of communicated tensors be used again sooner, which lowers the peak; newer PyTorch always does
  TORCH_NCCL_BLOCKING_WAIT | boolean | 0 | Blocks the process in every wait for a collective
  TORCH_NCCL_ASYNC_ERROR_HANDLING | integer | 3 | What happens to a process when a collective fails
  TORCH_NCCL_HIGH_PRIORITY | boolean | 0 | Runs collectives on a stream of high priority
  TORCH_NCCL_USE_COMM_NONBLOCKING | boolean | 0 | Starts communicators without waiting for them
  TORCH_NCCL_HEARTBEAT_TIMEOUT_SEC | integer | - | Seconds without progress until a process is ended
  TORCH_COMPILE_DISABLE | boolean | 0 | Runs what torch.compile would have compiled as it is written
  TORCH_ALLOW_TF32_CUBLAS_OVERRIDE | boolean | 0 | Lets products of fp32 numbers run in TF32`;

const engine = `
  NVTE_FLASH_ATTN | boolean | 1 | Lets Transformer Engine use the flash-attn package
  NVTE_FUSED_ATTN | boolean | 1 | Lets Transformer Engine use cuDNN's fused attention
  NVTE_UNFUSED_ATTN | boolean | 1 | Lets Transformer Engine fall back to attention that keeps the whole matrix of scores
  NVTE_APPLY_QK_LAYER_SCALING | boolean | 0 | Divides attention scores by the number of the layer
  NVTE_ALLOW_NONDETERMINISTIC_ALGO | boolean | 1 | 0 keeps to attention that gives the same result every time, which is slower
  NVTE_FP8_DPA_BWD | boolean | 1 | Runs the backward pass of fp8 attention in fp8
  NVTE_BATCH_MHA_P2P_COMM | boolean | 0 | Sends and receives of context parallel attention in one batch
  NVTE_FWD_LAYERNORM_SM_MARGIN | integer | 0 | SMs that normalisations leave to communication in the forward pass
  NVTE_BWD_LAYERNORM_SM_MARGIN | integer | 0 | SMs that normalisations leave to communication in the backward pass
  NVTE_EXT_MARGIN_SM | integer | - | SMs that matrix products leave to communication
  UB_SKIPMC | boolean | 0 | 1 leaves multicast unused in overlapped tensor parallel communication`;

const programs = `
  NPROC_PER_NODE | integer | - | Processes on each node that programs which start themselves through torchrun take
  NNODES | integer | 1 | Nodes that such programs start on
  NODE_RANK | integer | 0 | Which of the nodes this is
  MASTER_ADDR | text | - | Address of the node with rank 0
  MASTER_PORT | integer | - | Port of the node with rank 0
  WORLD_SIZE | integer | - | Processes of the job, set by launchers; some schedulers count nodes with it
  HF_HOME | path | - | Where Hugging Face libraries keep models and data sets
  TOKENIZERS_PARALLELISM | boolean | - | Whether fast tokenizers use several threads
  VLLM_ALLOW_LONG_MAX_MODEL_LEN | boolean | 0 | Lets vLLM serve longer sequences than the model was made for
  VLLM_ATTENTION_BACKEND | text | - | The kernel of attention in vLLM
  VLLM_USE_V1 | boolean | 1 | Which engine vLLM runs
  VLLM_WORKER_MULTIPROC_METHOD | fork,spawn | fork | How vLLM starts its workers
  VLLM_CPU_KVCACHE_SPACE | integer | 4 | GiB of KV cache of vLLM on a CPU
  VLLM_LOGGING_LEVEL | text | INFO | How much vLLM logs
  VLLM_ENABLE_V1_MULTIPROCESSING | boolean | 1 | Whether vLLM's engine has a process of its own
  VLLM_USE_DEEP_GEMM | boolean | 1 | Whether vLLM takes DeepGEMM for fp8
  VLLM_ALL2ALL_BACKEND | text | - | Library that sends tokens to experts in vLLM; now an argument
  VLLM_FLASH_ATTN_VERSION | integer | - | The FlashAttention vLLM takes
  SGLANG_USE_MODELSCOPE | boolean | false | SGLang loads models from ModelScope
  SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN | boolean | false | Lets SGLang serve longer sequences than the model was made for
  LLAMA_ARG_MODEL | path | - | The GGUF file of llama.cpp
  LLAMA_ARG_HF_REPO | text | - | Repository of the Hub for llama.cpp, with the quantization behind a colon
  LLAMA_ARG_CTX_SIZE | integer | 0 | Tokens of the context of llama.cpp
  LLAMA_ARG_BATCH | integer | 2048 | Most tokens of one call of llama.cpp
  LLAMA_ARG_UBATCH | integer | 512 | Most tokens of one computed graph of llama.cpp
  LLAMA_ARG_N_PARALLEL | integer | -1 | Slots of llama.cpp
  LLAMA_ARG_N_GPU_LAYERS | text | auto | Layers llama.cpp puts on the GPU
  OLLAMA_CONTEXT_LENGTH | integer | - | Tokens of Ollama's context, when the model does not say them
  OLLAMA_NUM_PARALLEL | integer | 1 | Requests Ollama runs at once
  OLLAMA_KV_CACHE_TYPE | f16,q8_0,q4_0 | f16 | Type of Ollama's KV cache
  OLLAMA_FLASH_ATTENTION | boolean | - | FlashAttention in Ollama
  OLLAMA_MAX_LOADED_MODELS | integer | - | Models Ollama keeps in memory`;

export const environmentKeys = keyTable(
  'environment',
  'NCCL 2.27, PyTorch 2.8, CUDA 12.9, Transformer Engine 2.6',
  `${cuda}${nccl}${torch}${engine}${programs}`,
);
