"""llama.cpp's own server as a process: `python -m tests.models.llama_server MODEL CONTEXT [--embedding]`.

It prints its address, and ends when its stdin does, so that it never outlives the tests.
"""

import sys

import xllamacpp


def serve(model: str, context: int, *, embedding: bool) -> None:
    """Serve until stdin ends. Two slots share the context; one thread, for more are slower on so small a model."""
    settings = xllamacpp.CommonParams()
    settings.model.path = model
    settings.model_alias = {"tiny"}
    settings.hostnames = ["127.0.0.1"]
    settings.port = 0
    settings.n_ctx, settings.n_parallel = context, 2
    settings.n_gpu_layers = 0
    settings.cpuparams.n_threads = 1
    settings.use_jinja = True
    settings.warmup = settings.fit_params = settings.ui = False
    settings.endpoint_slots = settings.endpoint_props = settings.offline = True
    settings.verbosity = -1
    if embedding:
        settings.embedding = True
        settings.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
        settings.n_batch = settings.n_ubatch = 2048
    server = xllamacpp.Server(settings)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), embedding="--embedding" in sys.argv)
