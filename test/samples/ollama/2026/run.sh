export OLLAMA_CONTEXT_LENGTH=16384
export OLLAMA_NUM_PARALLEL=4
ollama serve &
ollama pull llama3.1:8b
ollama run llama3.1:8b-instruct-q8_0 "Say hello"
