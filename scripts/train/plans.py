"""How large the network of each family is and how long it is trained."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    hidden: tuple = (96, 48)
    rounds: int = 5000
    batch: int = 2048
    kind: str = "time"
    #: Trees and leaves of each, of the correction on measured chips.
    forest: tuple = (150, 47)
    hidden_left_out: tuple = (64, 32)
    rounds_left_out: int = 1800
    also: str = ""


PLANS = {
    "collective": Plan(hidden=(64, 32), rounds=8000, forest=(80, 15), rounds_left_out=3000),
    "context_mla": Plan(hidden=(64, 32), forest=(100, 31)),
    "generation_mla": Plan(hidden=(64, 32), forest=(100, 31)),
    "gemm": Plan(
        hidden=(128, 64, 32),
        rounds=9000,
        forest=(360, 63),
        also="layer products of vidur (MIT) and llmservingsim (MIT), for devices without a name",
    ),
    "moe": Plan(forest=(150, 63)),
    "context_attention": Plan(forest=(150, 63)),
    "generation_attention": Plan(forest=(150, 63)),
    "gemm_power": Plan(kind="power", rounds=4000, forest=(120, 31)),
}
