"""How engines share out memory, and the loads people ask about."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "engine_profile",
        sa.Column(
            "engine_profile_id", sa.Text(), nullable=False, comment="Slug: engine and first version, e.g. vllm-0.19."
        ),
        sa.Column("engine", sa.Text(), nullable=False, comment="ideal, vllm, sglang, llama.cpp or transformers."),
        sa.Column(
            "version_from", sa.Text(), nullable=True, comment="First version the rules hold for; NULL: from the start."
        ),
        sa.Column(
            "version_before",
            sa.Text(),
            nullable=True,
            comment="First version they no longer hold for; NULL: the newest known.",
        ),
        sa.Column(
            "memory_basis",
            sa.Text(),
            nullable=False,
            comment="Total that the utilisation applies to: advertised or runtime.",
        ),
        sa.Column(
            "default_utilization",
            sa.Double(),
            nullable=False,
            comment="Share of that total the engine takes by default.",
        ),
        sa.Column("block_tokens", sa.BigInteger(), nullable=False, comment="Tokens in one cache block; 1: no blocks."),
        sa.Column(
            "mla_block_tokens", sa.BigInteger(), nullable=False, comment="The same for multi-head latent attention."
        ),
        sa.Column(
            "kv_layout",
            sa.Text(),
            nullable=False,
            comment="exact: what a sequence needs; paged: blocks of one page size; cells: blocks, a window apart.",
        ),
        sa.Column(
            "plain_weight_format_id",
            sa.Text(),
            nullable=False,
            comment="Loaded where it has not the model's own format.",
        ),
        sa.Column(
            "is_layer_split",
            sa.Boolean(),
            nullable=False,
            comment="Several devices share the layers unless told otherwise.",
        ),
        sa.Column(
            "is_embedding_on_host",
            sa.Boolean(),
            nullable=False,
            comment="An untied token embedding stays in host memory.",
        ),
        sa.Column(
            "state_bits",
            sa.Double(),
            nullable=True,
            comment="Width of recurrent state whatever the model's; NULL: as the model says.",
        ),
        sa.Column(
            "widest_auto_bits",
            sa.Double(),
            nullable=True,
            comment="Wider models are loaded and cached at this width; NULL: as they are.",
        ),
        sa.Column(
            "group_ratio",
            sa.Double(),
            nullable=True,
            comment="Hybrid groups take the larger layer count below this ratio; NULL: never.",
        ),
        sa.Column(
            "recurrent_blocks", sa.BigInteger(), nullable=False, comment="Blocks a sequence holds of a recurrent group."
        ),
        sa.Column(
            "index_bits", sa.Double(), nullable=False, comment="Bits a sparse indexer's key value, its scale included."
        ),
        sa.Column(
            "is_chunked_as_full",
            sa.Boolean(),
            nullable=False,
            comment="Chunked layers are given cache for the whole context.",
        ),
        sa.Column(
            "is_capacity_by_blocks",
            sa.Boolean(),
            nullable=False,
            comment="Reports blocks x block size as its token capacity.",
        ),
        sa.Column(
            "is_graph_in_budget", sa.Boolean(), nullable=False, comment="CUDA graphs are taken from the engine's share."
        ),
        sa.Column("is_newest", sa.Boolean(), nullable=False, comment="Used when no version is named."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint(
            "engine in ('ideal', 'vllm', 'sglang', 'llama.cpp', 'transformers')", name=op.f("ck_engine_profile_engine")
        ),
        sa.CheckConstraint("kv_layout in ('exact', 'paged', 'cells')", name=op.f("ck_engine_profile_kv_layout")),
        sa.CheckConstraint("memory_basis in ('advertised', 'runtime')", name=op.f("ck_engine_profile_memory_basis")),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_engine_profile_tier")),
        sa.CheckConstraint("block_tokens > 0", name=op.f("ck_engine_profile_block_tokens_positive")),
        sa.CheckConstraint("default_utilization > 0", name=op.f("ck_engine_profile_default_utilization_positive")),
        sa.CheckConstraint("mla_block_tokens > 0", name=op.f("ck_engine_profile_mla_block_tokens_positive")),
        sa.ForeignKeyConstraint(
            ["plain_weight_format_id"],
            ["weight_format.weight_format_id"],
            name=op.f("fk_engine_profile_plain_weight_format_id"),
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_engine_profile_source_id")),
        sa.PrimaryKeyConstraint("engine_profile_id", name=op.f("pk_engine_profile")),
        comment="One row per engine and range of versions with the same memory rules.",
    )
    op.create_table(
        "engine_default",
        sa.Column("engine_profile_id", sa.Text(), nullable=False, comment="Of which profile."),
        sa.Column("setting", sa.Text(), nullable=False, comment="max_sequences or max_batched_tokens."),
        sa.Column(
            "accelerator_id",
            sa.Text(),
            nullable=False,
            comment="The one accelerator it holds for, or * for any; the named one wins.",
        ),
        sa.Column(
            "from_memory_bytes", sa.BigInteger(), nullable=False, comment="Holds for devices with this memory or more."
        ),
        sa.Column("value", sa.BigInteger(), nullable=False, comment="The engine's default for the setting."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint(
            "setting in ('max_sequences', 'max_batched_tokens')", name=op.f("ck_engine_default_setting")
        ),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_engine_default_tier")),
        sa.CheckConstraint("value > 0", name=op.f("ck_engine_default_value_positive")),
        sa.ForeignKeyConstraint(
            ["engine_profile_id"],
            ["engine_profile.engine_profile_id"],
            name=op.f("fk_engine_default_engine_profile_id"),
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_engine_default_source_id")),
        sa.PrimaryKeyConstraint(
            "engine_profile_id", "setting", "accelerator_id", "from_memory_bytes", name=op.f("pk_engine_default")
        ),
        comment="One row per profile, setting and size of device: what the engine takes when told nothing.",
    )
    op.create_table(
        "engine_term",
        sa.Column("engine_profile_id", sa.Text(), nullable=False, comment="Of which profile."),
        sa.Column(
            "term",
            sa.Text(),
            nullable=False,
            comment="weights (beside the tensors), activation, cuda_graph, runtime or reserve (left free).",
        ),
        sa.Column(
            "branch",
            sa.BigInteger(),
            nullable=False,
            comment="Coefficients of a branch add up; the largest branch counts.",
        ),
        sa.Column(
            "driver",
            sa.Text(),
            nullable=False,
            comment="What the coefficient multiplies; see the function engine_driver.",
        ),
        sa.Column("coefficient", sa.Double(), nullable=False, comment="Bytes per unit of the driver."),
        sa.Column("fitted_on", sa.Text(), nullable=False, comment="What it was fitted on, or where it is stated."),
        sa.Column(
            "sample_count",
            sa.BigInteger(),
            nullable=True,
            comment="Measured cases in the fit; NULL: stated, not fitted.",
        ),
        sa.Column(
            "residual_bytes",
            sa.Double(),
            nullable=True,
            comment="Mean absolute error of the fit; NULL: stated, not fitted.",
        ),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint(
            "term in ('weights', 'activation', 'cuda_graph', 'runtime', 'reserve')", name=op.f("ck_engine_term_term")
        ),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_engine_term_tier")),
        sa.ForeignKeyConstraint(
            ["engine_profile_id"], ["engine_profile.engine_profile_id"], name=op.f("fk_engine_term_engine_profile_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_engine_term_source_id")),
        sa.PrimaryKeyConstraint("engine_profile_id", "term", "branch", "driver", name=op.f("pk_engine_term")),
        comment="One row per profile, memory term, branch and driver: a coefficient anyone can doubt and replace.",
    )
    op.create_table(
        "workload",
        sa.Column("workload_id", sa.Text(), nullable=False, comment="Slug, e.g. default, chat, long-document."),
        sa.Column(
            "context_tokens", sa.BigInteger(), nullable=False, comment="Tokens of one sequence, prompt and answer."
        ),
        sa.Column("sequences", sa.BigInteger(), nullable=False, comment="Sequences at once."),
        sa.Column("description", sa.Text(), nullable=False, comment="Who asks like this."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Whose row it is: the catalog's or a user's."),
        sa.CheckConstraint("context_tokens > 0", name=op.f("ck_workload_context_tokens_positive")),
        sa.CheckConstraint("sequences > 0", name=op.f("ck_workload_sequences_positive")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_workload_source_id")),
        sa.PrimaryKeyConstraint("workload_id", name=op.f("pk_workload")),
        comment="One row per named load; 'default' is what an answer assumes when told nothing.",
    )


def downgrade() -> None:
    op.drop_table("workload")
    op.drop_table("engine_term")
    op.drop_table("engine_default")
    op.drop_table("engine_profile")
