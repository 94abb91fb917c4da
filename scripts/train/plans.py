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
    hidden_left_out: tuple = (96, 48)
    rounds_left_out: int = 2500
    #: Rows drawn for the network and for the trees, at most.
    rows: int = 600_000
    tree_rows: int = 300_000
    also: str = ""


PLANS = {
    "collective": Plan(hidden=(64, 32), rounds=6000, forest=(260, 15)),
    "context_mla": Plan(hidden=(64, 32), forest=(100, 31)),
    "generation_mla": Plan(hidden=(64, 32), forest=(100, 31)),
    "gemm": Plan(
        hidden=(128, 64, 32),
        rounds=10_000,
        forest=(400, 63),
        tree_rows=700_000,
        also="layer products of vidur (MIT) and llmservingsim (MIT); single precision of NeuSight (MIT)",
    ),
    "moe": Plan(rounds=5000, rows=400_000, forest=(320, 63), tree_rows=260_000),
    "context_attention": Plan(forest=(220, 63), also="attention of layers of llmservingsim (MIT)"),
    "generation_attention": Plan(forest=(340, 63), also="attention of layers of llmservingsim (MIT)"),
    "gemm_power": Plan(
        kind="power", hidden=(160, 80, 40), rounds=9000, rows=400_000, forest=(300, 95), tree_rows=220_000, hidden_left_out=(64, 32), rounds_left_out=1500
    ),
}
